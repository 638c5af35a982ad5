internal import Synchronization

/// Between a watching thread and the one who reads: whatever has not been taken yet is merged, so it never grows into a
/// queue.
///
/// An unbounded stream would pile up batches while the reader is busy, and each would be looked at in turn though one
/// look does for all. Here a batch waits as one `DirtyPaths`; the thread never blocks and loses nothing. Limits and
/// counts are told before what is dirty, the end comes last.
final class Mailbox: Sendable {
  private struct State {
    var limit: WatchLimit?
    var folders: Int?
    var dirty = DirtyPaths()
    var isRootGone = false
    var isFinished = false
    var reader: CheckedContinuation<WatchEvent?, Never>?

    /// The next event for the reader; takes it out.
    mutating func take() -> WatchEvent? {
      if let limit {
        self.limit = nil
        return .limited(limit)
      }
      if let folders {
        self.folders = nil
        return .watching(folders: folders)
      }
      if !dirty.isEmpty {
        defer { dirty = DirtyPaths() }
        return .dirty(dirty)
      }
      if isRootGone {
        isRootGone = false
        return .rootGone
      }
      return nil
    }
  }

  private let state = Mutex(State())

  /// The reading end; there is one. When its task is cancelled, `onCancel` is called and the stream ends.
  func stream(onCancel: @escaping @Sendable () -> Void) -> AsyncStream<WatchEvent> {
    AsyncStream(
      unfolding: { await self.next() },
      onCancel: {
        self.finish()
        onCancel()
      })
  }

  func post(_ event: WatchEvent) {
    change { state in
      // What comes after the end is nobody's business any more.
      if state.isFinished { return }
      switch event {
      case .dirty(let dirty): state.dirty.formUnion(dirty)
      case .limited(let limit): state.limit = limit
      case .watching(let folders): state.folders = folders
      case .rootGone:
        state.dirty = DirtyPaths()
        state.isRootGone = true
      }
    }
  }

  /// Ends the stream after what waits in it.
  func finish() {
    change { $0.isFinished = true }
  }

  private func change(_ body: (inout sending State) -> Void) {
    let (reader, event): (CheckedContinuation<WatchEvent?, Never>?, WatchEvent?) = state.withLock { state in
      body(&state)
      guard let reader = state.reader else { return (nil, nil) }
      let event = state.take()
      if event == nil, !state.isFinished { return (nil, nil) }
      state.reader = nil
      return (reader, event)
    }
    reader?.resume(returning: event)
  }

  private func next() async -> WatchEvent? {
    await withCheckedContinuation { reader in
      let (isDone, event): (Bool, WatchEvent?) = state.withLock { state in
        if let event = state.take() { return (true, event) }
        if state.isFinished || state.reader != nil { return (true, nil) }
        state.reader = reader
        return (false, nil)
      }
      if isDone { reader.resume(returning: event) }
    }
  }
}
