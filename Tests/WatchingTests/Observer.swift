import Basics
import Glibc
import Testing
import Watching

/// The two watchers; every promise is tested with both.
enum WatcherKind: CaseIterable, CustomTestStringConvertible {
  case inotify
  case polling

  var testDescription: String {
    switch self {
    case .inotify: "by events"
    case .polling: "by polling"
    }
  }

  func watcher(_ folder: Folder) -> any Watcher {
    switch self {
    case .inotify: InotifyWatcher(folder: folder)
    case .polling: PollingWatcher(folder: folder, interval: .milliseconds(20))
    }
  }
}

/// Reads a watcher's events as the program does: keeps a picture of the tree and looks again only where it is told to.
final class Observer {
  let watcher: any Watcher
  private let folder: Folder
  private var iterator: AsyncStream<WatchEvent>.Iterator
  private(set) var picture: [ProjectPath: Folder.Kind] = [:]
  /// All events so far, without the dirty ones.
  private(set) var told: [WatchEvent] = []

  init(_ kind: WatcherKind, _ folder: Folder) throws {
    try SyncFolder.prepare(in: folder)
    self.folder = folder
    watcher = kind.watcher(folder)
    iterator = try watcher.start().makeAsyncIterator()
  }

  init(starting watcher: any Watcher, _ folder: Folder) throws {
    try SyncFolder.prepare(in: folder)
    self.folder = folder
    self.watcher = watcher
    iterator = try watcher.start().makeAsyncIterator()
  }

  deinit {
    watcher.stop()
  }

  func next() async -> WatchEvent? {
    let event = await iterator.next()
    switch event {
    case .dirty(let dirty)?: look(dirty)
    case let other?: told.append(other)
    case nil: break
    }
    return event
  }

  /// Reads on until everything that was done so far has been told.
  /// - Returns: what was dirty.
  @discardableResult
  func sync(sourceLocation: SourceLocation = #_sourceLocation) async throws -> DirtyPaths {
    let cookie = try SyncFolder.dropCookie(in: folder)
    defer { try? SyncFolder.removeCookie(cookie, in: folder) }
    var all = DirtyPaths()
    while let event = await next() {
      guard case .dirty(let dirty) = event else { continue }
      all.formUnion(dirty)
      if dirty.cookies.contains(cookie) { return all }
    }
    Issue.record("the stream ended before the cookie came", sourceLocation: sourceLocation)
    return all
  }

  /// Reads to the end of the stream.
  func rest() async {
    while await next() != nil {}
  }

  /// The oracle: the picture must be that of a cold reading. Change times are left out: a hard link moves them and
  /// tells nobody.
  func expectTruth(_ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(differences == [], comment, sourceLocation: sourceLocation)
  }

  var isTrue: Bool { differences.isEmpty }

  private var differences: [String] {
    let truth = WatchedTree.listing(of: folder)
    return Set(truth.keys).union(picture.keys).sorted().compactMap { path in
      let (now, believed) = (plain(truth[path]), plain(picture[path]))
      return now == believed ? nil : "\(path) is \(now), believed \(believed)"
    }
  }

  private func plain(_ kind: Folder.Kind?) -> String {
    switch kind {
    case nil: "absent"
    case .folder?: "a folder"
    case .other?: "something else"
    case .file(let stamp)?: "a file of \(stamp.size) bytes, inode \(stamp.inode), modified \(stamp.modified)"
    }
  }

  private func look(_ dirty: DirtyPaths) {
    if dirty.everything {
      picture = WatchedTree.listing(of: folder)
      return
    }
    for path in dirty.folders {
      forget(path)
      guard see(path) == .folder else { continue }
      for (inside, kind) in WatchedTree.listing(of: folder, below: path) { picture[inside] = kind }
    }
    for path in dirty.files where see(path) != .folder { forgetInside(path) }
  }

  /// Looks at one path, as a listing would show it.
  private func see(_ path: ProjectPath) -> Folder.Kind? {
    var status = stat()
    let looked = Folder.withPath(path) { fstatat(folder.raw, $0, &status, AT_SYMLINK_NOFOLLOW) }
    guard looked == 0, var kind = try? folder.look(at: path) else {
      picture[path] = nil
      return nil
    }
    if kind == .folder, status.st_mode & S_IFMT == S_IFLNK { kind = .other }
    guard kind == .folder ? WatchedTree.isEntered(path) : WatchedTree.isReported(path) else {
      picture[path] = nil
      return nil
    }
    picture[path] = kind
    return kind
  }

  private func forget(_ path: ProjectPath) {
    picture[path] = nil
    forgetInside(path)
  }

  private func forgetInside(_ path: ProjectPath) {
    for inside in picture.keys where inside.isInside(path) { picture[inside] = nil }
  }
}

/// Tests with the real kernel: one after the other, since they share the process's one inotify thread and its
/// descriptors.
@Suite(.serialized, .timeLimit(.minutes(2))) struct KernelTests {}
