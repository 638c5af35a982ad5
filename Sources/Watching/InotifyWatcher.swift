package import Basics
internal import Synchronization

/// Watches by the kernel's events.
///
/// Any number of them may run at a time; they share one thread (`InotifyThread`).
package final class InotifyWatcher: Watcher {
  private let folder: Folder
  private let times: Settling.Times
  private let isHeld: @Sendable () -> Bool
  private let id = InotifyThread.shared.newID()
  private let isStarted = Mutex(false)

  /// - Parameter isHeld: asked on the watching thread whenever a batch is ready: whether it shall wait, because git's
  ///   `index.lock` is there. It must be quick, a look at one file.
  package init(
    folder: Folder, times: Settling.Times = Settling.Times(), isHeld: @escaping @Sendable () -> Bool = { false }
  ) {
    self.folder = folder
    self.times = times
    self.isHeld = isHeld
  }

  package func start() throws(WatchError) -> AsyncStream<WatchEvent> {
    let wasStarted = isStarted.withLock { isStarted in
      defer { isStarted = true }
      return isStarted
    }
    if wasStarted { throw WatchError(code: .startedTwice, path: folder.path) }
    let mailbox = Mailbox()
    let order = WatchedRoot.Order(
      id: id, place: try RootPlace(folder), times: times, isHeld: isHeld, mailbox: mailbox)
    do throws(FileError) {
      try InotifyThread.shared.give(.watch(order))
    } catch {
      throw WatchError(code: .noDescriptor, path: folder.path)
    }
    let id = self.id
    return mailbox.stream { try? InotifyThread.shared.give(.leave(id)) }
  }

  package func stop() {
    // Throws only when a thread has to be started for it, which leaving never does.
    try? InotifyThread.shared.give(.leave(id))
  }
}
