internal import Basics
internal import Engines
internal import Glibc
internal import Journal
internal import JSONText
internal import Planning
internal import ProjectFiles
internal import Watching

/// Jobs on their way: queued, handed to an engine, written, done. Each step stands in the journal before it is taken.
extension ProjectLoop {
  func perform(_ actions: [JobBoard.Action], _ session: Session) {
    var queued: [JobBoard.Job] = []
    for action in actions {
      if case .enqueue(let job) = action { queued.append(job) }
    }
    enqueue(queued, session)
    for action in actions {
      switch action {
      case .enqueue: break
      case .drop(let job):
        keep(session) { journal throws(JournalError) in
          try journal.markCancelled(job.id, standsDown: false, message: "no longer wanted", at: FileStamp.now())
        }
        emit(.cancelled(StudioEvent.JobSummary(job), why: "no longer wanted"))
      case .cancel(let job): tasks[job.id]?.cancel()
      case .start(let job): start(job, session)
      case .copy(let want, let take): copy(take, for: want, session)
      case .giveUp(let job, let message):
        keep(session) { journal throws(JournalError) in
          try journal.markFailed(job.id, message, canPass: false, at: FileStamp.now())
        }
        emit(.failed(StudioEvent.JobSummary(job), message: message, retryIn: nil))
        session.standing.recount([job.want.address])
      case .retry(let job, let message, let delay):
        keep(session) { journal throws(JournalError) in
          try journal.markFailed(job.id, message, canPass: true, at: FileStamp.now())
        }
        emit(.failed(StudioEvent.JobSummary(job), message: message, retryIn: delay))
        session.standing.recount([job.want.address])
      }
    }
  }

  private func enqueue(_ jobs: [JobBoard.Job], _ session: Session) {
    if jobs.isEmpty { return }
    didSomething = true
    let now = FileStamp.now()
    keep(session) { journal throws(JournalError) in
      try journal.enqueue(jobs.map { JobRecord($0, queuedAt: now) })
    }
    let changes = jobs.map { StudioEvent.Change(shot: $0.want.address, kind: $0.want.kind, reason: $0.reason) }
    emit(.planned(jobs: jobs.count, changes: changes))
    for job in jobs { emit(.queued(StudioEvent.JobSummary(job))) }
  }

  /// Writes into the journal. A journal that cannot be written (a full disk) is said and the work goes on: what is lost with it
  /// is what a restart would have known, not a take.
  private func keep(_ session: Session, _ write: (JobJournal) throws(JournalError) -> Void) {
    guard let journal = session.journal else { return }
    do throws(JournalError) {
      try write(journal)
    } catch {
      let message = "the journal could not be written: \(error)"
      if journalTrouble != message { emit(.notice(message)) }
      journalTrouble = message
    }
  }

  func start(_ session: Session) {
    let actions = session.standing.board.startable(at: ContinuousClock.now)
    perform(actions, session)
    session.standing.recount(
      actions.compactMap { action in
        if case .start(let job) = action { job.want.address } else { nil }
      })
  }

  private func start(_ job: JobBoard.Job, _ session: Session) {
    keep(session) { journal throws(JournalError) in try journal.markRunning(job.id, at: FileStamp.now()) }
    emit(.started(StudioEvent.JobSummary(job)))
    startTimes[job.id] = ContinuousClock.now
    guard let engine = engines.byType[job.want.engineType] else {
      preconditionFailure("Internal inconsistency: a job for the engine type \(job.want.engineType), which is not here")
    }
    let order = EngineJob(id: job.id, recipe: job.want.recipe, request: job.want.request, project: session.folder)
    let id = job.id
    tasks[id] = Task { [send] in
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

  /// The engine gave its output, or gave up. The output's hash is journaled before the file is written.
  func made(_ id: String, _ result: Result<EngineOutput, EngineError>, _ session: Session) {
    let isCancelled = tasks.removeValue(forKey: id)?.isCancelled ?? false
    didSomething = true
    switch result {
    case .failure(let error):
      if isCancelled { return letGo(id, session) }
      let failure = JobBoard.Failure(message: error.message, canPass: error.canPass)
      perform(session.standing.board.failed(id, failure, at: ContinuousClock.now), session)
    case .success(let output):
      guard let job = session.standing.board.made(id), let writer else { return }
      guard let take = take(of: job, output, session) else {
        let failure = JobBoard.Failure(message: "the engine gave a \(output.type), which is no take", canPass: false)
        return perform(session.standing.board.failed(id, failure, at: ContinuousClock.now), session)
      }
      keep(session) { journal throws(JournalError) in try journal.markWriting(id, JobOutput(take)) }
      tasks[id] = Task { [send] in
        do throws(FileError) {
          try await writer.write(take)
          send.yield(.wrote(id: id, take.path, nil))
        } catch {
          send.yield(.wrote(id: id, take.path, error))
        }
      }
    }
  }

  /// The job was cancelled and its engine let go: its shot is decided anew, since the same recipe may be wanted again by now.
  private func letGo(_ id: String, _ session: Session) {
    startTimes[id] = nil
    guard let job = session.standing.board.cancelled(id) else { return }
    let isLeft = session.standing.board.isStopping
    keep(session) { journal throws(JournalError) in
      if isLeft {
        try journal.backToQueue(id)
      } else {
        try journal.markCancelled(id, standsDown: false, message: "the shot changed while it ran", at: FileStamp.now())
      }
    }
    if !isLeft { emit(.cancelled(StudioEvent.JobSummary(job), why: "the shot changed while it ran")) }
    replan([job.want.address], session)
  }

  private func take(of job: JobBoard.Job, _ output: EngineOutput, _ session: Session) -> TakeWriter.Order? {
    guard let engine = engines.byType[job.want.engineType],
      let ending = TakeName.fileExtension(for: output.type)
    else { return nil }
    let digest = Digest(of: output.bytes)
    let want = job.want
    let name = TakeName(
      shot: want.address.shot, kind: want.kind, fingerprint: want.recipe.fingerprint, output: digest,
      fileExtension: ending)
    var sidecar = Sidecar(
      kind: want.kind, shot: want.address.description, fingerprint: want.recipe.fingerprint, recipe: want.recipe.fields,
      output: Sidecar.Output(
        digest: digest, bytes: output.bytes.count, type: output.type, width: output.width, height: output.height),
      engine: Sidecar.EngineFacts(name: want.engine, type: want.engineType, version: engine.version))
    if !engine.isBuiltIn {
      sidecar.engine.job = job.id
      sidecar.created = Timestamp.rfc3339(FileStamp.now())
      sidecar.seconds = startTimes[job.id].map { ($0.duration(to: ContinuousClock.now).seconds * 10).rounded() / 10 }
    }
    return TakeWriter.Order(
      path: want.address.sequence.folder.appending(name.description), bytes: output.bytes, sidecar: sidecar)
  }

  /// The take is on disk, or could not be written.
  func wrote(_ id: String, _ path: ProjectPath, _ error: FileError?, _ session: Session) {
    tasks[id] = nil
    let seconds = startTimes.removeValue(forKey: id)?.duration(to: ContinuousClock.now).seconds ?? 0
    if let error {
      let failure = JobBoard.Failure(message: error.description, canPass: true, isOfThisMachine: error.isOfThisMachine)
      return perform(session.standing.board.failed(id, failure, at: ContinuousClock.now), session)
    }
    guard let job = session.standing.board.finished(id) else { return }
    keep(session) { journal throws(JournalError) in try journal.markDone(id, at: FileStamp.now()) }
    countFinished()
    emit(.finished(StudioEvent.JobSummary(job), take: path, seconds: seconds))
    lookAtTake(path, session)
    session.standing.recount([job.want.address])
  }

  private func lookAtTake(_ path: ProjectPath, _ session: Session) {
    let files: Set<ProjectPath> = [path, ProjectPath(trusted: path.bytes + ".json".utf8)]
    take(session.standing.picture.look(at: DirtyPaths(files: files), accepting: .asItIs), session)
  }

  // MARK: Copies

  private func copy(_ take: Take, for want: Want, _ session: Session) {
    guard let writer, pendingCopies.insert(want.key).inserted else { return }
    didSomething = true
    let recipe = want.recipe.fields
    Task { [send] in
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
      emit(
        .restored(
          shot: want.address, kind: want.kind, fingerprint: want.recipe.fingerprint, take: path, from: source.path))
      lookAtTake(path, session)
    case .failure(let error):
      // Most likely the source went away: the next look decides.
      emit(.notice("the take \(TerminalText.escaped(source.path.string)) could not be copied: \(error)"))
      take(session.standing.picture.look(at: DirtyPaths(files: [source.path]), accepting: .asItIs), session)
    }
  }

  // MARK: Asked for

  /// Makes the wants of a shot again that are met already.
  func ask(for name: String, _ session: Session) {
    let addresses: [ShotAddress]
    do throws(Standing.NameError) {
      addresses = try session.standing.addresses(named: name)
    } catch {
      return emit(.notice(error.description))
    }
    for address in addresses {
      for planned in session.standing.picture.planner.shots[address]?.wants ?? [] {
        guard case .fresh = planned.state, let want = planned.want else { continue }
        perform(session.standing.board.ask(for: want), session)
      }
    }
  }
}

extension JobRecord {
  init(_ job: JobBoard.Job, queuedAt: Int64) {
    self.init(
      id: job.id, shot: job.want.address.description, kind: job.want.kind.name,
      fingerprint: job.want.recipe.fingerprint,
      recipe: JSON.object(job.want.recipe.fields).compactText, engine: job.want.engine, engineType: job.want.engineType,
      reason: job.reason.sentence, state: .queued, priority: Int64(job.round) << 32 - Int64(job.rank),
      queuedAt: queuedAt)
  }
}

extension FileError {
  /// Whether the machine is at fault rather than the shot: it is tried again until it works.
  var isOfThisMachine: Bool { ![ENAMETOOLONG, EXDEV, EISDIR, ENOTDIR].contains(code) }
}

extension Duration {
  /// With fractions.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}
