internal import Basics
internal import JSONText
internal import Journal
internal import Planning
internal import ProjectFiles
internal import Watching

/// From what moved to what is planned.
extension ProjectLoop {
  func handle(_ event: WatchEvent, _ session: Session) {
    switch event {
    case .watching(let count): folders = count
    case .limited(let limit): emit(.notice("\(limit)"))
    case .rootGone: ending.cause = .rootGone
    case .dirty(let dirty):
      hear(dirty, session)
      unseen.formUnion(dirty)
      lookUnlessGitWorks(session)
    }
  }

  /// Half a checkout is no state that anyone meant. What comes meanwhile waits too, and is looked at together with what waited before:
  /// who syncs finds all that was saved earlier.
  private func lookUnlessGitWorks(_ session: Session) {
    if unseen.isEmpty { return }
    if gitWait?.isHeld() ?? false {
      if isWaitingForGit { return }
      isWaitingForGit = true
      Task { [send, gitWait, check = options.settling.heldCheck] in
        while gitWait?.isHeld() ?? false { try? await Task.sleep(for: check) }
        send.yield(.gitRests)
      }
      return
    }
    let dirty = unseen
    unseen = DirtyPaths()
    take(session.standing.picture.look(at: dirty, accepting: acceptance), session)
    for name in dirty.cookies where syncs[name] != nil {
      syncs[name]?.isSeen = true
      try? SyncFolder.removeCookie(name, in: session.folder)
    }
  }

  func gitRests(_ session: Session) {
    isWaitingForGit = false
    lookUnlessGitWorks(session)
  }

  /// Any news but "look at everything" shows that the file system tells of changes.
  private func hear(_ dirty: DirtyPaths, _ session: Session) {
    guard let probe, !dirty.everything || dirty.cookies.contains(probe.cookie) else { return }
    self.probe = nil
    try? SyncFolder.removeCookie(probe.cookie, in: session.folder)
  }

  /// Only a watcher can wait for files that are broken or gone: it is told when they come.
  var acceptance: Picture.Acceptance { isWatching && isLoaded ? .whole : .asItIs }

  /// Acts on what a look found: problems told, files waited for, large ones read beside, jobs planned.
  func take(_ look: Picture.Look, _ session: Session) {
    let now = ContinuousClock.now
    // In this order: a file may be seen well and then, when a shot turns out to use it, be found cut off.
    if !patience.isEmpty { for path in look.settled { patience.note(path, .settled, at: now) } }
    for (path, finding) in look.unsettled { patience.note(path, finding, at: now) }
    for path in look.toRead { read(path, session) }
    session.standing.recount(look.replanned)
    if options.follower != nil { shown.form(look.shown) }
    if !isLoaded { load(session) }
    // What was found goes first: a file is not valid again when one fault took another's place.
    for problem in look.problems.found { emit(.problem(problem)) }
    for problem in look.problems.solved { emit(.solved(problem)) }
    tellPointers(session)
    noteForAdmission(look, session)
    replan(selection.map { look.replanned.intersection($0) } ?? look.replanned, session)
    abandonGone(session)
  }

  /// The project was read for the first time.
  private func load(_ session: Session) {
    isLoaded = true
    if case .make(let shots) = options.mode {
      select(shots, session)
      letUpFailures(session)
    }
    tellLoaded(session)
    if session.standing.board.isPaused { emit(.paused) }
    probe(session)
    if let again = options.again {
      do throws(Standing.NameError) {
        try ask(for: again, session)
      } catch {
        refuse(error)
      }
    }
    for (call, reply) in earlyCalls { answer(call, reply, session) }
    earlyCalls = []
  }

  private func select(_ shots: [String], _ session: Session) {
    if shots.isEmpty { return }
    var chosen: Set<ShotAddress> = []
    for name in shots {
      do throws(Standing.NameError) {
        chosen.formUnion(try session.standing.addresses(named: name))
      } catch {
        refuse(error)
      }
    }
    selection = chosen
  }

  private func refuse(_ error: Standing.NameError) {
    emit(.notice(error.description))
    ending.unknown += 1
    session?.standing.board.stop()
    stopping = .finishing
  }

  /// Who asks for shots to be made wants those that failed tried again, too.
  private func letUpFailures(_ session: Session) {
    session.standing.board.letUpFailures(of: selection)
    do throws(JournalError) {
      _ = try session.journal?.letUpFailures(shots: selection.map { Set($0.map(\.description)) })
    } catch {
      emit(.notice("\(error)"))
    }
    session.standing.recount(session.standing.states.keys)
  }

  private func tellLoaded(_ session: Session) {
    let watched = ["project.json", "sequences", "shots", "inbox", "library", "workflows"].filter { name in
      let looked = try? session.folder.look(at: ProjectPath(trusted: name))
      return isWatching && looked != nil
    }
    let project = session.standing.picture.project
    emit(
      .loaded(
        StudioEvent.Loaded(
          name: session.standing.picture.name,
          sequences: project.sequences.count, counts: session.standing.counts, watched: watched, folders: folders)))
  }

  /// Reads a file on a thread beside, once at a time.
  func read(_ path: ProjectPath, _ session: Session) {
    guard pendingReads.insert(path).inserted else {
      staleReads.insert(path)
      return
    }
    Task { [send, reader, folder = session.folder] in
      let began = FileStamp.now()
      send.yield(.read(path, await reader.read(path, in: folder), since: began))
    }
  }

  /// A file has been read. Where it was told of meanwhile, and its stamp does not show that it is as it was, it is read once more:
  /// a change of the same size within one tick of the clock shows nowhere else, and nobody would tell of it again.
  func took(_ input: InputFile?, readAt path: ProjectPath, since began: Int64, _ session: Session) {
    pendingReads.remove(path)
    if staleReads.remove(path) != nil, !(input?.stamp.isSettled(at: began) ?? false) {
      return read(path, session)
    }
    take(session.standing.picture.take(input, readAt: path, since: began, accepting: acceptance), session)
  }

  /// Files that were waited for long enough count as they are.
  func settleWaits(_ session: Session) {
    if patience.isEmpty { return }
    let due = patience.due(at: ContinuousClock.now, isHeld: git.isBusy)
    if due.isEmpty { return }
    let files = Set(due.reportBroken + due.gone)
    take(session.standing.picture.look(at: DirtyPaths(files: files), accepting: .asItIs), session)
  }

  func replan(_ addresses: Set<ShotAddress>, _ session: Session) {
    // A shot of a file that cannot be read may be wanted still: nothing of it is cancelled.
    let addresses = addresses.filter { !session.standing.picture.planner.isUndecided($0) }
    if addresses.isEmpty { return }
    let plans = session.standing.inFilmOrder(addresses).map { address in
      (address: address, plan: plan(of: address, session))
    }
    for entry in plans {
      tellWaits(entry.plan)
      tellMet(entry.address, entry.plan)
    }
    perform(session.standing.board.replan(plans), session)
    session.standing.recount(addresses)
  }

  /// What is decided of a shot; where an earlier run left a job of a want that is met, with all that this job needs.
  private func plan(of address: ShotAddress, _ session: Session) -> ShotPlan? {
    let picture = session.standing.picture
    guard var plan = picture.planner.shots[address] else { return nil }
    for (place, planned) in plan.wants.enumerated() where planned.isMet {
      guard let key = planned.key, session.standing.board.isExpected(key) else { continue }
      plan.wants[place].complete(with: picture.wants(of: address))
    }
    return plan
  }

  /// A save that leads back to a take which is there already is answered with it: without a word it would look overlooked.
  private func tellMet(_ address: ShotAddress, _ plan: ShotPlan?) {
    var now: Few<ProjectPath>?
    for planned in plan?.wants ?? [] {
      guard case .fresh(let take) = planned.state, let key = planned.key else { continue }
      now = now?.inserting(take.path) ?? .one(take.path)
      let isNews = met[address].map { !($0?.contains(take.path) ?? false) } ?? false
      guard isNews, isWatching, !ours.contains(take.path), !pendingCopies.contains(key) else { continue }
      didSomething = true
      emit(
        .restored(
          shot: address, kind: key.kind, fingerprint: key.fingerprint, take: take.path,
          from: .take(take.path)))
    }
    // Of a shot that is new nothing stands there, and that it is met is no news.
    met[address] = plan.map { _ in now }
  }

  /// What a want waits for, said once for each thing that is waited for.
  private func tellWaits(_ plan: ShotPlan?) {
    guard let plan, !plan.isHeld, !plan.isFrozen else { return }
    for planned in plan.wants {
      guard case .waits(let wait) = planned.state else { continue }
      switch wait {
      case .engine: if toldWaits.insert(wait.sentence).inserted { emit(.waiting(message: wait.sentence)) }
      // Said for all pointers at once.
      case .pointer: continue
      case .input, .reading, .incomplete: continue
      }
    }
  }

  /// What git-lfs has not brought, said once in one sentence; again only when there is more of it.
  private func tellPointers(_ session: Session) {
    let changes = session.standing.picture.pointers.changes
    if changes == toldPointers.changes { return }
    let pointers = session.standing.picture.pointersInUse
    defer { toldPointers = (changes, pointers.count) }
    guard pointers.count > toldPointers.count, let sentence = pointers.sentence else { return }
    emit(.waiting(message: sentence))
  }
}

/// Coming to rest.
extension ProjectLoop {
  /// Answers those who waited for rest, and says once that all that was seen is done.
  func rest(_ session: Session) {
    guard isLoaded, patience.isEmpty, pendingReads.isEmpty, pendingCopies.isEmpty, pendingStores == 0 else { return }
    let isIdle = session.standing.board.isIdle && unweighed.isEmpty
    // Before anyone is answered: who waited for rest finds all that happened already told.
    if isIdle, stopping == nil { tellRest(session) }
    for (name, sync) in syncs where sync.isSeen && (isIdle || !sync.untilIdle) {
      syncs[name] = nil
      sync.reply(.success(["version": 1]))
    }
  }

  private func tellRest(_ session: Session) {
    session.saveIndex()
    if lastIdle == session.standing.counts, !didSomething { return }
    lastIdle = session.standing.counts
    didSomething = false
    emit(.idle(session.standing.counts))
  }

  /// Wakes the loop when something that waits for a time comes due.
  func setTimer(_ session: Session) {
    let copies = failedCopies.values.map(\.retryAt).min()
    let deadline = [
      patience.nextDeadline, session.standing.board.nextDeadline, copies, probe?.deadline, diskCheck,
      weighingDeadline.next,
    ].compactMap {
      $0
    }.min()
    if timer?.deadline == deadline { return }
    timer?.task.cancel()
    timer = deadline.map { deadline in
      let task = Task { [send] in
        try? await Task.sleep(until: deadline)
        if !Task.isCancelled { send.yield(.tick) }
      }
      return (deadline, task)
    }
  }
}
