internal import Basics
internal import CShims
internal import Glibc

/// One `reel-imaging` process, started when it is needed and again when it died, on a thread that may block.
actor ImagingProcess {
  private let executor: ThreadExecutor
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let executable: String
  private let patience: Duration
  private var session: ImagingSession?

  init(executable: String, patience: Duration, number: Int) {
    self.executable = executable
    self.patience = patience
    self.executor = ThreadExecutor(name: "imaging \(number)")
  }

  /// Answers job after job until none waits.
  func work(off helper: ImagingHelper) {
    while let job = helper.next(for: self) { job.finish(answer(job.request)) }
    if helper.isStopped { end() }
  }

  func end() {
    session = nil
  }

  /// A process that dies is replaced and asked once more: it may have been killed for no fault of the request. One that
  /// stands still is not: whoever waits has waited long enough.
  private func answer(_ request: ImagingRequest) -> Result<ImagingAnswer, ImagingError> {
    for _ in 0..<2 {
      do throws(ImagingSession.Failure) {
        return .success(try running().ask(request, patience: patience))
      } catch {
        switch error {
        case .refused(let error): return .failure(error)
        case .notStarted(let error):
          return .failure(
            ImagingError(
              .notInstalled,
              "Pictures cannot be drawn: \(error). Install Reelwright again, or set REEL_IMAGING to its path."))
        case .stoodStill:
          session = nil
          return .failure(Self.failure(of: request, "did not answer within \(patience)"))
        case .ended: session = nil
        }
      }
    }
    return .failure(Self.failure(of: request, "ended twice"))
  }

  private func running() throws(ImagingSession.Failure) -> ImagingSession {
    if let session { return session }
    let session = try ImagingSession(executable: executable)
    self.session = session
    return session
  }

  private static func failure(of request: ImagingRequest, _ what: String) -> ImagingError {
    let files = request.files
    if files.isEmpty { return ImagingError(.died, "The frame could not be drawn: reel-imaging \(what).") }
    let names = files.map { TerminalText.escaped($0.string) }.joined(separator: ", ")
    return ImagingError(.unreadableImage, "\(names) cannot be read as a picture: reel-imaging \(what) at it.")
  }
}

/// The conversation with one running process, over one socket that is both its input and its output.
///
/// A socket rather than two pipes: sending to a dead process is then an error code and never a signal to us.
final class ImagingSession {
  enum Failure: Error {
    case notStarted(FileError)
    case ended
    case stoodStill
    case refused(ImagingError)
  }

  private let child: ChildProcess
  private let socket: Descriptor
  private var lastID = 0
  /// Bytes that came and are not used yet.
  private var received: [UInt8] = []

  init(executable: String) throws(Failure) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    if socketpair(AF_UNIX, kind, 0, &ends) != 0 { throw .notStarted(.last("connect to", executable)) }
    socket = Descriptor(owning: ends[0])
    let theirs = Descriptor(owning: ends[1])
    // Nothing of our environment may decide pixels; these three let it find its font cache.
    var environment = ["LC_ALL=C.UTF-8"]
    for name in ["HOME", "XDG_CACHE_HOME"] {
      if let value = getenv(name) { environment.append("\(name)=\(String(cString: value))") }
    }
    do {
      child = try ChildProcess(
        starting: executable, environment: environment, input: .descriptor(theirs.raw), output: .descriptor(theirs.raw),
        error: .null)
    } catch {
      throw .notStarted(error)
    }
    _ = theirs  // Closed here, after the start: the process holds the only other end.
  }

  deinit {
    child.signal(SIGKILL)
  }

  /// Asks and waits; this thread does nothing else meanwhile.
  func ask(_ request: ImagingRequest, patience: Duration) throws(Failure) -> ImagingAnswer {
    let deadline = ContinuousClock.now + patience
    lastID += 1
    try send(ImagingWire.line(for: request, id: lastID), by: deadline)
    switch ImagingWire.reply(in: try receiveLine(by: deadline), to: lastID) {
    case .facts(let facts): return ImagingAnswer(facts: facts)
    case .picture(let count): return ImagingAnswer(picture: try receive(count, by: deadline))
    case .error(let error): throw .refused(error)
    // It speaks another language, such as that of another version: as good as dead.
    case nil: throw .ended
    }
  }
}

extension ImagingSession {
  private func send(_ bytes: [UInt8], by deadline: ContinuousClock.Instant) throws(Failure) {
    var sent = 0
    while sent < bytes.count {
      try wait(for: POLLOUT, by: deadline)
      let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
      let count = bytes[sent...].withUnsafeBytes { Glibc.send(socket.raw, $0.baseAddress, $0.count, flags) }
      if count > 0 { sent += count } else if reel_errno() != EINTR, reel_errno() != EAGAIN { throw .ended }
    }
  }

  private func receiveLine(by deadline: ContinuousClock.Instant) throws(Failure) -> [UInt8] {
    var searched = 0
    while true {
      if let end = received[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { received.removeFirst(end + 1) }
        return Array(received[..<end])
      }
      searched = received.count
      if searched > ImagingWire.longestReply { throw .ended }
      try receiveMore(64 * 1024, by: deadline)
    }
  }

  private func receive(_ count: Int, by deadline: ContinuousClock.Instant) throws(Failure) -> [UInt8] {
    received.reserveCapacity(count)
    while received.count < count { try receiveMore(count - received.count, by: deadline) }
    defer { received.removeFirst(count) }
    return received.count == count ? received : Array(received[..<count])
  }

  private func receiveMore(_ limit: Int, by deadline: ContinuousClock.Instant) throws(Failure) {
    try wait(for: POLLIN, by: deadline)
    var isEnded = false
    let chunk = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      let got = recv(socket.raw, buffer.baseAddress, limit, Int32(MSG_DONTWAIT))
      count = max(0, got)
      isEnded = got == 0 || (got < 0 && reel_errno() != EINTR && reel_errno() != EAGAIN)
    }
    if isEnded { throw .ended }
    received += chunk
  }

  private func wait(for events: Int32, by deadline: ContinuousClock.Instant) throws(Failure) {
    while true {
      let left = deadline - ContinuousClock.now
      if left <= .zero { throw .stoodStill }
      let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
      var descriptor = pollfd(fd: socket.raw, events: Int16(events), revents: 0)
      let ready = poll(&descriptor, 1, Int32(clamping: milliseconds))
      if ready > 0 { return }
      if ready < 0, reel_errno() != EINTR { throw .ended }
    }
  }
}
