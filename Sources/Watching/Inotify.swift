internal import Basics
internal import CInotifyTools
internal import CShims
internal import Glibc

/// libinotifytools, held by its few calls that are sound: one watch per folder, one event at a time.
///
/// The library keeps all its state in globals and locks nothing: there is one of these at a time in the process, and it
/// stays on one thread (`InotifyThread`). What is not used, and why (all measured with 3.22.6):
/// - its recursive watching: it adds watches after reading, and gives up a folder whose file vanishes meanwhile;
/// - its renaming: `a` renames `ab` too. After any folder moved or went, everything is set up anew instead: a new
///   object of this class. It also forgets the library's dead watches that way;
/// - its waiting: it takes whole seconds and spins when asked for more than one event. Its descriptor, for which there
///   is no call, is found among the process's own and polled;
/// - asking it for the next event with the timeout of "none" by `inotifytools_next_event`: that one blocks for ever.
///
/// Events must have been drained (`next` gives nil) before one of these is let go: the library keeps its read buffer,
/// and would hand old events with old numbers to its successor.
final class Inotify {
  struct Event {
    /// The absolute path under which the folder was watched, without a trailing `/`; nil when the library does not know
    /// it.
    var folder: [UInt8]?
    /// The name in that folder; empty when the folder itself is meant.
    var name: [UInt8]
    var mask: Mask
  }

  struct Mask: OptionSet {
    var rawValue: UInt32

    static let written = Mask(rawValue: UInt32(IN_MODIFY))
    static let closed = Mask(rawValue: UInt32(IN_CLOSE_WRITE))
    static let created = Mask(rawValue: UInt32(IN_CREATE))
    static let deleted = Mask(rawValue: UInt32(IN_DELETE))
    static let movedFrom = Mask(rawValue: UInt32(IN_MOVED_FROM))
    static let movedTo = Mask(rawValue: UInt32(IN_MOVED_TO))
    static let attributes = Mask(rawValue: UInt32(IN_ATTRIB))
    static let isFolder = Mask(rawValue: 0x4000_0000)
    static let overflow = Mask(rawValue: UInt32(IN_Q_OVERFLOW))
    /// The watch ended: its folder is gone or unmounted.
    static let ignored = Mask(rawValue: UInt32(IN_IGNORED))
    /// The watched folder itself was deleted, moved or unmounted.
    static let selfGone = Mask(rawValue: UInt32(IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED))
  }

  enum Outcome {
    case watched
    /// The limit of watches is reached, or the folder is known by another path already (a bind mount): nothing will be
    /// heard of it.
    case silent
    /// It is no folder any more, or may not be read.
    case unreachable
  }

  /// OPEN, ACCESS and CLOSE_NOWRITE are left out: they only fill the queue.
  private static let interests =
    UInt32(
      IN_CLOSE_WRITE | IN_MODIFY | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF
        | IN_MOVE_SELF) | 0x0100_0000 /* ONLYDIR */ | 0x0200_0000 /* DONT_FOLLOW */ | 0x0400_0000 /* EXCL_UNLINK */

  /// To be polled after `next` has given nil, not before: the library reads ahead.
  let descriptor: Int32

  /// - Throws: the limit that is reached.
  init() throws(LimitReached) {
    let before = OpenDescriptors.named("anon_inode:inotify")
    if inotifytools_initialize() == 0 {
      let code = inotifytools_error()
      throw LimitReached(resource: code == EMFILE && Self.hasFreeDescriptor() ? .instances : .descriptors)
    }
    let new = OpenDescriptors.named("anon_inode:inotify").subtracting(before)
    // The library waits with select(2), which cannot take larger ones and would end the process.
    guard let descriptor = new.first, new.count == 1, descriptor < 1024 else {
      inotifytools_cleanup()
      throw LimitReached(resource: .descriptors)
    }
    self.descriptor = descriptor
    _ = reel_fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = reel_fcntl(descriptor, F_SETFL, O_NONBLOCK)
  }

  struct LimitReached: Error {
    var resource: WatchLimit.Resource
  }

  deinit {
    inotifytools_cleanup()
  }

  /// Starts watching a folder by its absolute path. One that is watched already stays so.
  func watch(_ path: [UInt8]) -> Outcome {
    let slashed = path + [UInt8(ascii: "/")]
    if Self.withCString(slashed, { inotifytools_wd_from_filename($0) }) > 0 { return .watched }
    let added = Self.withCString(path) { inotifytools_watch_file($0, Int32(bitPattern: Self.interests)) }
    if added == 0 {
      return inotifytools_error() == ENOSPC ? .silent : .unreachable
    }
    let number = Self.withCString(slashed) { inotifytools_wd_from_filename($0) }
    return number > 0 && Self.path(of: number) != path ? .silent : .watched
  }

  /// The next event that has arrived; nil when there is none.
  func next() -> Event? {
    while true {
      guard let pointer = inotifytools_next_events(0, 1) else {
        if inotifytools_error() == EINTR { continue }
        return nil
      }
      let event = pointer.pointee
      var name: [UInt8] = []
      if event.len > 0 {
        // The name follows the structure, filled up with NULs.
        let start = UnsafeRawPointer(pointer).advanced(by: MemoryLayout<inotify_event>.size)
        let bytes = UnsafeRawBufferPointer(start: start, count: Int(event.len))
        name = Array(bytes.prefix { $0 != 0 })
      }
      return Event(folder: Self.path(of: event.wd), name: name, mask: Mask(rawValue: event.mask))
    }
  }

  private static func path(of number: Int32) -> [UInt8]? {
    guard number > 0, let pointer = inotifytools_filename_from_wd(number) else { return nil }
    var bytes = Array(UnsafeRawBufferPointer(start: pointer, count: strlen(pointer)))
    if bytes.last == UInt8(ascii: "/") { bytes.removeLast() } else if bytes.isEmpty { return nil }
    return bytes
  }

  private static func withCString<Result>(_ bytes: [UInt8], _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    // A path that is empty means the root of the file system.
    Folder.withPath(ProjectPath(trusted: bytes.isEmpty ? [UInt8(ascii: "/")] : bytes), body)
  }

  private static func hasFreeDescriptor() -> Bool {
    let raw = reel_eventfd()
    if raw < 0 { return false }
    close(raw)
    return true
  }
}
