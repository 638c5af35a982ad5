internal import Basics
internal import Glibc
internal import HTTPServer
internal import JSONText
internal import ProjectFiles
internal import Studio

/// Keeps the board up to date, on a thread of its own: it takes what the loop says has moved, asks for just that, and tells what came of it.
///
/// As long as no browser has asked it does nothing at all. The loop is asked for so many shots at a time as cost it a millisecond.
final class PageDesk: Sendable {
  private struct Inbox {
    var change = StandingChange()
    var events: [(event: StudioEvent, time: Int64)] = []
    var isLive = false
    var isStopped = false
    /// When somebody asked last.
    var asked = ContinuousClock.now
  }

  private let board: PageBoard
  private let asker: LoopAsker
  let history = PageHistory()
  private let inbox = Monitor(Inbox())
  private let telling = Monitor(0)
  private let person: @Sendable () -> String

  private static let cardsAtOnce = 100
  /// How long nothing is asked after a change was told, so that a burst is told as a few changes.
  private static let pause = 0.02
  /// The same for what is said of the project as a whole, which costs more.
  private static let overviewPause = 0.1
  private static let beat = 15.0
  private static let progressPause = Duration.milliseconds(250)
  private static let mostEvents = 5000
  /// How long what is shown is kept when nobody looks.
  private static let memory = 600.0

  init(_ board: PageBoard, asking asker: LoopAsker, person: @escaping @Sendable () -> String) {
    self.board = board
    self.asker = asker
    self.person = person
  }

  func start() { NamedThread.start("page desk") { [self] in work() } }

  func stop() { inbox.change { $0.isStopped = true } }

  // MARK: What comes in, from any thread

  /// On the loop's thread: it takes a lock, and wakes nobody unless somebody looks.
  func hear(_ event: StudioEvent) {
    let now = FileStamp.now()
    let isProgress = if case .progress = event { true } else { false }
    func add(_ inbox: inout Inbox) {
      if !isProgress, inbox.isLive { inbox.change.overview = true }
      if inbox.events.count >= Self.mostEvents { inbox.events.removeFirst(Self.mostEvents / 2) }
      inbox.events.append((event, now))
    }
    if inbox.look({ $0.isLive }), board.isFollowed { inbox.change(add) } else { inbox.look(add) }
  }

  func hear(_ change: StandingChange) {
    // What moved before anybody looked is read as it is then.
    guard inbox.look({ $0.isLive }) else { return }
    inbox.change { $0.change.form(change) }
  }

  /// Somebody looks: everything is read, if it was not yet.
  /// - Returns: false when the loop gave no answer in time.
  func wake() -> Bool {
    inbox.look { $0.asked = .now }
    if board.isLoaded { return true }
    inbox.change { $0.isLive = true }
    return board.waitUntilLoaded(seconds: 60)
  }

  /// Has what happened put into the history, for one who asks for it.
  func settleHistory() {
    // One at a time, so that they keep their order.
    telling.look { _ in
      let events = inbox.look { inbox in
        defer { inbox.events = [] }
        return inbox.events
      }
      for entry in events { note(entry.event, entry.time, tells: board.isFollowed) }
    }
  }

  /// What could not be shown, or can again.
  func note(_ damage: ShownProject.Damage?, of key: String) {
    board.change { project in
      guard let take = project.takes[key], project.damages[key] != damage else { return nil }
      project.damages[key] = damage
      var parts = JSONObjectParts()
      parts.add("takes", JSONParts.list([project.row(of: take)]))
      return parts
    }
  }

  // MARK: The thread

  private func work() {
    var lastChange = ContinuousClock.now - .seconds(1)
    var lastOverview = lastChange
    var lastBeat = lastChange
    var isOverviewDue = false
    while true {
      let now = ContinuousClock.now
      var limit = Double.infinity
      let isFollowed = board.isFollowed
      if isFollowed { limit = max(0, Self.beat - Self.seconds(now - lastBeat)) }
      if board.isLoaded, !isFollowed { limit = Self.memory }
      if isOverviewDue { limit = min(limit, max(0, Self.overviewPause - Self.seconds(now - lastOverview))) }
      let isLoaded = board.isLoaded
      let isStopped = inbox.wait(atMost: limit) { inbox -> Bool? in
        if inbox.isStopped { return true }
        guard inbox.isLive else { return nil }
        return !isLoaded || !inbox.change.isEmpty || !inbox.events.isEmpty ? false : nil
      }
      if isStopped ?? false { return }
      if !board.isLoaded {
        if inbox.look({ $0.isLive }), !load() { usleep(200_000) }
        continue
      }
      if !board.isFollowed, Self.seconds(.now - inbox.look { $0.asked }) > Self.memory {
        inbox.look { $0.isLive = false }
        board.unload()
        continue
      }
      settleHistory()
      let rest = Self.pause - Self.seconds(ContinuousClock.now - lastChange)
      if rest > 0, inbox.look({ !$0.change.isEmpty }) { usleep(UInt32(rest * 1e6)) }
      let change = inbox.look { inbox in
        defer { inbox.change = StandingChange() }
        return inbox.change
      }
      if change.overview || change.inbox || change.outline { isOverviewDue = true }
      var hasOverview = false
      if isOverviewDue, Self.seconds(ContinuousClock.now - lastOverview) >= Self.overviewPause {
        (isOverviewDue, hasOverview, lastOverview) = (false, true, .now)
      }
      if !change.isEmpty || hasOverview {
        take(change, withOverview: hasOverview)
        lastChange = .now
      }
      if Self.seconds(ContinuousClock.now - lastBeat) >= Self.beat {
        board.beat()
        lastBeat = .now
      }
    }
  }

  private static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) / 1e18
  }

  /// - Returns: false when the loop gave no answer.
  private func load() -> Bool {
    // What moves from here on is asked for once more.
    inbox.look { $0.change = StandingChange() }
    guard let outline = asker.answer("outline") else { return false }
    let person = person()
    var project = ShownProject()
    project.sequences = Self.sequences(outline)
    let addresses = (outline["sequences"]?.array ?? []).flatMap { ($0["shots"]?.array ?? []).compactMap(\.string) }
    for chunk in Self.chunks(addresses) {
      for card in cards(chunk, person) { _ = project.set(card, person: person) }
    }
    _ = project.set(loose: loose(person), person: person)
    if let overview = asker.answer("overview") { set(overview, &project) }
    board.load(project)
    return true
  }

  /// Asks for what moved and tells it.
  private func take(_ change: StandingChange, withOverview: Bool) {
    let person = person()
    var parts = JSONObjectParts()
    var outline: JSON?
    if change.outline { outline = asker.answer("outline") }
    let overview = withOverview ? asker.answer("overview") : nil
    var addresses = Set(change.shots.filter { $0.shot != nil }.map(\.description))
    let owners = board.read { project -> [String?] in
      let byPlace = change.takes.map { project.shotsByPlace[Self.place(of: $0)].flatMap { project.shots[$0]?.address } }
      let byName = change.rated.flatMap { project.takesByName[$0.name] ?? [] }.map { key in
        project.takes[key]?.shot.flatMap { project.shots[$0]?.address }
      }
      return byPlace + byName
    }
    var needsLoose = owners.contains { $0 == nil }
    addresses.formUnion(owners.compactMap { $0 })
    if let outline {
      let named = (outline["sequences"]?.array ?? []).flatMap { ($0["shots"]?.array ?? []).compactMap(\.string) }
      addresses.formUnion(board.read { Set($0.shots.values.map(\.address)) }.symmetricDifference(named))
    }
    var found: [JSON] = []
    for chunk in Self.chunks(addresses.sorted()) { found += cards(chunk, person) }
    let there = Set(found.compactMap { $0["shot"]?.string })
    let missing = addresses.subtracting(there)
    let gone = board.read { project in missing.filter { project.shots[PageKey.of(shot: $0)] != nil } }
    if !gone.isEmpty { needsLoose = true }
    let looseTakes = needsLoose ? loose(person) : nil
    board.change { project in
      var difference = ShownProject.Difference()
      for address in gone { difference.form(project.drop(shot: PageKey.of(shot: address))) }
      for card in found { difference.form(project.set(card, person: person)) }
      if let looseTakes { difference.form(project.set(loose: looseTakes, person: person)) }
      if let outline {
        let sequences = Self.sequences(outline, after: project.sequences)
        let before = Dictionary(project.sequences.map { ($0.id, $0) }) { first, _ in first }
        let changed = sequences.filter { before[$0.id] != $0 }
        if !changed.isEmpty { parts.add("sequences", JSONParts.list(changed.map { $0.json.compact })) }
        if sequences.map(\.id) != project.sequences.map(\.id) {
          parts.add("order", JSON.array(sequences.map { .string($0.id) }).compact)
        }
        project.sequences = sequences
      }
      if !difference.shots.isEmpty {
        parts.add("shots", JSONParts.list(difference.shots.sorted().compactMap { project.shots[$0]?.row }))
      }
      if !difference.takes.isEmpty {
        parts.add(
          "takes",
          JSONParts.list(difference.takes.sorted().compactMap { project.takes[$0].map { project.row(of: $0) } }))
      }
      if !difference.goneShots.isEmpty {
        parts.add("goneShots", JSON.array(difference.goneShots.sorted().map { .string($0) }).compact)
      }
      if !difference.goneTakes.isEmpty {
        parts.add("goneTakes", JSON.array(difference.goneTakes.sorted().map { .string($0) }).compact)
      }
      let lists = [(change.inbox, "inbox"), (change.library, "library")].filter(\.0).map { JSON.string($0.1) }
      if !lists.isEmpty { parts.add("lists", JSON.array(lists).compact) }
      if let overview {
        let before = project.overview
        set(overview, &project)
        if project.overview != before { parts.add("overview", project.overview) }
      }
      return parts.parts.isEmpty ? nil : parts
    }
  }

  private func set(_ overview: JSON, _ project: inout ShownProject) {
    var fields = overview.object ?? [:]
    fields["version"] = nil
    let queue = (fields["queue"]?.array ?? []).compactMap { $0.string.map { PageKey.of(shot: $0) } }
    fields["queue"] = .array(queue.map { .string($0) })
    project.queue = Dictionary(zip(queue, 1...)) { first, _ in first }
    let running = (fields["running"]?.array ?? []).map { job -> JSON in
      var entry = job.object ?? [:]
      let key = PageKey.of(shot: entry["shot"]?.string ?? "")
      entry["shot"] = .string(key)
      if let began = history.start(of: key, entry["kind"]?.string ?? "") {
        entry["since"] = .number(JSONNumber(Int(began)))
      }
      return .object(entry)
    }
    fields["running"] = .array(running)
    let busy = Set(running.compactMap { $0["shot"]?.string })
    project.progress = project.progress.filter { busy.contains($0.key) }
    for (name, value) in asker.facts { fields[name] = value }
    fields["person"] = .string(person())
    project.overview = JSON.object(fields).compact
  }

  /// - Parameter before: what was shown until now. A sequence whose file cannot be read keeps its title and its place in the film, and its
  ///   shots keep theirs.
  private static func sequences(
    _ outline: JSON, after before: [ShownProject.Sequence] = []
  ) -> [ShownProject.Sequence] {
    var sequences = (outline["sequences"]?.array ?? []).map { entry in
      ShownProject.Sequence(
        id: entry["id"]?.string ?? "", title: entry["title"]?.string ?? "",
        isReadable: entry["readable"]?.bool ?? false,
        shots: (entry["shots"]?.array ?? []).compactMap { $0.string.map { PageKey.of(shot: $0) } })
    }
    for (place, known) in before.enumerated() {
      guard let index = sequences.firstIndex(where: { $0.id == known.id && !$0.isReadable }) else { continue }
      var frozen = sequences.remove(at: index)
      let shots = Set(frozen.shots)
      frozen.title = known.title
      frozen.shots = known.shots.filter(shots.contains) + frozen.shots.filter { !known.shots.contains($0) }
      // Behind the nearest one that went before it and is there still.
      let earlier = before[..<place].reversed().lazy.compactMap { one in sequences.firstIndex { $0.id == one.id } }
        .first
      sequences.insert(frozen, at: earlier.map { $0 + 1 } ?? 0)
    }
    return sequences
  }

  /// Where a take lies and what its name begins with: what tells its shot.
  private static func place(of path: ProjectPath) -> String {
    let shot = TakeName(path.name)?.shot ?? DroppedTake(path)?.shot ?? ""
    return (path.parent ?? .root).appending(shot).string
  }

  private static func chunks(_ addresses: [String]) -> [ArraySlice<String>] {
    stride(from: 0, to: addresses.count, by: cardsAtOnce).map { addresses[$0..<min($0 + cardsAtOnce, addresses.count)] }
  }

  private func cards(_ addresses: ArraySlice<String>, _ person: String) -> [JSON] {
    asker.answer("cards", ["of": .array(addresses.map { .string($0) }), "person": .string(person)])?["shots"]?.array
      ?? []
  }

  private func loose(_ person: String) -> [JSON] {
    asker.answer("loose", ["person": .string(person)])?["takes"]?.array ?? []
  }

  // MARK: Events

  private func note(_ event: StudioEvent, _ time: Int64, tells: Bool) {
    if case .progress(let job, let fraction, let doing) = event {
      guard tells else { return }
      let key = PageKey.of(shot: job.shot.description)
      var fields: JSONObject = ["kind": .string(job.kind.name), "fraction": .number(JSONNumber(fraction))]
      fields["message"] = .string(doing)
      if let preview = asker.preview(job.id) {
        fields["preview"] = .string("/preview/\(job.id)?n=\(preview.number)")
      }
      guard history.mayTell(progressOf: job.id, every: Self.progressPause) else { return }
      board.adjust { $0.progress[key] = JSON.object(fields).compact }
      fields["shot"] = .string(key)
      return board.tell("progress", JSON.object(fields).compact, isKept: false)
    }
    guard let text = history.add(event, time), tells else { return }
    board.tell("happened", text, isKept: true)
  }
}
