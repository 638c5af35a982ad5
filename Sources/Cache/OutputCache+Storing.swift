package import Basics
internal import Glibc
package import ProjectFiles
internal import Synchronization

extension OutputCache {
  /// Takes in what an engine of this user has just made.
  ///
  /// Nothing comes of it where the cache is off or too small, or where the file does not hold what the sidecar says, because
  /// somebody edited it in the meantime.
  /// - Parameters:
  ///   - path: the output, in a project.
  ///   - reserve: bytes of the disk that the cache leaves free, whatever its own limit.
  package func store(
    _ sidecar: Sidecar, from path: ProjectPath, in project: Folder, leaving reserve: Int64 = 0
  ) throws(FileError) {
    let entry = Entry(fingerprint: sidecar.fingerprint, output: sidecar.output.digest)
    if !isOn { return }
    // Gone already: somebody does not want it.
    guard case .file? = try project.look(at: path) else { return }
    let source = try project.open(path, O_RDONLY | O_NONBLOCK)
    let folder = try made()
    if facts(of: entry, in: folder) != nil { return touch(entry, in: folder) }
    guard try source.contentHash(path.string) == (sidecar.output.digest, sidecar.output.bytes) else { return }
    let text = sidecar.text
    guard makeRoom(for: Int64(sidecar.output.bytes + text.count), in: folder, leaving: reserve) else { return }
    // Another process may find the folder empty and remove it before the first file is in it.
    for isLast in [false, false, true] {
      do throws(FileError) {
        try write(entry, text, source, in: folder)
        break
      } catch {
        if isLast || !error.isAbsence { throw error }
      }
    }
    state.withLock { _ = $0.refused.remove(entry) }
    add(Int64(sidecar.output.bytes + text.count), in: folder)
  }

  private func write(
    _ entry: Entry, _ facts: [UInt8], _ source: borrowing Descriptor, in folder: Folder
  ) throws(FileError) {
    let place = Self.place(of: entry)
    try makeFolder(Self.place(of: entry.fingerprint), in: folder)
    // Over what is there without facts: another process may be about to remove just that.
    _ = try AtomicFile.write(
      to: place.output, in: folder, existing: .replace, mode: 0o600, isDurable: false
    ) { file throws(FileError) in try source.copyContent(to: file, place.output.string) }
    _ = try AtomicFile.write(
      to: place.facts, in: folder, existing: .replace, mode: 0o600, isDurable: false
    ) { file throws(FileError) in try file.writeAll(facts, path: place.facts.string) }
  }

  /// Makes a folder and those above it, for this user alone.
  private func makeFolder(_ path: ProjectPath, in folder: Folder) throws(FileError) {
    for place in [path.parent, path] {
      guard let place, let parent = place.parent else { continue }
      let directory = try folder.open(parent, O_RDONLY | O_DIRECTORY)
      if Folder.withPath(ProjectPath(trusted: place.name), { mkdirat(directory.raw, $0, 0o700) }) == 0 { continue }
      let error = FileError.last("make the folder", place.string)
      if error.code != EEXIST { throw error }
    }
  }
}
