internal import Basics
internal import Synchronization

/// The one thread of the process on which libinotifytools is used, for all project folders that are watched.
///
/// The library's state is global, so two watchers cannot each have their own. The thread starts with the first one and
/// ends with the last; then nothing is left open. Watchers talk to it by orders only.
final class InotifyThread: Sendable {
  static let shared = InotifyThread()

  enum Order: Sendable {
    case watch(WatchedRoot.Order)
    case leave(UInt64)
  }

  private struct State {
    var orders: [Order] = []
    /// Rings the running thread; nil when none runs.
    var wakeup: Wakeup?
    var lastID: UInt64 = 0
  }

  private let state = Mutex(State())

  func newID() -> UInt64 {
    state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
  }

  /// - Throws: EMFILE when there is not even a descriptor left to wake the thread.
  func give(_ order: Order) throws(FileError) {
    let outcome: Result<Bool, FileError> = state.withLock { state in
      if let wakeup = state.wakeup {
        state.orders.append(order)
        wakeup.ring()
        return .success(false)
      }
      // Nobody is watched when no thread runs: there is nothing to leave.
      if case .leave = order { return .success(false) }
      do throws(FileError) {
        state.wakeup = try Wakeup()
        state.orders.append(order)
        return .success(true)
      } catch {
        return .failure(error)
      }
    }
    if try outcome.get() {
      NamedThread.start("reel-inotify") { InotifyLoop(orders: self).run() }
    }
  }

  /// What rings when an order comes; the thread holds it, so that with the thread's last step it is closed.
  var wakeup: Wakeup? { state.withLock { $0.wakeup } }

  /// The orders that have come in.
  func takeOrders() -> [Order] {
    state.withLock { state in
      defer { state.orders = [] }
      return state.orders
    }
  }

  /// Lets the thread end, unless there are new orders.
  func end() -> Bool {
    state.withLock { state in
      if !state.orders.isEmpty { return false }
      state.wakeup = nil
      return true
    }
  }
}
