internal import Basics
internal import CShims
internal import Glibc
internal import JSONText
internal import Planning
internal import ProjectFiles

/// The folder of one job on a ComfyUI server, `comfyui/ID` in the project's state folder.
///
///     record.json   which prompt it is, on which server (`ComfyUIRecord`)
///     inputs/       what is being uploaded, as it was when the job began
///     take          what came of it
struct ComfyUIJobFolder: Sendable {
  let path: String

  init(_ id: String, in state: String) {
    path = "\(Self.all(in: state))/\(id)"
  }

  private static func all(in state: String) -> String { "\(state)/comfyui" }

  /// The ids of the jobs that have a folder.
  static func ids(in state: String) -> [String] {
    Tree.names(inFolder: all(in: state)).filter { !$0.hasPrefix(".") }.sorted()
  }

  var take: String { "\(path)/take" }
  private var inputs: String { "\(path)/inputs" }

  /// - Throws: what the kernel says; nothing may be sent then.
  func save(_ record: ComfyUIRecord) throws(FileError) {
    try make(path)
    _ = try AtomicFile.write(
      record.json.compact, to: ProjectPath(trusted: "record.json"), in: Folder(opening: path), existing: .replace)
  }

  /// Nil when nothing was sent. That it cannot be read is not the same.
  func record() throws(FileError) -> ComfyUIRecord? {
    do throws(FileError) {
      let content = try FileError.twiceRefused { () throws(FileError) in
        try Folder(opening: path).read(ProjectPath(trusted: "record.json"), limit: 1 << 20)
      }
      return (try? JSONDocument(parsing: content.bytes)).flatMap { ComfyUIRecord($0.root.value) }
    } catch {
      if error.isAbsence { return nil }
      throw error
    }
  }

  /// What is being uploaded.
  struct Copy: Sendable {
    var path: String
    var bytes: Int
    /// A media type, told by the content.
    var type: String
  }

  /// A copy of what the recipe says, to be uploaded from.
  func copy(_ reference: ShotRequest.Reference, in project: Folder) throws -> Copy {
    try make(inputs)
    let path = "\(inputs)/\(reference.digest.hex)"
    unlink(path)
    try ReferenceCopy.make(of: reference, in: project, at: path)
    let file = try Folder(opening: inputs).open(ProjectPath(trusted: reference.digest.hex), O_RDONLY | O_NOFOLLOW)
    let bytes = try MadeFile.size(of: file, reference.path.string)
    let head = MadeFile.bytes(of: file, 0..<min(bytes, MediaType.headSize))
    return Copy(path: path, bytes: bytes, type: MediaType(head: head)?.name ?? "application/octet-stream")
  }

  /// What was downloaded, if it is a take of the kind.
  func examine(for kind: Kind) throws -> MadeFile {
    try MadeFile(Folder(opening: path).open(ProjectPath(trusted: "take"), O_RDONLY | O_NOFOLLOW), "take", for: kind)
  }

  func removeTake() { unlink(take) }

  func remove() { reel_remove_tree(path) }

  private func make(_ folder: String) throws(FileError) {
    for folder in [String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.endIndex)), path, folder] {
      if mkdir(folder, 0o700) != 0, reel_errno() != EEXIST { throw .last("make the folder", folder) }
    }
  }
}

/// The thread on which those folders are read and written: the shared pool waits for no disk.
actor ComfyUIDisk {
  private let executor = ThreadExecutor(name: "comfyui disk")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  func run<Value: Sendable, Failure: Error>(_ work: @Sendable () throws(Failure) -> Value) throws(Failure) -> Value {
    try work()
  }
}
