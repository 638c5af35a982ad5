import Basics
import Glibc
import Imaging
import TestSupport
import Testing

/// A folder of its own for a test, with the means to put files into it, removed afterwards.
final class ImagingFolder: Sendable {
  let path: String
  let folder: Folder

  init() throws {
    var template = Array("/tmp/reel-imaging-test-XXXXXX".utf8CString)
    let made = try #require(mkdtemp(&template))
    path = String(cString: made)
    folder = try Folder(opening: path)
  }

  deinit {
    guard let entries = try? Tree.entries(of: .root, in: folder) else { return }
    for entry in entries { unlink("\(path)/\(entry.path.string)") }
    rmdir(path)
  }

  func write(_ bytes: [UInt8], to name: ProjectPath) throws {
    try AtomicFile.write(bytes, to: name, in: folder, existing: .replace)
  }

  /// A client of the real program.
  func helper(processes: Int = 1) -> ImagingHelper {
    ImagingHelper(executable: BuiltProgram.path("reel-imaging"), processes: processes)
  }

  /// A shell script to be started in place of the program; `$PROGRAM` is the real one, `$HERE` this folder.
  func script(_ body: String) throws -> String {
    let text = "#!/bin/sh\nPROGRAM='\(BuiltProgram.path("reel-imaging"))'\nHERE='\(path)'\n\(body)\n"
    try write(Array(text.utf8), to: "program.sh")
    chmod("\(path)/program.sh", 0o755)
    return "\(path)/program.sh"
  }

  /// A script that notes the number of each process it becomes.
  func notingScript() throws -> String { try script("echo $$ >> \"$HERE/pids\"\nexec \"$PROGRAM\"") }

  func notedProcesses() throws -> [Int32] {
    let text = String(decoding: try folder.read("pids", limit: 1 << 20).bytes, as: UTF8.self)
    return text.split(separator: "\n").compactMap { Int32($0) }
  }
}

/// A frame that is drawn quickly.
func smallFrame(_ prompt: String = "Fog over the harbour.", width: Int = 320, height: Int = 240) -> StoryboardFrame {
  StoryboardFrame(width: width, height: height, shotID: "shot_001", shotName: "Harbour", prompt: prompt)
}

/// Width and height as the header of a PNG says; nil for anything else.
func pngSize(_ bytes: [UInt8]) -> [Int]? {
  guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]), bytes.count > 24 else { return nil }
  func number(_ offset: Int) -> Int { bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
  return [number(16), number(20)]
}

/// The code of the error that a call throws; nil when it throws none.
func code(of call: () async throws(ImagingError) -> Void) async -> ImagingError.Code? {
  do {
    try await call()
    return nil
  } catch {
    return error.code
  }
}
