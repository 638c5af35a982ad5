internal import Glibc

/// A folder for one test, removed with everything in it when the test is over.
package final class ScratchFolder: Sendable {
  package let path: String

  package init() {
    var template = Array("/var/tmp/reel-test-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
    }
    guard let made else { preconditionFailure("no folder for a test could be made in /var/tmp") }
    path = made
  }

  deinit {
    Self.removeTree(path)
  }

  /// From the leaves up; links are removed, not followed.
  static func removeTree(_ path: String) {
    if unlink(path) == 0 { return }
    for name in names(in: path) { removeTree("\(path)/\(name)") }
    rmdir(path)
  }

  /// A path in the folder.
  package func file(_ name: String) -> String { "\(path)/\(name)" }

  /// The names in the folder, sorted.
  package var names: [String] { Self.names(in: path) }

  package static func names(in path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// The bytes of a file; nil when there is none.
  package func read(_ name: String) -> [UInt8]? {
    guard let stream = fopen(file(name), "r") else { return nil }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = fread(&chunk, 1, chunk.count, stream)
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  /// Writes a file, in place.
  package func write(_ name: String, _ bytes: [UInt8]) {
    guard let stream = fopen(file(name), "w") else { preconditionFailure("cannot write \(file(name))") }
    let written = fwrite(bytes, 1, bytes.count, stream)
    precondition(fclose(stream) == 0 && written == bytes.count, "cannot write \(file(name))")
  }
}
