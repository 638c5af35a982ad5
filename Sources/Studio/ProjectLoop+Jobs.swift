internal import Basics
internal import Engines
internal import Glibc
internal import Journal
internal import Planning
internal import ProjectFiles
internal import Watching

/// Jobs on their way: queued, handed to an engine, written, done. Each step stands in the journal before it is taken.
extension ProjectLoop {
  func perform(_ actions: [JobBoard.Action], _ session: Session) {
    // What ends goes first: the same want may be queued anew, for another engine.
    for action in actions {
      switch action {
      case .drop(let job): drop(job, "no longer wanted")
      case .withdraw(let job): drop(job, "its engine is not trusted any more")
      default: break
      }
    }
    queue(
      actions.compactMap { action in
        if case .enqueue(let job) = action { job } else { nil }
      })
    for action in actions {
      switch action {
      case .enqueue, .drop, .withdraw: break
      case .cancel(let job):
        tasks[job.id]?.cancel()
        emit(.cancelling(StudioEvent.JobSummary(job)))
      case .callOff(let job): callOff(job, session)
      case .standDown: break
      case .adopt(let job): adopt(job, session)
      case .abandon(let job): abandon(job, session)
      case .start(let job): if job.isAdopted { adopt(job, session) } else { start(job, session) }
      case .write(let job): write(job)
      case .copy(let want, let take): copy(take, for: want, session)
      case .restore(let want, let cached): restore(cached, for: want, session)
      case .giveUp(let job, let message, let isForGood):
        let isMade = outputs[job.id] != nil || job.isAdopted
        forget(job.id)
        ledger.forgetBackoff(job.want.key)
        // What an engine made, or may have made, and only this machine could not fetch or keep stays with its engine, and in the journal: the next run fetches it.
        if isForGood || !isMade || !engine(of: job).adopts {
          // The journal first: a crash in between must not leave a job of which nothing is left but that it ran.
          if isForGood { ledger.failed(job.id, message, canPass: false) } else { ledger.dropped(job.id, message) }
          clear(job.id, engines.byType[job.want.engineType], session)
        }
        tellFailed(job, message, retryIn: nil, session)
      case .retry(let job, let message, let delay):
        forget(job.id)
        // Of one that could not be asked for, the journal still says that its engine has it.
        if !job.isAdopted {
          ledger.failed(job.id, message, canPass: true)
          ledger.backsOff(job, after: delay, message)
        }
        tellFailed(job, message, retryIn: delay, session)
      case .rewrite(let job, let message, let delay):
        // Its want may have changed while it was written, but it is kept all the same.
        tellFailed(job, message, retryIn: delay, session)
      case .putBack(let job):
        forget(job.id)
        ledger.left(job.id)
      case .stayAway(let engine, let message, let delay): tellAway(engine, message, delay, session)
      }
    }
  }

  private func drop(_ job: JobBoard.Job, _ why: String) {
    ledger.dropped(job.id, why)
    emit(.cancelled(StudioEvent.JobSummary(job), why: why))
  }

  private func queue(_ jobs: [JobBoard.Job]) {
    if jobs.isEmpty { return }
    didSomething = true
    ledger.queued(jobs)
    let changes = jobs.map { StudioEvent.Change(shot: $0.want.address, kind: $0.want.kind, reason: $0.reason) }
    emit(.planned(jobs: jobs.count, changes: changes))
    for job in jobs { emit(.queued(StudioEvent.JobSummary(job))) }
  }

  private func tellFailed(_ job: JobBoard.Job, _ message: String, retryIn delay: Duration?, _ session: Session) {
    didSomething = true
    emit(.failed(StudioEvent.JobSummary(job), message: message, retryIn: delay))
    session.standing.recount([job.want.address])
  }

  /// Nothing goes on for the job in this process any more.
  private func forget(_ id: String) {
    previews.forget(id)
    tasks[id] = nil
    startTimes[id] = nil
    outputs[id] = nil
  }
}

// MARK: Making

extension ProjectLoop {
  /// Begins what can be begun now.
  func start(_ session: Session) {
    checkCostlyEngines(session)
    let actions = session.standing.board.startable(at: ContinuousClock.now)
    if actions.isEmpty { return }
    perform(actions, session)
    session.standing.recount(
      actions.compactMap { action in
        switch action {
        case .start(let job), .write(let job): job.want.address
        default: nil
        }
      })
  }

  private func start(_ job: JobBoard.Job, _ session: Session) {
    let engine = engine(of: job)
    if !ledger.begun(job), !engine.isBuiltIn {
      let message = "the journal cannot be written, and an engine that costs is not asked for what would be forgotten"
      return failed(job.id, JobBoard.Failure(message: message, canPass: true, isOfThisMachine: true), session)
    }
    emit(.started(StudioEvent.JobSummary(job)))
    startTimes[job.id] = ContinuousClock.now
    let order = order(for: job, session)
    tasks[job.id] = Task { [send, id = job.id] in
      do throws(EngineError) {
        let output = try await engine.make(order) { fraction, doing in
          send.yield(.progress(id: id, fraction: fraction, doing: doing))
        }
        send.yield(.made(id: id, .success(output)))
      } catch {
        send.yield(.made(id: id, .failure(error)))
      }
    }
  }

  func engine(of job: JobBoard.Job) -> any Engine {
    guard let engine = engines.byType[job.want.engineType] else {
      preconditionFailure("Internal inconsistency: a job for the engine type \(job.want.engineType), which is not here")
    }
    return engine
  }

  func order(for job: JobBoard.Job, _ session: Session) -> EngineJob {
    var order = EngineJob(
      id: job.id, recipe: job.want.recipe, request: job.want.request, project: session.folder,
      state: session.places?.state ?? "")
    previews.expect(job.id)
    order.showPreview = { [previews, id = job.id] in previews.show($0, of: id) }
    return order
  }

  /// The engine gave its output, or gave up. The output's hash is journaled before the file is written.
  func made(_ id: String, _ result: Result<EngineOutput, EngineError>, _ session: Session) {
    let isCancelled = tasks.removeValue(forKey: id)?.isCancelled ?? false
    switch result {
    case .failure(let error) where isCancelled: letGo(id, error.note, session)
    case .failure(let error) where error.isAway && session.standing.board.job(id: id)?.isAdopted == false:
      perform(session.standing.board.away(id, error.message, at: .now), session)
    case .failure(let error):
      tell(error.diagnostics)
      if error.isUnanswered || error.isAway {
        session.standing.board.unanswered(id)
      } else {
        session.standing.board.answered(id)
      }
      // Who cannot be asked is not to blame, and neither is the shot.
      let failure = JobBoard.Failure(
        message: error.message, canPass: error.canPass, isOfThisMachine: error.isUnanswered || error.isAway)
      failed(id, failure, session)
    case .success(let output):
      guard let job = session.standing.board.made(id) else { return }
      reached(job.want.engine, session)
      guard let take = take(of: job, output) else {
        let message = "the engine gave a \(TerminalText.shortened(output.type, to: 60)), which is no take"
        return failed(id, JobBoard.Failure(message: message, canPass: false), session)
      }
      ledger.writing(id, JobOutput(take))
      ledger.forgetBackoff(job.want.key)
      outputs[id] = take
      write(job)
    }
  }

  /// An engine that was away works.
  func reached(_ engine: String, _ session: Session) {
    let addresses = session.standing.board.reached(engine)
    if !addresses.isEmpty { session.standing.recount(addresses) }
  }

  private func tellAway(_ engine: String, _ message: String, _ delay: Duration?, _ session: Session) {
    didSomething = true
    session.standing.recount(session.standing.board.queuedAddresses(for: [engine]))
    let jobs = session.standing.board.waitingCount(for: engine)
    let next = delay.map { "next try in \($0.components.seconds) s" } ?? "given up for this time"
    let why = "\(TerminalText.shortened(engine, to: 40)): \(TerminalText.shortened(message, to: 400))"
    emit(.waiting(message: "\(why); \(jobs) job\(jobs == 1 ? " waits" : "s wait"), \(next)"))
  }

  /// Faults in the project's files that only an engine could find. A hundred shots with one workflow have one fault.
  private func tell(_ faults: [Diagnostic]) {
    for fault in faults where toldFaults.insert(fault).inserted { emit(.problem(fault)) }
  }

  private func failed(_ id: String, _ failure: JobBoard.Failure, _ session: Session) {
    perform(session.standing.board.failed(id, failure, at: ContinuousClock.now), session)
  }

  /// The job was cancelled and its engine let go: its shot is decided anew, since the same recipe may be wanted again by now.
  /// - Parameter note: what is worth telling of how it ended.
  func letGo(_ id: String, _ note: String?, _ session: Session) {
    forget(id)
    guard let job = session.standing.board.cancelled(id) else { return }
    didSomething = true
    if stopping == .leaving { return ledger.left(id) }
    clear(id, engines.byType[job.want.engineType], session)
    let reason = job.isCalledOff ? job.want.address.calledOff : "the shot changed while it ran"
    ledger.dropped(id, reason)
    let why = reason + (note.map { "; \($0)" } ?? "")
    emit(.cancelled(StudioEvent.JobSummary(job), why: why))
    replan([job.want.address], session)
  }

  private func take(of job: JobBoard.Job, _ output: EngineOutput) -> TakeWriter.Order? {
    guard let engine = engines.byType[job.want.engineType],
      let ending = TakeName.fileExtension(for: output.type)
    else { return nil }
    let (digest, bytes) = output.content.identity
    let want = job.want
    let name = TakeName(
      shot: want.address.shot, kind: want.kind, fingerprint: want.recipe.fingerprint, output: digest,
      fileExtension: ending)
    var sidecar = Sidecar(
      kind: want.kind, shot: want.address.description, fingerprint: want.recipe.fingerprint, recipe: want.recipe.fields,
      output: Sidecar.Output(
        digest: digest, bytes: bytes, type: output.type, width: output.width, height: output.height),
      engine: Sidecar.EngineFacts(
        name: want.engine, type: want.engineType, version: output.engineVersion ?? engine.version))
    if !engine.isRepeatable {
      sidecar.engine.job = job.id
      sidecar.created = Timestamp.rfc3339(FileStamp.now())
      sidecar.seconds = startTimes[job.id].map { ($0.duration(to: ContinuousClock.now).seconds * 10).rounded() / 10 }
    }
    return TakeWriter.Order(
      path: want.address.sequence.folder.appending(name.description), content: output.content, sidecar: sidecar)
  }
}

// MARK: Writing

extension ProjectLoop {
  private func write(_ job: JobBoard.Job) {
    guard let writer, let take = outputs[job.id] else {
      preconditionFailure("Internal inconsistency: job \(job.id) has no output to write")
    }
    ours.insert(take.path)
    tasks[job.id] = Task { [send, id = job.id] in
      do throws(FileError) {
        try await writer.write(take)
        send.yield(.wrote(id: id, nil))
      } catch {
        send.yield(.wrote(id: id, error))
      }
    }
  }

  /// The take is on disk, or could not be written.
  func wrote(_ id: String, _ error: FileError?, _ session: Session) {
    tasks[id] = nil
    if let error {
      if let take = outputs[id] { yieldCache(to: take, error) }
      let failure = JobBoard.Failure(message: error.description, canPass: true, isOfThisMachine: error.isOfThisMachine)
      return perform(session.standing.board.unwritten(id, failure, at: ContinuousClock.now), session)
    }
    letUpIfMet(id, session)
    guard let job = session.standing.board.finished(id), let take = outputs[id] else { return }
    let seconds = startTimes[id]?.duration(to: ContinuousClock.now).seconds ?? 0
    forget(id)
    ledger.done(id)
    keep(take, session)
    clear(id, engines.byType[job.want.engineType], session)
    didSomething = true
    ending.finished += 1
    emit(.finished(StudioEvent.JobSummary(job), take: take.path, seconds: seconds))
    lookAtTake(take.path, session)
    ours.remove(take.path)
    session.standing.recount([job.want.address])
  }

  func lookAtTake(_ path: ProjectPath, _ session: Session) {
    let files: Set<ProjectPath> = [path, ProjectPath(trusted: path.bytes + ".json".utf8)]
    take(session.standing.picture.look(at: DirtyPaths(files: files), accepting: acceptance), session)
  }
}

// MARK: Copying

extension ProjectLoop {
  private func copy(_ take: Take, for want: Want, _ session: Session) {
    guard let writer, failedCopies[want.key].map({ $0.retryAt <= .now }) ?? true,
      pendingCopies.insert(want.key).inserted
    else { return }
    Task { [send, recipe = want.recipe.fields] in
      do throws(FileError) {
        send.yield(.copied(want, from: take, .success(try await writer.copy(take, for: want, recipe: recipe))))
      } catch {
        send.yield(.copied(want, from: take, .failure(error)))
      }
    }
  }

  func copied(_ want: Want, _ source: Take, _ result: Result<ProjectPath, FileError>, _ session: Session) {
    pendingCopies.remove(want.key)
    switch result {
    case .success(let path):
      failedCopies[want.key] = nil
      didSomething = true
      emit(
        .restored(
          shot: want.address, kind: want.kind, fingerprint: want.recipe.fingerprint, take: path,
          from: .take(source.path)))
      ours.insert(path)
      lookAtTake(path, session)
      ours.remove(path)
    case .failure(let error):
      // A source that went away meanwhile is no fault: the plan follows in a moment.
      let notice = "the take \(TerminalText.escaped(source.path.string)) could not be copied: \(error)"
      putOff(want.key, notice: error.isAbsence ? nil : notice)
      lookAtTake(source.path, session)
    }
  }

  /// A take that could not be put in its place is tried again later.
  /// - Parameter notice: said the first time.
  func putOff(_ key: WantKey, notice: String?) {
    let attempts = (failedCopies[key]?.attempts ?? 0) + 1
    if attempts == 1, let notice { emit(.notice(notice)) }
    // A run that is to end does not wait: the shot is counted as failed.
    let delay = isWatching ? JobBoard.backoff(after: attempts + 2) : .seconds(86_400)
    failedCopies[key] = FailedCopy(attempts: attempts, retryAt: .now + delay)
  }

  /// Plans the shots again whose takes could not be copied some time ago.
  func retryCopies(_ session: Session) {
    if failedCopies.isEmpty { return }
    let due = failedCopies.filter { $0.value.retryAt <= .now }.keys
    if due.isEmpty { return }
    replan(Set(due.map(\.address)), session)
    // Those that are not wanted any more.
    for key in due where !pendingCopies.contains(key) { failedCopies[key] = nil }
  }
}

// MARK: Asked for

extension ProjectLoop {
  /// Makes the wants of a shot again that are met already.
  func ask(for name: String, _ session: Session) throws(Standing.NameError) {
    for address in try session.standing.addresses(named: name) {
      let planned = session.standing.picture.planner.shots[address]?.wants ?? []
      let met = Set(planned.filter(\.isMet).compactMap(\.key))
      for want in session.standing.picture.wants(of: address) where met.contains(want.key) {
        perform(session.standing.board.ask(for: want), session)
      }
    }
  }
}

extension FileError {
  /// Whether the machine is at fault rather than the shot: it is tried again until it works.
  fileprivate var isOfThisMachine: Bool { ![ENAMETOOLONG, EXDEV, EISDIR, ENOTDIR, EEXIST].contains(code) }
}

extension Duration {
  /// With fractions.
  fileprivate var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
