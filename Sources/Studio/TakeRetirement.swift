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
    // The sidecar first: an output without one is no take, while a sidecar without its output asks for it.
    _ = try Trash(project).put([ProjectPath(trusted: path.bytes + ".json".utf8), path])
    return true
  }
}
