internal import Basics
internal import Engines
internal import Journal
internal import Planning
internal import ProjectFiles

/// What `Admission` needs of the world, and what of its decisions must last: the journal, git's HEAD, the engines' definitions.
extension Session {
  /// What a session knows beside the board; the board's `admission` is the rest.
  struct Gate {
    var provenance = Provenance(commit: nil)
    var head: GitState.Head?
    var book = TrustBook()
    var programs = ProgramMemory()
    /// By the engine's name: those that are not built in.
    var facts: [String: TrustFacts] = [:]
    /// Facts of the journal that changed.
    var unwritten: [String: String?] = [:]
    /// Whether wants of this project were never looked at by this journal.
    var isFirstEver = false
  }

  /// Takes up what earlier runs decided.
  func readAdmission() throws(SessionError) {
    guard let journal else { return }
    gate.head = GitState.Head(of: folder.path)
    do throws(JournalError) {
      var facts = try journal.projectFacts()
      let birth = folder.birth.map { String($0) }
      if let birth, let known = facts[Fact.birth], known != birth {
        // Another folder under the same path with the same number of inode: what was trusted there was another project.
        try journal.forgetTrust()
        facts[Fact.madeHere] = nil
        gate.unwritten[Fact.madeHere] = .some(nil)
      }
      if let birth, facts[Fact.birth] != birth { gate.unwritten[Fact.birth] = birth }
      gate.isFirstEver = facts[Fact.head] == nil
      gate.provenance = Provenance(commit: facts[Fact.head].flatMap { $0.isEmpty ? nil : $0 })
      gate.book.isMadeHere = facts[Fact.madeHere] != nil
      standing.board.admission.isLossOpen = facts[Fact.lost] != nil || journal.notice != nil
      for row in try journal.trust() { gate.book.remember(row) }
      for row in try journal.admissions() {
        guard let address = ShotAddress(row.shot), let kind = Kind(row.kind), let mark = Admission.Mark(row.mark) else {
          continue
        }
        let want = WantKey(address: address, kind: kind, fingerprint: row.fingerprint)
        standing.board.admission.remember(Admission.Key(want, engine: row.engine), mark)
      }
    } catch {
      throw SessionError(.unusable, "\(error)")
    }
  }

  /// Decides where what a look found comes from, and what follows from that for the engines and for what is wanted of them.
  /// - Parameter oldest: when the oldest change was made; see `Picture.Look`.
  /// - Returns: what becomes of jobs whose engine may not run any more.
  func weigh(_ addresses: some Sequence<ShotAddress>, oldest: Int64?) -> [JobBoard.Action] {
    if journal == nil { return [] }
    let origin = origin(of: oldest)
    if gate.isFirstEver, origin == .hand, !gate.book.isMadeHere, hasTakesThatCost {
      standing.board.admission.isLossOpen = true
      gate.unwritten[Fact.lost] = "no journal"
      notices.append(Admission.lossNotice)
    }
    gate.isFirstEver = false
    if origin == .git {
      let plans = addresses.compactMap { standing.picture.planner.shots[$0] }
      standing.board.hold(standing.board.costlyNeeds(of: plans), .git)
    }
    standing.board.admission.burst = standing.picture.project.file?.model?.limits.burst ?? Limits().burst
    return judgeEngines(from: origin)
  }

  private func origin(of oldest: Int64?) -> Provenance.Origin {
    // A repository that was made meanwhile counts from now on.
    if gate.head == nil { gate.head = GitState.Head(of: folder.path) }
    let commit = gate.provenance.commit
    let origin = gate.provenance.origin(of: oldest, head: gate.head)
    if gate.isFirstEver || gate.provenance.commit != commit {
      gate.unwritten[Fact.head] = gate.provenance.commit ?? ""
    }
    return origin
  }

  /// Looks at what the engines are defined as now.
  func judgeEngines(from origin: Provenance.Origin) -> [JobBoard.Action] {
    // A project.json that cannot be read says nothing; its shots are frozen, and what was queued goes on as it was.
    guard journal != nil, standing.picture.project.file?.model != nil else { return [] }
    var actions: [JobBoard.Action] = []
    let defined = standing.picture.project.engines.filter {
      engines.byType[$0.value.type].map { !$0.isBuiltIn } ?? false
    }
    for name in gate.facts.keys where defined[name] == nil {
      gate.facts[name] = nil
      actions += standing.board.setTerms(nil, of: name)
    }
    for definition in defined.values.sorted(by: { $0.name < $1.name }) { actions += judge(definition, origin) }
    return actions
  }

  /// Looks once more at engines that are about to be given jobs: a program in the project may be another by now.
  func judgeAgain(_ names: [String]) -> [JobBoard.Action] {
    var actions: [JobBoard.Action] = []
    for name in names {
      guard let definition = standing.picture.project.engines[name] else { continue }
      let before = gate.facts[name]
      let now = TrustFacts(
        of: definition, form: engines.byType[definition.type], nodeClasses: nodeClasses, in: folder, &gate.programs)
      if now == before { continue }
      // Who changed a program is told by its own time; who changed the definition only the look that found it could tell.
      actions += judge(definition, before?.definition == now.definition ? origin(of: now.changed) : .git)
    }
    return actions
  }

  private var nodeClasses: [String] { standing.picture.project.nodeClasses }

  private func judge(_ definition: EngineDefinition, _ origin: Provenance.Origin) -> [JobBoard.Action] {
    let form = engines.byType[definition.type]
    let facts = TrustFacts(of: definition, form: form, nodeClasses: nodeClasses, in: folder, &gate.programs)
    if gate.facts[definition.name] != facts { _ = standing.board.reached(definition.name) }
    gate.facts[definition.name] = facts
    let configured = form.flatMap { try? $0.configured(by: definition) } ?? form
    let settle = definition.settle ?? (configured?.reach == .network ? Self.usualSettle : .zero)
    let terms = Admission.Terms(isTrusted: gate.book.isTrusted(facts, from: origin), settle: settles ? settle : .zero)
    return standing.board.setTerms(terms, of: definition.name)
  }

  /// Nobody changes a word twice a second for so long; what stands for five seconds is meant.
  static let usualSettle = Duration.seconds(5)

  /// Whether anything that was made here or elsewhere in this project cost something.
  private var hasTakesThatCost: Bool {
    standing.picture.sidecars.values.contains { !(engines.byType[$0.sidecar.engine.type]?.isBuiltIn ?? false) }
  }

  /// Finds out what would have to wait if the project were worked on now: for commands that answer and end. That it came with git
  /// is written down; what would be let in is not, as nobody starts it.
  func foreseeWaiting(_ look: Picture.Look) throws(SessionError) {
    if journal == nil { return }
    try readAdmission()
    _ = weigh(standing.picture.planner.shots.keys, oldest: look.oldestChange)
    forgetOldAdmissions()
    // Without an engine that costs nothing waits for anybody.
    let addresses = gate.facts.isEmpty ? [] : standing.addressesInFilmOrder
    let plans = addresses.map { (address: $0, plan: standing.picture.planner.shots[$0]) }
    let foreseen = standing.board.foresee(plans, at: .now)
    do throws(JournalError) {
      try record(foreseen.marks.filter { $0.value != .some(.counted) })
    } catch {
      throw SessionError(.unusable, "\(error)")
    }
  }

  /// Writes down what was decided, all in one step, before anything follows from it.
  func record(_ marks: [Admission.Key: Admission.Mark?]) throws(JournalError) {
    guard let journal else { return }
    let trust = gate.book.unwritten
    if marks.isEmpty, trust.isEmpty, gate.unwritten.isEmpty { return }
    let rows = marks.map { key, mark in
      AdmissionRow(
        shot: key.want.address.description, kind: key.want.kind.name, fingerprint: key.want.fingerprint,
        engine: key.engine, mark: mark?.word)
    }
    // A row too many that a power cut leaves asks once too often, and nothing else.
    let durably = !trust.isEmpty || !gate.unwritten.isEmpty || rows.contains { $0.mark != nil }
    try journal.note(
      admissions: rows, trust: trust, facts: gate.unwritten, at: FileStamp.now(), durably: durably)
    _ = gate.book.takeUnwritten()
    gate.unwritten = [:]
  }

  /// What is remembered of wants that are wanted no more is forgotten, once the whole project is known.
  func forgetOldAdmissions() {
    for key in standing.board.admission.unapprovedKeys {
      let address = key.want.address
      let planner = standing.picture.planner
      // Of a shot whose file cannot be read nobody knows what it wants.
      if planner.isUndecided(address) || planner.shots[address].map({ !$0.isKnown }) ?? false { continue }
      if standing.picture.project.sequences[address.sequence].map({ $0.model == nil }) ?? false { continue }
      let isWanted = planner.shots[address].map { standing.board.costlyNeeds(of: [$0]).contains(key) } ?? false
      if !isWanted { standing.board.forget(key) }
    }
  }

  private enum Fact {
    static let head = "head"
    static let madeHere = "made here"
    static let lost = "lost"
    /// When the folder was made.
    static let birth = "birth"
  }

  /// Notes that a project was made here: what a person writes into it is the person's own.
  package static func noteMadeHere(
    _ project: String, environment: [String: String] = StateFolders.processEnvironment()
  ) throws(SessionError) {
    do {
      let folder = try Folder(opening: project)
      let places = try StateFolders(of: folder, environment: environment)
      try places.make()
      let journal = try JobJournal(in: places.state)
      defer { journal.close() }
      let now = FileStamp.now()
      try journal.note(
        facts: [
          Fact.madeHere: Timestamp.rfc3339(now), Fact.head: GitState.Head(of: project)?.commit ?? "",
          Fact.birth: folder.birth.map { String($0) },
        ], at: now)
    } catch {
      throw SessionError(.unusable, "\(error)")
    }
  }

  /// A person approved what waited: whatever was lost with an earlier journal is answered for.
  func settleLoss() throws(JournalError) {
    standing.board.admission.isLossOpen = false
    gate.unwritten[Fact.lost] = .some(nil)
    try journal?.settleLoss(at: FileStamp.now())
  }
}

extension ShotPlan {
  /// Whether it names all that is wanted of the shot by its fingerprint.
  fileprivate var isKnown: Bool {
    !isFrozen && !wants.contains { if case .waits = $0.state { true } else { false } }
  }
}

extension Admission.Mark {
  /// As it stands in the journal.
  fileprivate var word: String {
    switch self {
    case .counted: "counted"
    case .approved: "approved"
    case .held(let cause): cause.rawValue
    }
  }

  fileprivate init?(_ word: String?) {
    switch word {
    case "counted"?: self = .counted
    case "approved"?: self = .approved
    case let word?:
      guard let cause = Admission.Cause(rawValue: word) else { return nil }
      self = .held(cause)
    case nil: return nil
    }
  }
}
