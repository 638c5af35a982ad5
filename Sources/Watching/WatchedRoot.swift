internal import Basics

/// One project folder on the inotify thread: which of its folders are watched, and what their events mean for it.
///
/// Used on that thread only.
final class WatchedRoot {
  /// What is asked for when a watcher starts; crosses from its thread to the inotify thread.
  struct Order: Sendable {
    var id: UInt64
    var place: RootPlace
    var times: Settling.Times
    var isHeld: @Sendable () -> Bool
    var mailbox: Mailbox
  }

  let order: Order
  private var watched: Set<ProjectPath> = []
  /// Folders that inotify is silent about.
  private var polled = PolledFolders()
  private var links = KnownLinks()
  /// Cookies in a sync folder that is polled: those that lay there a round ago, and those told since.
  private var foundCookies: Set<String> = []
  private var answeredCookies: Set<String> = []
  /// What was mounted in the project when it was last watched anew.
  private var mounts: [[UInt8]] = []
  private var settling: Settling
  /// When the settling wants to be woken.
  private(set) var wakeAt: ContinuousClock.Instant?
  private var told: (folders: Int, polled: Int) = (-1, 0)

  init(_ order: Order) {
    self.order = order
    settling = Settling(order.times)
  }

  private var folder: Folder { order.place.folder }

  /// Watches everything anew. What the owner saw before counts for nothing now, so all is dirty.
  ///
  /// Cookies found lying there go into the same batch. Their events may have been lost or taken by the old watches, but
  /// whatever happened before they were dropped happened before this moment, and the look at everything comes after it.
  func watchAll(_ inotify: Inotify?) {
    watched = []
    // Before the folders are entered: one that changes meanwhile is another one in the next round.
    mounts = MountTable.mounts(below: order.place.location)
    polled = PolledFolders()
    links = KnownLinks()
    enter(.root, inotify)
    var all = DirtyPaths.all
    all.cookies = SyncFolder.cookies(in: folder)
    notice(all)
  }

  /// Watches a folder and those in it, each before it is read: what appears meanwhile is then in the reading or comes
  /// as an event.
  /// - Returns: whether it is there.
  @discardableResult
  private func enter(_ start: ProjectPath, _ inotify: Inotify?) -> Bool {
    var waiting = [start]
    while let path = waiting.popLast() {
      switch inotify?.watch(order.place.absolute(path)) ?? .silent {
      case .watched:
        watched.insert(path)
        links.add(in: path, of: folder)
        guard let entries = try? Tree.entries(of: path, in: folder, skip: { IgnoredNames.contains($0) }) else {
          continue
        }
        waiting += entries.filter { $0.kind == .folder && WatchedTree.isEntered($0.path) }.map(\.path)
      case .silent:
        guard case .folder? = try? folder.look(at: path) else { continue }
        links.add(in: path, of: folder)
        waiting += polled.add(path, in: folder, at: .now)
      case .unreachable:
        // Gone again, or forbidden: the folder above tells when that changes.
        break
      }
    }
    return watched.contains(start) || polled.folders.contains(start)
  }

  /// Whether other disks are mounted in the project than when it was last watched anew.
  var hasOtherMounts: Bool { mounts != MountTable.mounts(below: order.place.location) }

  /// Takes in an event.
  /// - Returns: whether the watches no longer fit the tree and have to be set up anew.
  func handle(_ event: Inotify.Event, _ inotify: Inotify) -> Bool {
    guard let absolute = event.folder, let place = order.place.relative(absolute), watched.contains(place) else {
      return false
    }
    if event.name.isEmpty {
      if !event.mask.isDisjoint(with: .selfGone) { return true }
      // Rights of the project folder itself; those of others are told by the folder above them.
      if place == .root { notice(.all) }
      return false
    }
    let path = place.appending(bytes: event.name)
    if place == SyncFolder.path {
      let arrived = !event.mask.isDisjoint(with: [.created, .movedTo])
      if arrived, !IgnoredNames.contains(event.name) { notice(DirtyPaths(cookies: [path.name])) }
      return false
    }
    if !event.mask.contains(.isFolder) {
      if WatchedTree.isReported(path) {
        if !event.mask.isDisjoint(with: [.created, .movedTo, .deleted, .movedFrom]) {
          links.look(at: path, in: folder)
        }
        if event.mask.contains(.written) {
          take(settling.handle(.written(path, at: .now)))
        } else if !event.mask.isDisjoint(with: [.closed, .movedTo, .movedFrom, .deleted]) {
          take(settling.handle(.completed(path, at: .now)))
        } else {
          notice(DirtyPaths(files: [path]))
        }
      }
      return false
    }
    return WatchedTree.isEntered(path) && handleFolder(path, event.mask, inotify)
  }

  private func handleFolder(_ path: ProjectPath, _ mask: Inotify.Mask, _ inotify: Inotify) -> Bool {
    let isReported = WatchedTree.isReported(path)
    let isKnown = watched.contains(path)
    if !mask.isDisjoint(with: [.deleted, .movedFrom]) {
      watched.remove(path)
      if isReported { notice(DirtyPaths(files: [path])) }
      return isKnown
    }
    if isKnown {
      // Entered with the folder above it, before this event was read; unless it was moved over another one.
      if isReported {
        notice(mask.contains(.attributes) ? DirtyPaths(files: [path]) : DirtyPaths(folders: [path]))
      }
      return mask.contains(.movedTo)
    }
    let isThere = enter(path, inotify)
    if isReported { notice(isThere ? DirtyPaths(folders: [path]) : DirtyPaths(files: [path])) }
    // A cookie that was there before the watch gives no event, and finding it proves nothing while events are queued:
    // only watching all anew answers it.
    return watched.contains(SyncFolder.path) && (path == SyncFolder.path || path == SyncFolder.parent)
      && !SyncFolder.cookies(in: folder).isEmpty
  }

  /// Reads the folders that inotify is silent about, and tries again to watch them.
  func poll(_ inotify: Inotify?) {
    if polled.isEmpty { return }
    let now = ContinuousClock.now
    let lying = polled.folders.contains(SyncFolder.path) ? SyncFolder.cookies(in: folder) : []
    var hasRoom: [ProjectPath] = []
    if let inotify {
      for path in polled.folders {
        guard case .watched = inotify.watch(order.place.absolute(path)) else { break }
        hasRoom.append(path)
      }
    }
    // After the watches, so that what happened in between is in one of the two.
    let difference = polled.poll(in: folder, at: now)
    for path in hasRoom {
      watched.insert(path)
      polled.remove(path)
    }
    for path in difference.newFolders { enter(path, inotify) }
    var dirty = difference.dirty
    // What was found a round ago: since then the events of the other folders have been drained.
    dirty.cookies = foundCookies.intersection(lying).subtracting(answeredCookies)
    answeredCookies = answeredCookies.union(dirty.cookies).intersection(lying)
    foundCookies = lying
    notice(dirty)
  }

  func notice(_ dirty: DirtyPaths) {
    take(settling.handle(.noticed(dirty, at: .now)))
  }

  /// Delivers what has settled by now.
  func deliver(at now: ContinuousClock.Instant) {
    guard let wakeAt, wakeAt <= now else { return }
    self.wakeAt = nil
    take(settling.handle(.woke(at: now, isHeld: order.isHeld())))
  }

  private func take(_ actions: [Settling.Action]) {
    for action in actions {
      switch action {
      case .wake(let time): wakeAt = time
      case .deliver(var dirty):
        wakeAt = nil
        if !dirty.files.isEmpty || !dirty.folders.isEmpty { dirty.formUnion(DirtyPaths(files: links.paths)) }
        order.mailbox.post(.dirty(dirty))
      }
    }
  }

  /// Says how many folders are watched, and that some are not, when that is new.
  func tellCounts(_ resource: WatchLimit.Resource) {
    let own: Set<ProjectPath> = [SyncFolder.parent, SyncFolder.path]
    let now = (folders: watched.subtracting(own).count, polled: polled.count)
    if now == told { return }
    if now.polled > 0, told.polled == 0 {
      order.mailbox.post(.limited(WatchLimit.reached(resource, folders: now.polled)))
    }
    if now.folders != told.folders { order.mailbox.post(.watching(folders: now.folders)) }
    told = now
  }
}
