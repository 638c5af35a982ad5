package import Basics
internal import Glibc
package import ProjectFiles
internal import Synchronization

/// What this user's engines made, by recipe, for all projects: so that nothing is generated twice because a branch was switched, an
/// output deleted or a project cloned.
///
/// In the cache folder lies `outputs/`, and in that, for a fingerprint that begins with 7f:
///
///     7f/7f3a…/b04d…           an output, named by its hash
///     7f/7f3a…/b04d….json      what its sidecar said; when it was used last is its modification time
///     account                  about how many bytes there are (see `Account`)
///
/// One recipe may have several outputs. Any number of processes work on it at once without a lock: everything appears whole by a
/// rename, the facts after the output, and goes in the opposite order. Nothing waits for the disk: what a power cut or a faulty disk
/// leaves is found out by the hash, which is checked before an output is used. All of it may be deleted at any time.
package final class OutputCache: Sendable {
  /// Where the outputs lie.
  package let path: String
  /// The most bytes that it may hold.
  package let size: Int64
  /// A folder among the user's that others may write to holds anything, not what the user's engines made.
  private let user: UInt32
  let state = Mutex(State())

  struct State {
    /// Nil until it was looked at for the first time, and when it is not there.
    var folder: Folder?
    var account = Account()
    /// Entries that turned out to be damaged and could not be removed.
    var refused: Set<Entry> = []
  }

  /// One output of one recipe.
  struct Entry: Hashable {
    var fingerprint: Digest
    var output: Digest
  }

  /// - Parameters:
  ///   - cacheFolder: that of the user (`StateFolders.cache`); nothing is made in it before something is stored.
  ///   - size: the most bytes; 0 for a cache that neither takes nor gives.
  package init(in cacheFolder: String, size: Int64, user: UInt32 = getuid()) {
    path = "\(cacheFolder)/outputs"
    self.size = size
    self.user = user
  }

  package var isOn: Bool { size > 0 }
}

// MARK: The folder

extension OutputCache {
  /// The folder of outputs, if it is there and the user's alone.
  func opened() -> Folder? {
    if let folder = state.withLock({ $0.folder }), isStillThere(folder) { return folder }
    // Another process, or a person, may have removed it and made it anew.
    let folder = (try? Folder(opening: path)).flatMap { isOwn($0) ? $0 : nil }
    state.withLock { $0.folder = folder }
    return folder
  }

  /// The same, made if it is not there.
  func made() throws(FileError) -> Folder {
    if let folder = opened() { return folder }
    try StateFolders.make(path)
    if let folder = opened() { return folder }
    throw FileError(code: EPERM, action: "use the cache", path: path)
  }

  private func isStillThere(_ folder: Folder) -> Bool {
    var open = stat()
    var named = stat()
    return fstat(folder.raw, &open) == 0 && stat(path, &named) == 0 && open.st_ino == named.st_ino
      && open.st_dev == named.st_dev
  }

  private func isOwn(_ folder: Folder) -> Bool {
    var status = stat()
    return fstat(folder.raw, &status) == 0 && status.st_uid == user && status.st_mode & 0o022 == 0
  }

  static func place(of fingerprint: Digest) -> ProjectPath {
    let hex = fingerprint.hex
    return ProjectPath(trusted: "\(hex.prefix(2))/\(hex)")
  }

  static func place(of entry: Entry) -> (output: ProjectPath, facts: ProjectPath) {
    let folder = place(of: entry.fingerprint)
    return (folder.appending(entry.output.hex), folder.appending("\(entry.output.hex).json"))
  }
}

// MARK: Looking

extension OutputCache {
  /// An output that a recipe gave; of several that with the hash `wished`, else the one with the smallest, as among takes.
  ///
  /// Asked for every want that has no take: where there is nothing, it costs one call of the kernel.
  package func output(of fingerprint: Digest, kind: Kind, wished: Digest? = nil) -> CachedOutput? {
    guard isOn, let folder = opened(),
      let files = try? Tree.entries(
        of: Self.place(of: fingerprint), in: folder, skip: { !$0.suffix(5).elementsEqual(".json".utf8) })
    else { return nil }
    var digests = files.compactMap { Digest(hex: $0.path.stem) }.sorted()
    if let wished, digests.contains(wished) { digests.insert(wished, at: 0) }
    for digest in digests {
      let entry = Entry(fingerprint: fingerprint, output: digest)
      guard let facts = facts(of: entry, in: folder), facts.kind == kind else { continue }
      return facts
    }
    return nil
  }

  /// What is known of an entry, if it is whole as far as can be seen without reading the output.
  func facts(of entry: Entry, in folder: Folder) -> CachedOutput? {
    if state.withLock({ $0.refused.contains(entry) }) { return nil }
    let place = Self.place(of: entry)
    guard let text = try? folder.read(place.facts, limit: Sidecar.maximumSize),
      let sidecar = Sidecar.read(SourceText(file: place.facts, bytes: text.bytes)).model,
      sidecar.fingerprint == entry.fingerprint, sidecar.output.digest == entry.output,
      case .file(let stamp)? = try? folder.look(at: place.output), stamp.size == sidecar.output.bytes
    else { return nil }
    return CachedOutput(sidecar)
  }

  /// Opens an output for copying, its hash checked. Nil when it is not there any more, or is damaged: it is thrown away then.
  package func open(_ cached: CachedOutput) -> Descriptor? {
    let entry = Entry(fingerprint: cached.fingerprint, output: cached.output.digest)
    guard let folder = opened() else { return nil }
    let path = Self.place(of: entry).output
    do throws(FileError) {
      let file = try folder.open(path, O_RDONLY | O_NONBLOCK)
      if try file.contentHash(path.string).digest == cached.output.digest { return file }
    } catch {
      if error.isAbsence {
        remove(entry, in: folder)
        return nil
      }
    }
    state.withLock { _ = $0.refused.insert(entry) }
    remove(entry, in: folder)
    return nil
  }

  /// Puts off the time when it goes out.
  package func markUsed(_ cached: CachedOutput) {
    guard let folder = opened() else { return }
    touch(Entry(fingerprint: cached.fingerprint, output: cached.output.digest), in: folder)
  }

  func touch(_ entry: Entry, in folder: Folder) {
    guard let directory = try? folder.open(Self.place(of: entry.fingerprint), O_RDONLY | O_DIRECTORY) else { return }
    _ = Folder.withPath(ProjectPath(trusted: "\(entry.output.hex).json")) {
      utimensat(directory.raw, $0, nil, AT_SYMLINK_NOFOLLOW)
    }
  }

  /// The facts first: what is without them is not looked at.
  func remove(_ entry: Entry, in folder: Folder) {
    let place = Self.place(of: entry)
    try? folder.removeFile(place.facts)
    try? folder.removeFile(place.output)
    removeEmptyFolder(of: entry.fingerprint, in: folder)
  }

  func removeEmptyFolder(of fingerprint: Digest, in folder: Folder) {
    let path = Self.place(of: fingerprint)
    guard let parent = path.parent, let directory = try? folder.open(parent, O_RDONLY | O_DIRECTORY) else { return }
    // One with something in it stays.
    _ = Folder.withPath(ProjectPath(trusted: path.name)) { unlinkat(directory.raw, $0, AT_REMOVEDIR) }
  }
}
