internal import Basics
internal import Engines
internal import Journal
internal import Planning
internal import ProjectFiles

/// Jobs that outlive this program: taken up at the start, left at the end.
extension ProjectLoop {
  /// What was under way with an engine that goes on by itself waits for its shot to be decided.
  /// - Returns: nil for a job that ended with the run that began it.
  func left(_ job: JobRecord, _ journal: JobJournal) throws(JournalError) -> LeftJob? {
    guard job.state != .queued, engines.byType[job.engineType]?.adopts ?? false, let left = LeftJob(job) else {
      return nil
    }
    if job.state == .writing {
      // Its output is still with the engine, and is written from there once more.
      try journal.backToQueue(job.id)
      try journal.markRunning(job.id, at: job.startedAt ?? FileStamp.now())
    }
    return left
  }

  func expect(_ left: [LeftJob], _ session: Session) {
    session.standing.board.expect(left)
    guard let state = session.places?.state else { return }
    for engine in engines.byType.values where engine.adopts {
      engine.tidy(keeping: Set(left.filter { $0.engineType == engine.type }.map(\.id)), in: state)
    }
  }

  /// Asks the engine of a job that it may have already.
  func adopt(_ job: JobBoard.Job, _ session: Session) {
    didSomething = true
    ledger.adopted(job)
    emit(.started(StudioEvent.JobSummary(job)))
    let elapsed = Double(max(0, FileStamp.now() - (job.startedAt ?? FileStamp.now())))
    startTimes[job.id] = ContinuousClock.now - .nanoseconds(Int64(elapsed))
    let engine = engine(of: job)
    let order = order(for: job, session)
    tasks[job.id] = Task { [send, id = job.id] in
      do throws(EngineError) {
        let output = try await engine.adopt(order) { fraction, doing in
          send.yield(.progress(id: id, fraction: fraction, doing: doing))
        }
        send.yield(output.map { .made(id: id, .success($0)) } ?? .lost(id: id))
      } catch {
        send.yield(.made(id: id, .failure(error)))
      }
    }
  }

  /// The engine knows nothing of the job, and is sure of it.
  func lost(_ id: String, _ session: Session) {
    if tasks.removeValue(forKey: id)?.isCancelled ?? false { return letGo(id, nil, session) }
    guard let job = session.standing.board.lost(id) else { return }
    startTimes[id] = nil
    ledger.left(id)
    let shot = TerminalText.escaped(job.want.address.description)
    emit(.notice("\(shot) \(job.want.kind) was lost with the run that began it, and is made anew"))
    emit(.queued(StudioEvent.JobSummary(job)))
    session.standing.recount([job.want.address])
  }

  func abandon(_ job: LeftJob, _ session: Session) {
    didSomething = true
    ledger.dropped(job.id, "no longer wanted")
    let shot = TerminalText.escaped(job.key.address.description)
    emit(.notice("\(shot) \(job.key.kind), which an earlier run began, is no longer wanted, and is ended"))
    clear(job.id, engines.byType[job.engineType], session)
  }

  /// Left jobs of shots that are in no file any more. One of a file that cannot be read may be wanted still.
  func abandonGone(_ session: Session) {
    guard isLoaded, selection == nil, stopping == nil else { return }
    let picture = session.standing.picture
    let actions = session.standing.board.abandon { job in
      guard picture.planner.shots[job.key.address] == nil else { return false }
      guard let reading = picture.project.sequences[job.key.address.sequence] else { return true }
      return reading.model.map { !$0.hasNamelessShots } ?? false
    }
    if !actions.isEmpty { perform(actions, session) }
  }

  /// Jobs that go on without us are let go; all others are told to stop.
  func leaveJobs(_ session: Session) {
    for (id, task) in tasks {
      guard let job = session.standing.board.job(id: id), job.state.isAtEngine, engine(of: job).adopts else {
        task.cancel()
        continue
      }
      tasks[id] = nil
      session.standing.board.leave(id)
    }
  }

  /// What the engine keeps for a job can go. It takes no time of the loop, but the loop does not end before it is done.
  func clear(_ id: String, _ engine: (any Engine)?, _ session: Session) {
    guard let engine, engine.adopts, let state = session.places?.state else { return }
    clearing[id] = Task { [send] in
      await engine.forget(id, in: state)
      send.yield(.cleared(id: id))
    }
  }
}
