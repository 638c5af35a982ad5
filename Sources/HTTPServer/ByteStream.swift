internal import Basics
internal import CMicrohttpd

/// A body that comes bit by bit, for as long as there is something to say: events, or an archive on its way.
///
/// Written by any thread, read by the server's. While there is nothing to read the connection sleeps.
package final class ByteStream: Sendable {
  private struct State {
    var chunks: [[UInt8]] = []
    /// How much of the first chunk was read.
    var offset = 0
    var waiting = 0
    /// The connection that sleeps until there is something to read.
    var sleeper: OpaquePointer?
    var isEnded = false
    var hasFailed = false
  }

  // A connection is only touched under the lock, and only while it sleeps.
  private struct Guarded: @unchecked Sendable {
    var state = State()
  }

  private let limit: Int
  private let guarded = Monitor(Guarded())

  /// - Parameter limit: how many bytes may wait to be read.
  package init(limit: Int) {
    self.limit = limit
  }

  package var isEnded: Bool { guarded.change { $0.state.isEnded } }

  /// Adds bytes. A reader that is too slow for the limit is given up: the stream ends, and what waits is dropped.
  /// - Returns: false when nobody reads any more.
  @discardableResult
  package func send(_ bytes: [UInt8]) -> Bool {
    guarded.change { guarded in
      if guarded.state.isEnded { return false }
      if guarded.state.waiting + bytes.count > limit {
        guarded.state.hasFailed = true
        Self.end(&guarded.state)
        return false
      }
      Self.add(bytes, &guarded.state)
      return true
    }
  }

  /// Adds bytes, waiting while too many wait already.
  /// - Returns: false when nobody reads any more.
  package func push(_ bytes: [UInt8]) -> Bool {
    let done = guarded.wait(atMost: 120) { [limit] guarded -> Bool? in
      if guarded.state.isEnded { return false }
      if guarded.state.waiting > limit { return nil }
      Self.add(bytes, &guarded.state)
      return true
    }
    if done == nil { end(failed: true) }
    return done ?? false
  }

  /// Nothing more comes.
  /// - Parameter failed: whether the reader is to know that something is missing: the connection breaks off then.
  package func end(failed: Bool = false) {
    guarded.change { guarded in
      if guarded.state.isEnded { return }
      if failed { guarded.state.hasFailed = true }
      Self.end(&guarded.state)
    }
  }

  private static func add(_ bytes: [UInt8], _ state: inout State) {
    if bytes.isEmpty { return }
    state.chunks.append(bytes)
    state.waiting += bytes.count
    wake(&state)
  }

  private static func end(_ state: inout State) {
    state.isEnded = true
    if state.hasFailed { (state.chunks, state.waiting, state.offset) = ([], 0, 0) }
    wake(&state)
  }

  private static func wake(_ state: inout State) {
    guard let sleeper = state.sleeper else { return }
    state.sleeper = nil
    reel_mhd_resume(sleeper)
  }

  /// On the server's thread: gives what there is, or lets the connection sleep.
  func read(into buffer: UnsafeMutableRawBufferPointer, for connection: OpaquePointer) -> Int {
    guarded.change { guarded in
      var count = 0
      while count < buffer.count, let first = guarded.state.chunks.first {
        let part = min(first.count - guarded.state.offset, buffer.count - count)
        let range = guarded.state.offset..<(guarded.state.offset + part)
        first.withUnsafeBytes { bytes in
          UnsafeMutableRawBufferPointer(rebasing: buffer[count...]).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
        count += part
        guarded.state.offset += part
        if guarded.state.offset == first.count {
          guarded.state.chunks.removeFirst()
          guarded.state.offset = 0
        }
      }
      guarded.state.waiting -= count
      if count > 0 { return count }
      if guarded.state.isEnded { return guarded.state.hasFailed ? reel_mhd_stream_failed : reel_mhd_end_of_stream }
      guarded.state.sleeper = connection
      reel_mhd_suspend(connection)
      return 0
    }
  }

  /// The connection is gone.
  func drop() {
    guarded.change { guarded in
      guarded.state.sleeper = nil
      guarded.state.isEnded = true
      (guarded.state.chunks, guarded.state.waiting, guarded.state.offset) = ([], 0, 0)
    }
  }
}
