package import Basics
internal import Glibc

/// Puts takes that nothing needs into the project's trash, output and sidecar.
package enum TakeRetirement {
  /// - Parameters:
  ///   - path: of the output.
  ///   - digest: what its sidecar says of it: one that a person edited stays, however old it is.
  /// - Returns: whether it is in the trash now.
  package static func retire(_ path: ProjectPath, holding digest: Digest, in project: Folder) throws(FileError) -> Bool
  {
    do throws(FileError) {
      let file = try project.open(path, O_RDONLY | O_NONBLOCK)
      guard try file.contentHash(path.string).digest == digest else { return false }
    } catch {
      if error.isAbsence { return false }
      throw error
    }
    let sidecar = ProjectPath(trusted: path.bytes + ".json".utf8)
    try put([sidecar, path], in: project)
    return true
  }

  /// The sidecar first: an output without one is no take, while a sidecar without its output asks for it.
  private static func put(_ paths: [ProjectPath], in project: Folder) throws(FileError) {
    let now = FileStamp.now()
    let part = String(now % 1_000_000_000)
    let name =
      Timestamp.rfc3339(now).filter { $0 != "-" && $0 != ":" } + "-"
      + String(repeating: "0", count: 9 - part.count) + part
    let removal = Waste.trashFolder.appending(name)
    for path in paths {
      guard let parent = path.parent else { continue }
      let target = removal.appending(bytes: parent.bytes)
      try project.makeFolder(target)
      let from = try project.open(parent, O_RDONLY | O_DIRECTORY)
      let to = try project.open(target, O_RDONLY | O_DIRECTORY)
      let moved = Folder.withPath(ProjectPath(trusted: Array(path.nameBytes))) {
        renameat(from.raw, $0, to.raw, $0)
      }
      if moved != 0 { throw .last("move to the trash", path.string) }
    }
  }
}
