internal import Basics
internal import CShims
internal import Glibc

/// A bell for a thread that waits in poll(2), by an eventfd.
final class Wakeup: Sendable {
  private let raw: Int32

  /// - Throws: EMFILE or ENFILE.
  init() throws(FileError) {
    raw = reel_eventfd()
    if raw < 0 { throw .last("open", "an eventfd") }
  }

  deinit {
    close(raw)
  }

  func ring() {
    var one: UInt64 = 1
    // EAGAIN would mean 2^64 - 1 unheard rings: it rings then all the same.
    _ = write(raw, &one, 8)
  }

  /// Waits until it rings, `other` can be read, or the time has come. Rings heard are forgotten.
  func wait(orReadable other: Int32?, until deadline: ContinuousClock.Instant) {
    var watched = [pollfd(fd: raw, events: Int16(POLLIN), revents: 0)]
    if let other { watched.append(pollfd(fd: other, events: Int16(POLLIN), revents: 0)) }
    let left = ContinuousClock.now.duration(to: deadline)
    // Rounded up: a poll that ends early would only be repeated.
    let (seconds, attoseconds) = left.components
    let milliseconds =
      left <= .zero ? 0 : Int32(clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    _ = poll(&watched, nfds_t(watched.count), milliseconds)
    if watched[0].revents != 0 {
      var count: UInt64 = 0
      _ = read(raw, &count, 8)
    }
  }
}
