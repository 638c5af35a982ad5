internal import Basics
internal import Engines
internal import Glibc
internal import Journal
internal import Planning
internal import ProjectFiles
internal import Watching

/// How a loop begins and ends.
extension ProjectLoop {
  func open() async throws(SessionError) {
    let session = try Session(
      opening: path, hold: .exclusive, engines: engines, kinds: options.kinds, environment: options.environment)
    guard case .file? = try? session.folder.look(at: ProjectFile.path) else {
      session.close()
      throw SessionError(.noProject, "there is no project.json in \(TerminalText.escaped(session.folder.path))")
    }
    self.session = session
    writer = TakeWriter(folder: session.folder)
    let costly = engines.byType.values.filter { !$0.isBuiltIn }.map(\.type)
    ledger = JobLedger(session.journal, costly: Set(costly)) { [emit] in emit(.notice($0)) }
    git = GitState(of: session.folder.path)
    session.standing.board.isPatient = isWatching
    emit(.hello(version: options.version, project: session.folder.path))
    for notice in session.notices { emit(.notice(notice)) }
    try recover(session)
    try session.readJournal()
    listen(session)
    switch options.mode {
    case .watch(let polling): try await startWatching(session, polling: polling)
    case .make: send.yield(.watch(.dirty(.all)))
    }
  }

  /// After a crash: an output that the journal knows gets its sidecar; what else was under way is decided anew.
  private func recover(_ session: Session) throws(SessionError) {
    guard let journal = session.journal else { return }
    do throws(JournalError) {
      for job in try journal.openJobs() {
        if job.state == .writing, try complete(job, session) {
          try journal.markDone(job.id, at: FileStamp.now())
        } else {
          try JobLedger.close(job, "left by an earlier run", in: journal)
        }
      }
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
      return try take.complete(in: session.folder)
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

  private func startWatching(_ session: Session, polling: Bool) async throws(SessionError) {
    let events: AsyncStream<WatchEvent>
    do throws(WatchError) {
      let watcher = try await chooseWatcher(session.folder, polling: polling)
      self.watcher = watcher
      events = try watcher.start()
    } catch {
      if error.code != .rootGone { throw SessionError(.unusable, "\(error)") }
      send.yield(.watchEnded)
      return
    }
    Task { [send] in
      for await event in events { send.yield(.watch(event)) }
      send.yield(.watchEnded)
    }
  }

  /// Events are tried out, unless polling was asked for; when there are none for this folder, that is said.
  private func chooseWatcher(_ folder: Folder, polling: Bool) async throws(WatchError) -> any Watcher {
    let isHeld = { @Sendable [git] in git.isBusy }
    if polling {
      // Without it `reel sync` has no ground to stand on; everything else goes on.
      try? SyncFolder.prepare(in: folder)
      return PollingWatcher(folder: folder, times: options.settling, isHeld: isHeld)
    }
    // Three seconds: a machine at its limits must not look like a file system without events.
    switch try await WatcherChoice.probe(folder, limit: .seconds(3)) {
    // A watcher by events polls what it has no watch for, says so, and goes back to events when there is room.
    case .inotify, .polling(because: .limited):
      return InotifyWatcher(folder: folder, times: options.settling, isHeld: isHeld)
    case .polling(because: .noEvents):
      emit(.notice("this file system does not tell of changes; the project folder is looked at every second instead"))
    case .polling(because: .notWritable):
      emit(.notice("the project folder cannot be written to; it is looked at every second"))
    }
    return PollingWatcher(folder: folder, times: options.settling, isHeld: isHeld)
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
    if isLeaving { for task in tasks.values { task.cancel() } }
  }

  var isOver: Bool {
    guard let session else { return true }
    if case .rootGone = ending.cause { return true }
    // What is being written is always waited for: that takes no time and leaves nothing half done.
    guard tasks.isEmpty, pendingCopies.isEmpty else { return false }
    if stopping != nil { return session.standing.board.isIdle }
    return !isWatching && isLoaded && session.standing.board.isIdle && pendingReads.isEmpty
  }

  func close() async {
    send.finish()
    for task in tasks.values { task.cancel() }
    timer?.task.cancel()
    watcher?.stop()
    control?.stop()
    for sync in syncs.values { sync.reply(.failure(code: "ended", message: "the watcher ended")) }
    for engine in engines.byType.values { await engine.stop() }
    // Nothing is written any more when the next holder comes.
    await writer?.finish()
    guard let session else { return }
    ending.counts = session.standing.counts
    if ending.cause == .done { tally(session) }
    session.close()
    self.session = nil
    emit(.bye(why: ending.why))
  }

  /// What `make` ends with, of the shots that were asked for. Nothing is left to do by then: what is still missing could not be had.
  private func tally(_ session: Session) {
    for (address, state) in session.standing.states where selection?.contains(address) ?? true {
      switch state {
      case .failed, .missing, .stale: ending.failed += 1
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
