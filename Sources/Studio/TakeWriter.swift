package import Basics
internal import CShims
internal import Glibc
package import JSONText
package import Planning
package import ProjectFiles

/// Puts takes on disk, durable and in order: the output under a temporary name, synced, renamed; then the sidecar the same way.
///
/// The sidecar is the commit: an output without one counts for nothing. Nothing that is there is ever written over: names are made
/// of hashes, so a name that is taken holds the same bytes, or somebody's edit of them, which stays.
package actor TakeWriter {
  private let executor = ThreadExecutor(name: "takes")
  private let folder: Folder

  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  package init(folder: Folder) {
    self.folder = folder
  }

  /// A take on its way to disk.
  package struct Order: Sendable {
    package var path: ProjectPath
    package var bytes: [UInt8]
    package var sidecar: Sidecar
  }

  package func write(_ order: Order) throws(FileError) {
    guard let parent = order.path.parent else { return }
    try folder.makeFolder(parent)
    try AtomicFile.writeIfFree(order.bytes, to: order.path, in: folder)
    try writeSidecar(order.sidecar, of: order.path)
  }

  /// Writes the missing sidecar of an output that is there: what is left to do after a crash between the two.
  package func writeSidecar(_ sidecar: Sidecar, of output: ProjectPath) throws(FileError) {
    let path = ProjectPath(trusted: output.bytes + ".json".utf8)
    try AtomicFile.writeIfFree(sidecar.text, to: path, in: folder)
  }

  /// Copies a take to where another shot's takes lie; by reference where the file system can (reflink).
  /// - Returns: the path of the copy.
  package func copy(_ take: Take, for want: Want, recipe: JSONObject) throws(FileError) -> ProjectPath {
    let name = TakeName(
      shot: want.address.shot, kind: want.kind, fingerprint: want.recipe.fingerprint, output: take.output.digest,
      fileExtension: take.path.fileExtension)
    let path = want.address.sequence.folder.appending(name.description)
    let sidecar = Sidecar(
      kind: take.kind, shot: want.address.description, fingerprint: want.recipe.fingerprint, recipe: recipe,
      output: take.output, engine: take.engine, created: take.created)
    try folder.makeFolder(want.address.sequence.folder)
    let source = try folder.open(take.path, O_RDONLY)
    try AtomicFile.writeIfFree(to: path, in: folder) { file throws(FileError) in
      if reel_clone(source.raw, file.raw) == 0 { return }
      try Self.copyBytes(from: source, to: file, path: path.string)
    }
    try writeSidecar(sidecar, of: path)
    return path
  }

  private static func copyBytes(
    from source: borrowing Descriptor, to file: borrowing Descriptor, path: String
  ) throws(FileError) {
    while true {
      let count = sendfile(file.raw, source.raw, nil, 16 << 20)
      if count == 0 { return }
      if count < 0 {
        let error = FileError.last("copy", path)
        if error.code != EINTR { throw error }
      }
    }
  }
}
