internal import Basics
package import Planning
internal import ProjectFiles

/// Decides which wants on engines that cost may start: a pure value that `JobBoard` asks.
///
/// Four things can hold a want back, and each has an end: the engine is not trusted (`reel trust`), nobody approved it (`reel
/// approve`), it has not stood long enough (time), or git is at work and nobody knows yet where it came from (time). What once was
/// held back for approval stays held back until a person approves it or it is no longer wanted: it never slips in because it was
/// looked at again. What was let in stays let in until its take is made, so that a restart asks nothing twice.
///
/// Engines that are built in never come here, nor does anything that is copied or restored.
package struct Admission: Sendable {
  /// A want on the engine that would make it: the same recipe on another engine is another expense.
  package struct Key: Hashable, Sendable {
    package var want: WantKey
    package var engine: String

    package init(_ want: WantKey, engine: String) {
      self.want = want
      self.engine = engine
    }

    package init(_ want: Want) {
      self.init(want.key, engine: want.engine)
    }
  }

  /// What was decided about a want; it is journaled.
  package enum Mark: Hashable, Sendable {
    /// Let in, one of those that the burst limit allows.
    case counted
    /// Let in by a person.
    case approved
    case held(Cause)

    package var isLetIn: Bool {
      if case .held = self { false } else { true }
    }
  }

  /// Why a want waits for a person's approval.
  package enum Cause: String, Hashable, Sendable, CaseIterable {
    /// Too many came up at once.
    case burst
    /// It came with git.
    case git
    /// The journal was lost, and with it what was asked for already.
    case lost
  }

  /// What a want waits for.
  package enum Wait: Hashable, Sendable {
    /// It was not looked at yet, or git is at work.
    case undecided
    case trust
    case approval(Cause)
    case settling

    /// Whether only a person can end it.
    package var isForPerson: Bool {
      switch self {
      case .trust, .approval: true
      case .undecided, .settling: false
      }
    }
  }

  /// What holds for one engine by its definition.
  package struct Terms: Hashable, Sendable {
    package var isTrusted: Bool
    /// How long a recipe must stand before it is sent there.
    package var settle: Duration

    package init(isTrusted: Bool, settle: Duration = .zero) {
      self.isTrusted = isTrusted
      self.settle = settle
    }
  }

  /// What one round of deciding came to.
  package struct Outcome: Sendable {
    package var letIn: [WantKey] = []
    /// To be journaled before anything starts; nil for wants that are done with.
    package var marks: [Key: Mark?] = [:]
    /// What waits from now on, by what it waits for.
    package var newlyWaiting: [WaitGroup: [WantKey]] = [:]

    package var isEmpty: Bool { letIn.isEmpty && marks.isEmpty && newlyWaiting.isEmpty }
  }

  /// Wants that wait for the same thing.
  package struct WaitGroup: Hashable, Sendable {
    package var wait: Wait
    /// Only where it matters: each engine is trusted by itself.
    package var engine: String?

    package init(wait: Wait, engine: String? = nil) {
      self.wait = wait
      self.engine = engine
    }
  }

  /// So many may come up without anyone's approval, those counted that are let in and not made yet.
  package var burst = Limits().burst
  /// Whether a journal was lost and nobody has approved anything since.
  package var isLossOpen = false

  private var terms: [String: Terms] = [:]
  private var marks: [Key: Mark] = [:]
  private var waits: [WantKey: Waiting] = [:]
  /// Of `waits`, those to be looked at.
  private var undecided: Set<WantKey> = []
  private var personCount = 0
  private var settling = JobQueue<Alarm> { $0.time < $1.time }
  /// Wants that were let in under the burst limit and are on their way.
  private var open: Set<WantKey> = []

  private struct Waiting: Sendable {
    var engine: String
    var wait: Wait
    var since: ContinuousClock.Instant?
  }

  private struct Alarm: Sendable {
    var time: ContinuousClock.Instant
    var key: WantKey
  }

  package init() {}
}

// MARK: What comes in

extension Admission {
  /// A want that needs making. It is looked at by the next `decide`.
  package mutating func arrive(_ want: Want) {
    guard waits[want.key] == nil else { return }
    waits[want.key] = Waiting(engine: want.engine, wait: .undecided)
    undecided.insert(want.key)
  }

  /// A want is no longer wanted, or is given up. What was held back is forgotten with it: whoever writes it again by hand means it.
  /// Only a person's word stands.
  /// - Returns: what is to be taken out of the journal.
  package mutating func leave(_ key: Key) -> [Key: Mark?] {
    stopWaiting(key.want)
    open.remove(key.want)
    if marks[key] == .approved { return [:] }
    return marks.removeValue(forKey: key) == nil ? [:] : [key: nil]
  }

  /// Its take is made: the next time that the same recipe is to be made is another expense.
  /// - Returns: what is to be taken out of the journal.
  package mutating func made(_ key: Key) -> [Key: Mark?] {
    open.remove(key.want)
    return marks.removeValue(forKey: key) == nil ? [:] : [key: nil]
  }

  /// What the journal remembers.
  package mutating func remember(_ key: Key, _ mark: Mark) { marks[key] = mark }

  package func mark(_ key: Key) -> Mark? { marks[key] }

  /// What is remembered of wants that nobody approved by name, for whoever cleans up.
  package var unapprovedKeys: [Key] { marks.filter { $0.value != .approved }.map(\.key) }

  /// Holds back wants that came with git, unless they were let in before.
  /// - Returns: what is new, to be journaled.
  package mutating func hold(_ keys: some Sequence<Key>, _ cause: Cause) -> [Key: Mark?] {
    var changed: [Key: Mark?] = [:]
    for key in keys where marks[key] == nil {
      marks[key] = .held(cause)
      changed[key] = .some(.held(cause))
    }
    return changed
  }

  /// Lets wants in by a person's word.
  /// - Returns: what is new, to be journaled.
  package mutating func approve(_ keys: some Sequence<Key>) -> [Key: Mark?] {
    var changed: [Key: Mark?] = [:]
    for key in keys where !(marks[key]?.isLetIn ?? false) {
      marks[key] = .approved
      changed[key] = .some(.approved)
      reconsider(key.want)
    }
    return changed
  }

  /// What holds for an engine, from now on; nil for one that is gone.
  /// - Returns: whether that is another than before.
  @discardableResult
  package mutating func setTerms(_ new: Terms?, of engine: String) -> Bool {
    if terms[engine] == new { return false }
    terms[engine] = new
    for (key, waiting) in waits where waiting.engine == engine { reconsider(key) }
    return true
  }

  package func isTrusted(_ engine: String) -> Bool { terms[engine]?.isTrusted ?? false }

  private mutating func reconsider(_ key: WantKey) {
    if waits[key] != nil { undecided.insert(key) }
  }

  private mutating func stopWaiting(_ key: WantKey) {
    if waits.removeValue(forKey: key)?.wait.isForPerson == true { personCount -= 1 }
    undecided.remove(key)
  }
}

// MARK: Deciding

extension Admission {
  /// Looks at all wants that came or for which something changed. The cost grows with those, not with what waits.
  package mutating func decide(at now: ContinuousClock.Instant) -> Outcome {
    while let alarm = settling.first, alarm.time <= now {
      _ = settling.popFirst()
      if waits[alarm.key]?.wait == .settling { reconsider(alarm.key) }
    }
    var outcome = Outcome()
    var ready: [Key] = []
    var fresh: [Key] = []
    for want in undecided {
      guard let waiting = waits[want] else { continue }
      if waiting.since == nil { waits[want]?.since = now }
      let key = Key(want, engine: waiting.engine)
      // First, so that what approval would be asked for is asked for even while the engine is not trusted.
      if isLossOpen, marks[key] == nil { mark(key, .held(.lost), &outcome) }
      guard isTrusted(waiting.engine) else {
        wait(want, .trust, &outcome)
        continue
      }
      switch marks[key] {
      case .held(let cause)?: wait(want, .approval(cause), &outcome)
      case .counted?, .approved?: ready.append(key)
      case nil: fresh.append(key)
      }
    }
    undecided = []
    let isBurst = !fresh.isEmpty && open.count + fresh.count > burst
    for key in fresh {
      mark(key, isBurst ? .held(.burst) : .counted, &outcome)
      if isBurst { wait(key.want, .approval(.burst), &outcome) } else { ready.append(key) }
    }
    for key in ready { letIn(key, at: now, &outcome) }
    return outcome
  }

  private mutating func letIn(_ key: Key, at now: ContinuousClock.Instant, _ outcome: inout Outcome) {
    let due = (waits[key.want]?.since ?? now) + (terms[key.engine]?.settle ?? .zero)
    if marks[key] == .counted { open.insert(key.want) }
    if due > now {
      wait(key.want, .settling, &outcome)
      settling.push(Alarm(time: due, key: key.want))
    } else {
      stopWaiting(key.want)
      outcome.letIn.append(key.want)
    }
  }

  private mutating func mark(_ key: Key, _ mark: Mark, _ outcome: inout Outcome) {
    marks[key] = mark
    outcome.marks[key] = .some(mark)
  }

  private mutating func wait(_ key: WantKey, _ wait: Wait, _ outcome: inout Outcome) {
    guard var waiting = waits[key], waiting.wait != wait else { return }
    personCount += (wait.isForPerson ? 1 : 0) - (waiting.wait.isForPerson ? 1 : 0)
    waiting.wait = wait
    waits[key] = waiting
    if wait.isForPerson {
      outcome.newlyWaiting[WaitGroup(wait: wait, engine: wait == .trust ? waiting.engine : nil), default: []].append(
        key)
    }
  }
}

// MARK: Questions

extension Admission {
  /// What a want waits for; nil when it does not wait here.
  package func wait(of key: WantKey) -> Wait? { waits[key]?.wait }

  /// The engines that cost, by name.
  package var engineNames: [String] { terms.keys.sorted() }

  /// How many wait for a person: nothing happens to them by itself.
  package var waitingForPerson: Int { personCount }

  /// Whether any want is to be looked at.
  package var hasUndecided: Bool { !undecided.isEmpty }

  /// When a want has settled that waits for it.
  package var nextDeadline: ContinuousClock.Instant? { settling.first?.time }

  /// The wants that wait for a person, by what for.
  package var waitingKeys: [WaitGroup: [WantKey]] {
    var groups: [WaitGroup: [WantKey]] = [:]
    for (key, waiting) in waits where waiting.wait.isForPerson {
      groups[WaitGroup(wait: waiting.wait, engine: waiting.wait == .trust ? waiting.engine : nil), default: []]
        .append(key)
    }
    return groups
  }
}
