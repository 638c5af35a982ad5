internal import Basics
internal import Engines
internal import Glibc
internal import Journal
internal import Planning
internal import ProjectFiles
internal import Watching

/// How a loop begins and ends.
extension ProjectLoop {
  func open() throws(SessionError) {
    let session = try openWhenFree()
    if let refusal = Self.refusal(of: session.folder) {
      session.close()
      throw refusal
    }
    self.session = session
    writer = TakeWriter(folder: session.folder)
    cacheWriter = CacheWriter(session.cache, project: session.folder)
    let costly = engines.byType.values.filter { !$0.isBuiltIn }.map(\.type)
    ledger = JobLedger(session.journal, costly: Set(costly)) { [emit] in emit(.notice($0)) }
    git = GitState(of: session.folder.path)
    gitWait = GitWait(git, limit: options.settling.heldAtMost) { [send] in send.yield(.notice($0)) }
    session.standing.board.isPatient = isWatching
    if options.follower != nil { session.standing.recounted = [] }
    emit(.hello(version: options.version, project: session.folder.path))
    for notice in session.notices { emit(.notice(notice)) }
    toldNotices = Set(session.notices)
    session.settles = isWatching
    try recover(session)
    try session.readJournal()
    ledger.backingOff = Set(session.standing.board.backoffs.keys)
    try session.readAdmission()
    // Again at the end: who is killed never comes there.
    _ = try? session.journal?.forgetHistory()
    listen(session)
    switch options.mode {
    case .watch(let polling): try startWatching(session, polling: polling)
    case .make: send.yield(.watch(.dirty(.all)))
    }
  }

  /// A holder whom nobody can ask is about to end, as when its terminal was closed, or to begin: it is waited for, for as long as
  /// that takes. One that listens is at work.
  private func openWhenFree() throws(SessionError) -> Session {
    let deadline = ContinuousClock.now + .seconds(5)
    while true {
      do throws(SessionError) {
        return try Session(
          opening: path, hold: .exclusive, engines: engines, kinds: options.kinds, environment: options.environment)
      } catch {
        guard case .held = error.code, ContinuousClock.now < deadline, !hasListener else { throw error }
      }
      usleep(20_000)
    }
  }

  private var hasListener: Bool {
    guard let folder = try? Folder(opening: path),
      let places = try? StateFolders(of: folder, environment: options.environment)
    else { return false }
    return ControlClient.isAnswered(in: places.runtime)
  }

  /// Why there is nothing to work on in a folder.
  private static func refusal(of folder: Folder) -> SessionError? {
    do throws(FileError) {
      let kind = try FileError.twiceRefused { () throws(FileError) in try folder.look(at: ProjectFile.path) }
      if case .file? = kind { return nil }
    } catch {
      if error.isOfTheMoment { return SessionError(.unusable, "\(error)") }
    }
    return SessionError(.noProject, "there is no project.json in \(TerminalText.escaped(folder.path))")
  }

  /// After a crash: an output that the journal knows gets its sidecar; what else was under way is decided anew.
  private func recover(_ session: Session) throws(SessionError) {
    guard let journal = session.journal else { return }
    do throws(JournalError) {
      var left: [LeftJob] = []
      for job in try journal.openJobs() {
        if job.state == .writing, try complete(job, session) {
          try journal.markDone(job.id, at: FileStamp.now())
        } else if let job = try self.left(job, journal) {
          left.append(job)
        } else {
          try JobLedger.close(job, "left by an earlier run", in: journal)
        }
      }
      try journal.forgetBackoffs(before: FileStamp.now() - Session.backoffMemory)
      expect(left, session)
    } catch {
      // What stays open in the journal is looked at by the next run.
      if error.code != .full { throw SessionError(.unusable, "\(error)") }
      emit(.notice("\(error)"))
    }
    LeftoverFiles.remove(in: session.folder)
  }

  private func complete(_ job: JobRecord, _ session: Session) throws(JournalError) -> Bool {
    guard let take = JournaledTake(job) else { return false }
    do throws(FileError) {
      guard try take.complete(in: session.folder) else { return false }
      keep(take.sidecar, at: take.path, session)
      return true
    } catch {
      // Its recipe is still wanted, or not: either way that is decided by looking.
      emit(.notice("\(error)"))
      return false
    }
  }

  private func listen(_ session: Session) {
    guard let places = session.places else { return }
    do throws(FileError) {
      control = try ControlServer(in: places.runtime) { [send] call, reply in send.yield(.call(call, reply: reply)) }
    } catch {
      emit(.notice("other commands cannot ask this one: \(error)"))
    }
  }

  private func startWatching(_ session: Session, polling: Bool) throws(SessionError) {
    // Without the folder for cookies `reel sync` has no ground to stand on; everything else goes on.
    try? SyncFolder.prepare(in: session.folder)
    let isHeld = { @Sendable [wait = gitWait] in wait?.isHeld() ?? false }
    let watcher: any Watcher =
      polling
      ? PollingWatcher(folder: session.folder, times: options.settling, isHeld: isHeld)
      : InotifyWatcher(folder: session.folder, times: options.settling, isHeld: isHeld)
    do throws(WatchError) {
      try listen(to: watcher)
    } catch {
      if error.code != .rootGone { throw SessionError(.unusable, "\(error)") }
      send.yield(.watchEnded(watcherNumber))
    }
  }

  private func listen(to watcher: any Watcher) throws(WatchError) {
    let events = try watcher.start()
    self.watcher = watcher
    watcherNumber += 1
    Task { [send, number = watcherNumber] in
      for await event in events { send.yield(.watch(event)) }
      send.yield(.watchEnded(number))
    }
  }

  /// Drops a cookie and sees whether its event comes: only that tells whether a file system gives events.
  func probe(_ session: Session) {
    guard case .watch(polling: false) = options.mode else { return }
    do throws(FileError) {
      let cookie = try SyncFolder.dropCookie(in: session.folder)
      probe = Probe(cookie: cookie, deadline: .now + options.probeLimit)
    } catch {
      pollInstead("the project folder cannot be written to; it is looked at every second", session)
    }
  }

  /// Looks at the folder every second when no event came in time.
  func settleProbe(_ session: Session) {
    guard let probe, probe.deadline <= .now else { return }
    try? SyncFolder.removeCookie(probe.cookie, in: session.folder)
    pollInstead(
      "this file system does not tell of changes; the project folder is looked at every second instead", session)
  }

  private func pollInstead(_ why: String, _ session: Session) {
    probe = nil
    emit(.notice(why))
    watcher?.stop()
    let poller = PollingWatcher(folder: session.folder, times: options.settling) { [wait = gitWait] in
      wait?.isHeld() ?? false
    }
    do throws(WatchError) {
      try listen(to: poller)
    } catch {
      emit(.notice("\(error)"))
      send.yield(.watchEnded(watcherNumber))
    }
  }

  /// The first time, jobs that run are finished; the second time, or when told so, they are left.
  func stop(_ level: Stop, _ session: Session) {
    if stopping == .leaving { return }
    let isLeaving = level == .leaving || stopping != nil
    stopping = isLeaving ? .leaving : .finishing
    ending.cause = .stopped
    session.standing.board.stop()
    let running = session.standing.board.runningJobs.map { StudioEvent.JobSummary($0) }
    emit(.stopping(running: running, isLeaving: isLeaving))
    if isLeaving { leaveJobs(session) }
  }

  var isOver: Bool {
    guard let session else { return true }
    if case .rootGone = ending.cause { return true }
    // What is being written is always waited for: that takes no time and leaves nothing half done.
    guard tasks.isEmpty, pendingCopies.isEmpty, pendingStores == 0, clearing.isEmpty else { return false }
    if stopping != nil { return session.standing.board.isIdle }
    return !isWatching && isLoaded && session.standing.board.isIdle && pendingReads.isEmpty && unweighed.isEmpty
  }

  func close() async {
    send.finish()
    for task in tasks.values { task.cancel() }
    timer?.task.cancel()
    watcher?.stop()
    control?.stop()
    for question in questions { question.reply(.failure(code: "ended", message: "the watcher ended")) }
    for sync in syncs.values { sync.reply(.failure(code: "ended", message: "the watcher ended")) }
    // Nothing is written any more when the next holder comes.
    await writer?.finish()
    await cacheWriter?.finish()
    guard let session else { return }
    if let probe { try? SyncFolder.removeCookie(probe.cookie, in: session.folder) }
    ending.counts = session.standing.counts
    ending.errors = session.standing.picture.problems.all.count { $0.severity == .error }
    ending.isPaused = session.standing.board.isPaused
    if ending.cause == .done { tally(session) }
    _ = try? session.journal?.forgetHistory()
    session.close()
    self.session = nil
    emit(.bye(why: ending.why))
  }

  /// What `make` ends with, of the shots that were asked for. Nothing is left to do by then: what is still missing could not be had.
  private func tally(_ session: Session) {
    for (address, state) in session.standing.states where selection?.contains(address) ?? true {
      switch state {
      case .failed, .missing, .stale: ending.failed += 1
      case .waiting where session.standing.isForPerson(address): ending.unapproved += 1
      // There was no room on the disk, and this run did not wait for any.
      case .waiting where session.standing.board.isShortOfDisk: ending.failed += 1
      case .waiting, .queued, .running: ending.waiting += 1
      case .unreadable, .held, .fresh: break
      }
    }
  }
}

extension ProjectLoop.Ending {
  fileprivate var why: String {
    switch cause {
    case .done: "done"
    case .stopped: "stopped"
    case .rootGone: "the project folder is gone"
    case .failed(let error): error.description
    }
  }
}
