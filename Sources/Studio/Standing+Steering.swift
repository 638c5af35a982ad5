internal import Basics
internal import JSONText
internal import Planning
internal import ProjectFiles

/// What steering answers, whoever does it.
extension Standing {
  /// The shots that a call names in `shot` or `shots`; nil for all.
  func addresses(of call: ControlCall) throws(NameError) -> [ShotAddress]? {
    var names = call.fields["shots"]?.array?.compactMap(\.string) ?? []
    if let name = call.fields["shot"]?.string { names.append(name) }
    if names.isEmpty { return nil }
    var addresses: Set<ShotAddress> = []
    for name in names { addresses.formUnion(try self.addresses(named: name)) }
    return inFilmOrder(addresses)
  }

  /// The plans of these shots, or of all, in the order of the film.
  func plans(of shots: [ShotAddress]?) -> [(address: ShotAddress, plan: ShotPlan?)] {
    let addresses = shots ?? inFilmOrder(Set(picture.planner.shots.keys).union(board.addressesAtWork))
    return addresses.map { ($0, picture.planner.shots[$0]) }
  }

  /// `{"version":1,"cancelled":[{"shot","kind","fingerprint"}],"cancelling":[…]}`: what was stopped at once, and what its engine still
  /// has to let go of.
  static func cancelAnswer(_ actions: [JobBoard.Action]) -> JSON {
    var cancelled: [JSON] = []
    var cancelling: [JSON] = []
    for action in actions {
      switch action {
      case .callOff(let job): cancelled.append(entry(job.want.key))
      case .standDown(let want): cancelled.append(entry(want.key))
      case .cancel(let job): cancelling.append(entry(job.want.key))
      default: continue
      }
    }
    return ["version": 1, "cancelled": .array(cancelled), "cancelling": .array(cancelling)]
  }

  /// `{"version":1,"retried":[{"shot","kind","fingerprint"}],"queued"}`: what is wanted still, and whether somebody is at work on it now.
  func retryAnswer(_ keys: Set<WantKey>, areQueued: Bool) -> JSON {
    let plans = plans(of: inFilmOrder(Set(keys.map(\.address))))
    let retried = plans.flatMap { entry in
      (entry.plan?.wants ?? []).compactMap(\.key).filter { keys.contains($0) }
    }
    return ["version": 1, "retried": .array(retried.map { Self.entry($0) }), "queued": .bool(areQueued)]
  }

  /// `{"version":1,"paused","running"}`
  func pauseAnswer() -> JSON {
    [
      "version": 1, "paused": .bool(board.isPaused),
      "running": .number(JSONNumber(board.runningJobs.count)),
    ]
  }

  private static func entry(_ key: WantKey) -> JSON {
    [
      "shot": .string(key.address.description), "kind": .string(key.kind.name),
      "fingerprint": .string(key.fingerprint.description),
    ]
  }

  /// Why a want is not worked on though its take is missing, in some words; nil when nobody is in its way.
  func standstill(of planned: PlannedWant, in plan: ShotPlan) -> String? {
    if plan.isHeld {
      return "`hold` stands in its file; reel release \(TerminalText.escaped(plan.address.description)) goes on"
    }
    guard let key = planned.key else { return nil }
    if let job = board.job(key) {
      switch job.state {
      case .cancelling where job.isCalledOff: return "cancelling: its engine has not let go of it yet"
      case .backingOff(let until):
        guard let backoff = board.backoff(key) else { return nil }
        let left = ContinuousClock.now.duration(to: until)
        let time = FileStamp.now() + left.components.seconds * 1_000_000_000
        return "\(backoff.message); attempt \(backoff.attempt) of \(JobBoard.attempts) at \(Timestamp.timeOfDay(time))"
      default: return nil
      }
    }
    switch board.standing(key) {
    case .failed(let message)?: return message
    case .cancelled?: return "cancelled \(plan.address.calledOff)"
    case nil: return nil
    }
  }
}

extension JobBoard.Action {
  /// The want that stands down because a person cancelled it; nil for anything else, and for what was asked for once more.
  var wantStandingDown: Want? {
    switch self {
    case .callOff(let job): job.isAsked ? nil : job.want
    case .cancel(let job): job.isCalledOff && !job.isAsked ? job.want : nil
    case .standDown(let want): want
    default: nil
    }
  }
}

extension Standing {
  /// What `reel hold` and `reel release` have to edit: `{"version":1,"shots":[{"shot","held"}]}`.
  func holdAnswer(_ call: ControlCall) -> ControlReply {
    let chosen: [ShotAddress]
    do throws(NameError) {
      chosen = (try addresses(of: call) ?? []).filter { $0.shot != nil }
    } catch {
      return .failure(code: "no-shot", message: error.description)
    }
    if chosen.isEmpty { return .failure(code: "no-shot", message: "`\(call.name)` needs a shot that is there") }
    var shots: [JSON] = []
    for address in chosen {
      guard let shot = picture.project.shot(at: address) else {
        let name = TerminalText.escaped(address.description)
        return .failure(code: "unreadable", message: "\(name) cannot be read; see `reel check`")
      }
      shots.append(["shot": .string(address.description), "held": .bool(shot.isHeld)])
    }
    return .success(["version": 1, "shots": .array(shots)])
  }
}
