package import Basics
internal import Synchronization

/// Watches by reading the whole tree again every second: for file systems that give no events, such as network shares.
///
/// It promises what `InotifyWatcher` does, only later. A change and its undoing between two rounds is never seen.
package final class PollingWatcher: Watcher {
  private struct State {
    var isStarted = false
    var isStopped = false
    var wakeup: Wakeup?
  }

  private let folder: Folder
  private let interval: Duration
  private let times: Settling.Times
  private let isHeld: @Sendable () -> Bool
  private let state = Mutex(State())

  /// - Parameters:
  ///   - interval: from the end of one round to the start of the next.
  ///   - times: of these only how long a batch may be held; a round is a batch by itself.
  ///   - isHeld: asked on the watching thread when a round found something: whether it shall wait, because git's
  ///   `index.lock` is there.
  package init(
    folder: Folder, interval: Duration = .seconds(1), times: Settling.Times = Settling.Times(),
    isHeld: @escaping @Sendable () -> Bool = { false }
  ) {
    self.folder = folder
    self.interval = interval
    var times = times
    times.quiet = .zero
    times.latest = .zero
    self.times = times
    self.isHeld = isHeld
  }

  package func start() throws(WatchError) -> AsyncStream<WatchEvent> {
    let wasStarted = state.withLock { state in
      defer { state.isStarted = true }
      return state.isStarted
    }
    if wasStarted { throw WatchError(code: .startedTwice, path: folder.path) }
    let place = try RootPlace(folder)
    do throws(FileError) {
      let wakeup = try Wakeup()
      state.withLock { $0.wakeup = wakeup }
    } catch {
      throw WatchError(code: .noDescriptor, path: folder.path)
    }
    let mailbox = Mailbox()
    NamedThread.start("reel-poll") {
      self.watch(place, mailbox)
      self.state.withLock { $0.wakeup = nil }
      // The stream's end says that all is released: it comes last.
      mailbox.finish()
    }
    return mailbox.stream { self.stop() }
  }

  package func stop() {
    state.withLock { state in
      state.isStopped = true
      state.wakeup?.ring()
    }
  }

  private func watch(_ place: RootPlace, _ mailbox: Mailbox) {
    guard let wakeup = state.withLock({ $0.wakeup }) else { return }
    var tree = PolledFolders()
    var settling = Settling(times)
    var cookies = SyncFolder.cookies(in: folder)
    enter(.root, &tree)
    var told = tree.count
    mailbox.post(.watching(folders: told))
    var all = DirtyPaths.all
    all.cookies = cookies
    var actions = settling.handle(.noticed(all, at: .now))
    var nextRound = ContinuousClock.now + interval
    while !state.withLock({ $0.isStopped }) {
      guard place.isThere else {
        mailbox.post(.rootGone)
        return
      }
      var wakeAt = nextRound
      for action in actions {
        switch action {
        case .deliver(let dirty): mailbox.post(.dirty(dirty))
        case .wake(let time): wakeAt = min(time, nextRound)
        }
      }
      wakeup.wait(orReadable: nil, until: wakeAt)
      let now = ContinuousClock.now
      if now >= nextRound {
        // Listed before the round: whatever happened before these cookies were dropped is then found by it.
        let lying = SyncFolder.cookies(in: folder)
        var dirty = poll(&tree)
        dirty.cookies = lying.subtracting(cookies)
        cookies = lying
        actions = settling.handle(.noticed(dirty, at: now))
        nextRound = ContinuousClock.now + interval
        if tree.count != told {
          told = tree.count
          mailbox.post(.watching(folders: told))
        }
      }
      actions = settling.handle(.woke(at: now, isHeld: isHeld()))
    }
  }

  private func poll(_ tree: inout PolledFolders) -> DirtyPaths {
    let difference = tree.poll(in: folder, at: .now)
    for path in difference.newFolders { enter(path, &tree) }
    return difference.dirty
  }

  private func enter(_ start: ProjectPath, _ tree: inout PolledFolders) {
    var waiting = [start]
    while let path = waiting.popLast() { waiting += tree.add(path, in: folder, at: .now) }
  }
}
