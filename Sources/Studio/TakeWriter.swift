package import Basics
package import Cache
internal import CShims
package import Engines
internal import Glibc
package import JSONText
package import Planning
package import ProjectFiles

/// Puts takes on disk, durable and in order: the output under a temporary name, synced, renamed; then the sidecar the same way.
///
/// The sidecar is the commit: an output without one counts for nothing. What is there is not written over: names are made of
/// hashes, so a name that is taken holds the same bytes, or somebody's edit of them, which stays. Only what counts for nothing
/// gives way: an empty output, and a sidecar that does not say that its take meets the recipe.
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
    package var content: EngineOutput.Content
    package var sidecar: Sidecar

    package init(path: ProjectPath, content: EngineOutput.Content, sidecar: Sidecar) {
      self.path = path
      self.content = content
      self.sidecar = sidecar
    }
  }

  package func write(_ order: Order) throws(FileError) {
    guard let parent = order.path.parent else { return }
    try folder.makeFolder(parent)
    try writeOutput(to: order.path) { file throws(FileError) in
      switch order.content {
      case .bytes(let bytes): try file.writeAll(bytes, path: order.path.string)
      case .file(let output): try Self.copy(output, of: order, to: file)
      }
    }
    try writeSidecar(order.sidecar, of: order.path)
  }

  /// Copies a take to where another shot's takes lie; by reference where the file system can (reflink).
  ///
  /// The copy is named after the bytes that are there, which a person may have edited since the take was made.
  /// - Returns: the path of the copy.
  package func copy(_ take: Take, for want: Want, recipe: JSONObject) throws(FileError) -> ProjectPath {
    let source = try folder.open(take.path, O_RDONLY)
    var output = take.output
    (output.digest, output.bytes) = try source.contentHash(take.path.string)
    let name = TakeName(
      shot: want.address.shot, kind: want.kind, fingerprint: want.recipe.fingerprint, output: output.digest,
      fileExtension: take.path.fileExtension)
    let path = want.address.sequence.folder.appending(name.description)
    let sidecar = Sidecar(
      kind: take.kind, shot: want.address.description, fingerprint: want.recipe.fingerprint, recipe: recipe,
      output: output, engine: take.engine, created: take.created)
    try folder.makeFolder(want.address.sequence.folder)
    try writeOutput(to: path) { file throws(FileError) in
      try source.copyContent(to: file, path.string)
    }
    try writeSidecar(sidecar, of: path)
    return path
  }

  /// Copies what an engine left in a file; by reference where the file system can. That file stays with its engine until the take
  /// is whole, so that a crash here costs nothing.
  private static func copy(
    _ output: EngineOutput.File, of order: Order, to file: borrowing Descriptor
  ) throws(FileError) {
    let raw = reel_openat(AT_FDCWD, output.path, O_RDONLY | O_NOFOLLOW, 0)
    if raw < 0 { throw .last("read", output.path) }
    let source = Descriptor(owning: raw)
    try source.copyContent(to: file, order.path.string)
    var status = stat()
    if fstat(file.raw, &status) != 0 { throw .last("look at", order.path.string) }
    // A file that was cut meanwhile must not get the name of what it was.
    if Int(status.st_size) != order.sidecar.output.bytes {
      throw FileError(code: EAGAIN, action: "copy", path: output.path)
    }
  }

  /// Puts an output from the cache where a shot's takes lie.
  /// - Returns: the path of the take; nil when the cache does not hold those bytes any more.
  package func restore(
    _ cached: CachedOutput, from cache: OutputCache, for want: Want
  ) throws(FileError) -> ProjectPath? {
    guard let ending = TakeName.fileExtension(for: cached.output.type), let source = cache.open(cached) else {
      return nil
    }
    let name = TakeName(
      shot: want.address.shot, kind: want.kind, fingerprint: want.recipe.fingerprint, output: cached.output.digest,
      fileExtension: ending)
    let path = want.address.sequence.folder.appending(name.description)
    try folder.makeFolder(want.address.sequence.folder)
    try writeOutput(to: path) { file throws(FileError) in try source.copyContent(to: file, path.string) }
    try writeSidecar(cached.sidecar(for: want.address.description, recipe: want.recipe.fields), of: path)
    cache.markUsed(cached)
    return path
  }

  /// Returns when everything ordered before has been done.
  package func finish() {}
}

// MARK: Names that are taken

extension TakeWriter {
  private func writeOutput(
    to path: ProjectPath, filling body: (borrowing Descriptor) throws(FileError) -> Void
  ) throws(FileError) {
    var existing = AtomicFile.Existing.keep
    switch try folder.look(at: path) {
    case .file(let stamp)? where stamp.size > 0: return try syncFolder(of: path)
    case .file?: existing = .replace
    case .folder?, .other?: throw FileError(code: EEXIST, action: "write", path: path.string)
    case nil: break
    }
    do throws(FileError) {
      _ = try AtomicFile.write(to: path, in: folder, existing: existing, filling: body)
    } catch {
      // Somebody else's file of that name has come meanwhile: a checkout, a sync.
      if error.code != EEXIST { throw error }
      try syncFolder(of: path)
    }
  }

  /// What is there may be what an earlier attempt renamed and could not sync, or a run that was killed in between: only synced it is
  /// a take to rely on.
  private func syncFolder(of path: ProjectPath) throws(FileError) {
    if let parent = path.parent { try folder.sync(parent) }
  }

  private func writeSidecar(_ sidecar: Sidecar, of output: ProjectPath) throws(FileError) {
    let path = ProjectPath(trusted: output.bytes + ".json".utf8)
    if let there = try? folder.read(path, limit: Sidecar.maximumSize) {
      let read = Sidecar.read(SourceText(file: path, bytes: there.bytes)).model
      if let read, read.fingerprint == sidecar.fingerprint, read.kind == sidecar.kind, !read.isRemoved {
        return try syncFolder(of: path)
      }
      _ = try AtomicFile.write(sidecar.text, to: path, in: folder, existing: .replace)
    } else {
      try AtomicFile.writeIfFree(sidecar.text, to: path, in: folder)
    }
  }
}
