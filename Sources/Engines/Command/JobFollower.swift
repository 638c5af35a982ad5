internal import Basics
internal import CShims
internal import Glibc
internal import JSONText

/// Follows a job from its supervisor's pipe: how far it is, and that it is over.
///
/// It blocks; call it on a thread of its own. What it waits for comes as an event: a line in the pipe, the end of the supervisor (the pipe
/// has no writer any more), or being asked to stop.
final class JobFollower {
  private let folder: JobFolder
  private let pipe: Int32

  /// Opens the job's pipe: before the supervisor is started, or before its lock is looked at, so that its end is not missed.
  init(_ folder: JobFolder) throws(FileError) {
    self.folder = folder
    pipe = try FileError.twiceRefused { () throws(FileError) in
      let raw = reel_openat(AT_FDCWD, folder.progress, O_RDONLY | O_NONBLOCK | O_NOFOLLOW, 0)
      if raw < 0 { throw .last("open", folder.progress) }
      return raw
    }
  }

  deinit { close(pipe) }

  /// - Parameters:
  ///   - stop: once it is raised, `askToStop` is called; the end is waited for all the same.
  /// - Returns: how the job ended; nil when its supervisor died without a word.
  /// - Throws: when the word that it left cannot be read.
  func follow(
    stop: StopFlag, askToStop: () -> Void, progress: (Double, String) -> Void
  ) throws(FileError) -> JobStatus? {
    var lines: [UInt8] = []
    var hasAsked = false
    while true {
      var waits = [
        pollfd(fd: pipe, events: Int16(POLLIN), revents: 0),
        pollfd(fd: hasAsked ? -1 : stop.raw, events: Int16(POLLIN), revents: 0),
      ]
      // The kernel may let go of a dead supervisor's lock a moment after its pipe: whoever opened the pipe in between hears
      // nothing of its end, and finds it out here.
      let count = poll(&waits, 2, 500)
      if count == 0, (try? folder.isHeld) == false { break }
      if count <= 0 { continue }
      if waits[1].revents != 0 {
        hasAsked = true
        askToStop()
      }
      if waits[0].revents & Int16(POLLIN) != 0 {
        read(&lines, progress)
      } else if waits[0].revents != 0 {
        break
      }
    }
    return try folder.readStatus()
  }

  private func read(_ lines: inout [UInt8], _ progress: (Double, String) -> Void) {
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    let count = Glibc.read(pipe, &buffer, buffer.count)
    if count <= 0 { return }
    lines += buffer[0..<count]
    var last: ProgramTalk.Line?
    while let end = lines.firstIndex(of: UInt8(ascii: "\n")) {
      last = ProgramTalk.line(Array(lines[..<end]))
      lines.removeSubrange(...end)
    }
    // What was read in one go is told as one: after a restart the pipe may be full.
    if case .progress(let fraction, let doing)? = last { progress(fraction ?? 0, doing ?? "") }
  }
}

/// Says once that something is to stop, to a thread that polls.
final class StopFlag: Sendable {
  /// Readable once it is raised; -1 if the system has no descriptor left, and then it is never heard.
  let raw: Int32

  init() { raw = reel_eventfd() }

  deinit { if raw >= 0 { close(raw) } }

  func raise() {
    var one: UInt64 = 1
    _ = write(raw, &one, 8)
  }
}
