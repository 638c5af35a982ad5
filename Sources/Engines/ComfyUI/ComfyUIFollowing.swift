/// What is known of a prompt that was sent, or may have been, and what to do next: a pure value without a clock or a connection.
///
/// The history and the queue are the truth; the socket only says when to look. A prompt that stands in neither may be between the
/// two, as a history can be late by a second, or its POST may still be on its way: only when it stays so for some looks is it gone.
struct ComfyUIFollowing: Sendable {
  /// What a server answered to both questions, the history first.
  struct Look: Sendable {
    var history: ComfyUIHistory?
    /// Nil when it was not asked, as the history knew enough.
    var queue: ComfyUIQueue?
  }

  enum Step: Sendable {
    /// Look again after that long, or when the socket says something.
    case wait(Duration)
    case over(ComfyUIHistory)
    /// The server knows nothing of it. Its output may be there all the same.
    case gone
    /// The server takes prompts and works on none.
    case stuck
  }

  struct Times: Sendable {
    /// Between looks while all goes well.
    var usual = Duration.seconds(2)
    /// Between looks at a prompt that stands nowhere.
    var missing = Duration.milliseconds(400)
    /// For so long it must stand nowhere.
    var gone = Duration.seconds(3)
    /// For so long it must be pending while nothing runs. A server takes a prompt within a millisecond.
    var stuck = Duration.seconds(15)
  }

  private let id: String
  private let times: Times
  private(set) var place: ComfyUIQueue.Place?
  private var missingSince: ContinuousClock.Instant?
  private var idleSince: ContinuousClock.Instant?
  private var looksMissing = 0
  private var looksIdle = 0

  private static let looksNeeded = 3

  init(_ id: String, _ times: Times = Times()) {
    self.id = id
    self.times = times
  }

  mutating func looked(_ look: Look, at now: ContinuousClock.Instant) -> Step {
    if let history = look.history { return .over(history) }
    guard let queue = look.queue else { return .wait(times.usual) }
    place = queue.place(of: id)
    switch place {
    case .running?:
      forgetDoubts()
      return .wait(times.usual)
    case .pending?:
      (missingSince, looksMissing) = (nil, 0)
      guard queue.running.isEmpty else {
        (idleSince, looksIdle) = (nil, 0)
        return .wait(times.usual)
      }
      looksIdle += 1
      let since = idleSince ?? now
      idleSince = since
      return looksIdle >= Self.looksNeeded && now - since >= times.stuck
        ? .stuck : .wait(min(times.usual, times.stuck / 4))
    case nil:
      (idleSince, looksIdle) = (nil, 0)
      looksMissing += 1
      let since = missingSince ?? now
      missingSince = since
      return looksMissing >= Self.looksNeeded && now - since >= times.gone ? .gone : .wait(times.missing)
    }
  }

  /// The server could not be asked: what was seen before counts no more.
  mutating func couldNotLook() { forgetDoubts() }

  private mutating func forgetDoubts() {
    (missingSince, looksMissing) = (nil, 0)
    (idleSince, looksIdle) = (nil, 0)
  }
}
