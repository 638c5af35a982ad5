internal import Journal
internal import Basics
package import Engines
internal import Glibc
internal import JSONText
package import Planning
internal import ProjectFiles
package import Watching

/// The daemon of one project: what is wanted against what is there, again and again, and jobs for the difference.
///
/// One stream of signals, consumed by one loop on a thread of its own, so that everything happens in an order: a file moved, an
/// engine gave its output, somebody asked. What blocks for long (drawing, writing takes, hashing large files) runs elsewhere and
/// comes back as a signal.
package actor ProjectLoop {
  package struct Options: Sendable {
    package enum Mode: Sendable {
      /// Until stopped.
      case watch(polling: Bool)
      /// Until nothing is left to do for these shots (empty: for all).
      case make(shots: [String])
    }

    package var mode: Mode
    package var version: String
    package var patience = Patience.Times()
    package var kinds = KindList.released
    package var environment = StateFolders.processEnvironment()
    /// A shot whose takes are all there, to be made once more all the same.
    package var again: String?

    package init(mode: Mode, version: String) {
      self.mode = mode
      self.version = version
    }
  }

  /// How the loop ended.
  package struct Ending: Sendable {
    package enum Cause: Hashable, Sendable {
      case done
      case stopped
      /// The project folder went away.
      case rootGone
      case failed(SessionError)
    }

    package var cause: Cause
    package var counts = Counts()
    /// Shots that were asked for and came to nothing, or wait for something that did not come.
    package var failed = 0
    package var waiting = 0
    package var finished = 0
  }

  package enum Stop: Hashable, Sendable {
    /// Jobs that run are finished, none is started.
    case finishing
    /// Jobs that run are left; they are taken up next time.
    case leaving
  }

  enum Signal: Sendable {
    case watch(WatchEvent)
    case watchEnded
    case progress(id: String, fraction: Double, doing: String)
    case made(id: String, Result<EngineOutput, EngineError>)
    case wrote(id: String, ProjectPath, FileError?)
    case copied(Want, from: Take, Result<ProjectPath, FileError>)
    case read(ProjectPath, InputFile?)
    case call(ControlCall, reply: @Sendable (ControlReply) -> Void)
    case stop(Stop)
    case tick
  }

  private let executor = ThreadExecutor(name: "loop")
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  let path: String
  let options: Options
  let engines: EngineList
  let emit: @Sendable (StudioEvent) -> Void
  private let signals: AsyncStream<Signal>
  let send: AsyncStream<Signal>.Continuation

  // What follows is set up by `run` and used on the loop's thread only.
  private var session: Session?
  var writer: TakeWriter?
  private var watcher: (any Watcher)?
  private var control: ControlServer?
  private var patience: Patience
  private var git = GitState(of: "/")
  var tasks: [String: Task<Void, Never>] = [:]
  var startTimes: [String: ContinuousClock.Instant] = [:]
  private var pendingReads: Set<ProjectPath> = []
  var pendingCopies: Set<WantKey> = []
  /// What was said last about a journal that cannot be written.
  var journalTrouble: String?
  private var selection: Set<ShotAddress>?
  private var timer: (deadline: ContinuousClock.Instant, task: Task<Void, Never>)?
  private var isLoaded = false
  private var isAtRest = false
  /// What the last `idle` said, and whether anything happened since that is worth another.
  private var lastIdle: Counts?
  var didSomething = true
  private var stopping: Stop?
  private var ending = Ending(cause: .done)
  private var folders = 0
  private var syncs: [String: Sync] = [:]
  /// Waits of shots that were told already, so that each is told once.
  private var toldWaits: Set<String> = []

  func addSync(_ cookie: String, untilIdle: Bool, _ reply: @escaping @Sendable (ControlReply) -> Void) {
    syncs[cookie] = Sync(untilIdle: untilIdle, reply: reply)
  }

  func countFinished() { ending.finished += 1 }

  private struct Sync {
    var isSeen = false
    /// Whether it also waits until nothing runs any more.
    var untilIdle: Bool
    var reply: @Sendable (ControlReply) -> Void
  }

  /// - Parameter emit: called on the loop's thread for everything that happens, in order.
  package init(
    path: String, options: Options, engines: EngineList, emit: @escaping @Sendable (StudioEvent) -> Void
  ) {
    self.path = path
    self.options = options
    self.engines = engines
    self.emit = emit
    patience = Patience(options.patience)
    (signals, send) = AsyncStream.makeStream()
  }

  /// Asks the loop to end; may be called from anywhere, the second time harder.
  package nonisolated func stop(_ stop: Stop) {
    send.yield(.stop(stop))
  }

  /// Works until there is nothing more to do, or until stopped.
  package func run() async -> Ending {
    do throws(SessionError) {
      try open()
    } catch {
      return Ending(cause: .failed(error))
    }
    while let signal = await nextSignal() {
      handle(signal)
      if isOver { break }
    }
    return await close()
  }

  private var iterator: AsyncStream<Signal>.AsyncIterator?

  private func nextSignal() async -> Signal? {
    var iterator = self.iterator ?? signals.makeAsyncIterator()
    let signal = await iterator.next(isolation: self)
    self.iterator = iterator
    return signal
  }
}

// MARK: Beginning and end

extension ProjectLoop {
  private func open() throws(SessionError) {
    let session = try Session(
      opening: path, hold: .exclusive, engines: engines, kinds: options.kinds, environment: options.environment)
    self.session = session
    let writer = TakeWriter(folder: session.folder)
    self.writer = writer
    git = GitState(of: session.folder.path)
    emit(.hello(version: options.version, project: session.folder.path))
    for notice in session.notices { emit(.notice(notice)) }
    try recover(session)
    try session.readJournal()
    if let places = session.places {
      do throws(FileError) {
        control = try ControlServer(in: places.runtime) { [send] call, reply in send.yield(.call(call, reply: reply)) }
      } catch {
        emit(.notice("other commands cannot ask this one: \(error)"))
      }
    }
    switch options.mode {
    case .watch(let polling): startWatching(session, polling: polling)
    case .make: send.yield(.watch(.dirty(.all)))
    }
  }

  /// After a crash: an output that the journal knows gets its sidecar; what else was under way is decided anew.
  private func recover(_ session: Session) throws(SessionError) {
    guard let journal = session.journal else { return }
    let now = FileStamp.now()
    do {
      for job in try journal.openJobs() {
        if job.state == .writing, let written = JournaledTake(job), written.isWhole(in: session.folder) {
          try AtomicFile.writeIfFree(written.sidecar.text, to: written.sidecarPath, in: session.folder)
          try journal.markDone(job.id, at: now)
        } else {
          try journal.markCancelled(job.id, standsDown: false, message: "left by an earlier run", at: now)
        }
      }
      if case .make = options.mode { _ = try journal.letUpFailures() }
    } catch {
      throw SessionError(.unusable, "\(error)")
    }
    LeftoverFiles.remove(in: session.folder)
  }

  private func startWatching(_ session: Session, polling: Bool) {
    let git = self.git
    // Without it `reel sync` has no ground to stand on; everything else goes on.
    try? SyncFolder.prepare(in: session.folder)
    let watcher: any Watcher =
      polling ? PollingWatcher(folder: session.folder) : InotifyWatcher(folder: session.folder, isHeld: { git.isBusy })
    self.watcher = watcher
    do throws(WatchError) {
      let events = try watcher.start()
      Task { [send] in
        for await event in events { send.yield(.watch(event)) }
        send.yield(.watchEnded)
      }
    } catch {
      emit(.notice("\(error)"))
      send.yield(.watchEnded)
    }
  }

  private var isOver: Bool {
    guard let session else { return true }
    if ending.cause == .rootGone { return true }
    switch stopping {
    case .leaving?: return tasks.isEmpty
    case .finishing?: return session.standing.board.isIdle && tasks.isEmpty
    case nil: break
    }
    guard case .make = options.mode, isLoaded else { return false }
    return session.standing.board.isIdle && pendingReads.isEmpty && pendingCopies.isEmpty
  }

  private func close() async -> Ending {
    for task in tasks.values { task.cancel() }
    watcher?.stop()
    timer?.task.cancel()
    control?.stop()
    for sync in syncs.values { sync.reply(.failure(code: "ended", message: "the watcher ended")) }
    if let session {
      ending.counts = session.standing.counts
      tally(session)
      for engine in engines.byType.values { await engine.stop() }
      session.close()
    }
    emit(.bye(why: ending.cause == .stopped ? "stopped" : ending.cause == .rootGone ? "the project folder is gone" : "done"))
    session = nil
    return ending
  }

  /// What `make` ends with: of the shots that were asked for.
  private func tally(_ session: Session) {
    for (address, state) in session.standing.states where selection?.contains(address) ?? true {
      if state == .failed { ending.failed += 1 }
      if state == .waiting { ending.waiting += 1 }
    }
  }
}

// MARK: Signals

extension ProjectLoop {
  private func handle(_ signal: Signal) {
    guard let session else { return }
    isAtRest = false
    switch signal {
    case .watch(let event): handle(event, session)
    case .watchEnded: if stopping == nil, case .watch = options.mode { ending.cause = .rootGone }
    case .read(let path, let input):
      pendingReads.remove(path)
      take(session.standing.picture.take(input, readAt: path, accepting: .whole), session)
    case .progress(let id, let fraction, let doing):
      if let job = session.standing.board.progressed(id, fraction) {
        emit(.progress(StudioEvent.JobSummary(job), fraction: fraction, doing: doing))
      }
    case .made(let id, let result): made(id, result, session)
    case .wrote(let id, let path, let error): wrote(id, path, error, session)
    case .copied(let want, let take, let result): copied(want, take, result, session)
    case .call(let call, let reply): answer(call, reply, session)
    case .stop(let level): stop(level, session)
    case .tick: break
    }
    settleWaits(session)
    start(session)
    rest(session)
    setTimer(session)
  }

  private func handle(_ event: WatchEvent, _ session: Session) {
    switch event {
    case .watching(let count): folders = count
    case .limited(let limit): emit(.notice("\(limit)"))
    case .rootGone: ending.cause = .rootGone
    case .dirty(let dirty):
      let look = session.standing.picture.look(at: dirty, accepting: isLoaded ? .whole : .asItIs)
      take(look, session)
      for name in dirty.cookies where syncs[name] != nil {
        syncs[name]?.isSeen = true
        try? SyncFolder.removeCookie(name, in: session.folder)
      }
    }
  }

  /// Acts on what a look found: problems told, files waited for, large ones read beside, jobs planned.
  func take(_ look: Picture.Look, _ session: Session) {
    let now = ContinuousClock.now
    for (path, finding) in look.unsettled { patience.note(path, finding, at: now) }
    for path in look.settled { patience.note(path, .settled, at: now) }
    for path in look.toRead where pendingReads.insert(path).inserted { read(path, session) }
    var replanned = look.replanned
    if !isLoaded {
      isLoaded = true
      select(session)
      session.standing.recount(replanned)
      tellLoaded(session)
      if let again = options.again { ask(for: again, session) }
    } else {
      session.standing.recount(replanned)
    }
    for problem in look.problems.solved.sorted() { emit(.solved(problem)) }
    for problem in look.problems.found.sorted() { emit(.problem(problem)) }
    if let selection { replanned.formIntersection(selection) }
    replan(replanned, session)
  }

  private func select(_ session: Session) {
    guard case .make(let shots) = options.mode, !shots.isEmpty else { return }
    var chosen: Set<ShotAddress> = []
    for name in shots {
      do throws(Standing.NameError) {
        chosen.formUnion(try session.standing.addresses(named: name))
      } catch {
        emit(.notice(error.description))
        ending.failed += 1
      }
    }
    selection = chosen
  }

  private func tellLoaded(_ session: Session) {
    let project = session.standing.picture.project
    var watched: [String] = []
    if case .watch = options.mode {
      watched = ["project.json", "sequences", "inbox", "library", "workflows"].filter { name in
        let looked = try? session.folder.look(at: ProjectPath(trusted: name))
        return looked != nil
      }
    }
    emit(
      .loaded(
        StudioEvent.Loaded(
          name: project.name ?? session.folder.path.split(separator: "/").last.map(String.init) ?? "project",
          sequences: project.sequences.count, counts: session.standing.counts, watched: watched, folders: folders)))
  }

  /// Reads a large reference on a thread of its own.
  private func read(_ path: ProjectPath, _ session: Session) {
    let folder = session.folder
    NamedThread.start("read") { [send] in send.yield(.read(path, ContentReader.read(path, in: folder))) }
  }

  /// Files that were waited for long enough count as they are.
  private func settleWaits(_ session: Session) {
    let due = patience.due(at: ContinuousClock.now, isHeld: git.isBusy)
    if due.isEmpty { return }
    take(session.standing.picture.look(at: DirtyPaths(files: Set(due.reportBroken + due.gone)), accepting: .asItIs), session)
  }

  func replan(_ addresses: Set<ShotAddress>, _ session: Session) {
    // A shot of a file that cannot be read may be wanted still: nothing of it is cancelled.
    let addresses = addresses.filter { !session.standing.picture.planner.isUndecided($0) }
    if addresses.isEmpty { return }
    let ordered = session.standing.inFilmOrder(addresses).map { (address: $0, plan: session.standing.picture.planner.shots[$0]) }
    for entry in ordered { tellWaits(entry.plan) }
    let actions = session.standing.board.replan(ordered)
    perform(actions, session)
    session.standing.recount(addresses)
  }

  /// What a want waits for, said once for each thing that is waited for.
  private func tellWaits(_ plan: ShotPlan?) {
    guard let plan, !plan.isHeld, !plan.isFrozen else { return }
    for planned in plan.wants {
      guard case .waits(let wait) = planned.state else { continue }
      switch wait {
      case .engine, .pointer: if toldWaits.insert(wait.sentence).inserted { emit(.waiting(message: wait.sentence)) }
      case .input, .reading, .incomplete: continue
      }
    }
  }

  /// Comes to rest when all that was seen is done, and says so once.
  private func rest(_ session: Session) {
    guard isLoaded, patience.isEmpty, pendingReads.isEmpty, pendingCopies.isEmpty else { return }
    for (name, sync) in syncs where sync.isSeen && (!sync.untilIdle || session.standing.board.isIdle) {
      syncs[name] = nil
      sync.reply(.success(["version": 1]))
    }
    guard session.standing.board.isIdle, !isAtRest else { return }
    isAtRest = true
    session.saveIndex()
    if lastIdle != session.standing.counts || didSomething {
      lastIdle = session.standing.counts
      didSomething = false
      emit(.idle(session.standing.counts))
    }
  }

  private func setTimer(_ session: Session) {
    let deadlines = [patience.nextDeadline, session.standing.board.nextDeadline].compactMap { $0 }
    guard let deadline = deadlines.min() else {
      timer?.task.cancel()
      timer = nil
      return
    }
    if timer?.deadline == deadline { return }
    timer?.task.cancel()
    let task = Task { [send] in
      try? await Task.sleep(until: deadline)
      if !Task.isCancelled { send.yield(.tick) }
    }
    timer = (deadline, task)
  }

  private func stop(_ level: Stop, _ session: Session) {
    let isHarder = level == .leaving || stopping != nil
    stopping = isHarder ? .leaving : .finishing
    ending.cause = .stopped
    session.standing.board.stop()
    let running = session.standing.board.runningJobs.map { StudioEvent.JobSummary($0) }
    emit(.stopping(running: running, isLeaving: isHarder))
    if isHarder { for task in tasks.values { task.cancel() } }
  }
}
