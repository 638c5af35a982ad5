internal import Basics
internal import CShims
internal import Glibc
internal import Planning

/// A copy of a file that a job is made of, by reference where the file system can: what an engine reads is what the recipe says,
/// whatever happens to the file meanwhile, and the file is safe from the engine.
enum ReferenceCopy {
  /// - Parameter path: of the copy, from the root of this machine; nothing may be there yet.
  /// - Throws: `FileError`, or `EngineError` when the file holds something else by now.
  static func make(of reference: ShotRequest.Reference, in project: Folder, at path: String) throws {
    let source = try project.open(reference.path, O_RDONLY | O_NONBLOCK)
    let raw = reel_openat(AT_FDCWD, path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    if raw < 0 { throw FileError.last("write", path) }
    let copy = Descriptor(owning: raw)
    try source.copyContent(to: copy, reference.path.string)
    guard try copy.contentHash(path).digest == reference.digest else {
      throw EngineError("\(reference.path) changed while the job began", canPass: true)
    }
  }
}
