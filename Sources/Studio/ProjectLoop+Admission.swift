internal import Basics
internal import Engines
internal import Journal
internal import Planning
internal import ProjectFiles

/// What may start on engines that cost: found out after each look, written down, told, and only then queued.
extension ProjectLoop {
  /// A look whose origin is not known yet.
  struct Unweighed {
    var addresses: Set<ShotAddress>
    var oldest: Int64?
  }

  /// Notes what a look touched; it is weighed by `admit`, later while git is about to move HEAD.
  func noteForAdmission(_ look: Picture.Look, _ session: Session) {
    if session.engines.byType.values.allSatisfy(\.isBuiltIn) { return }
    unweighed.append(Unweighed(addresses: look.replanned, oldest: look.oldestChange))
  }

  func admit(_ session: Session) {
    guard isLoaded, session.journal != nil else { return }
    weigh(session)
    if !unweighed.isEmpty { return }
    var admitted = session.standing.board.admit(at: .now)
    do throws(JournalError) {
      try session.record(admitted.marks)
      isAdmissionTroubled = false
    } catch {
      // Nothing that costs starts either while the journal cannot be written; it is written with the next decision.
      session.standing.board.unwrittenMarks.merge(admitted.marks) { newer, _ in newer }
      if !isAdmissionTroubled { emit(.notice("what may start could not be written down: \(error)")) }
      isAdmissionTroubled = true
    }
    tell(admitted.newlyWaiting)
    perform(admitted.actions, session)
    admitted.addresses.formUnion(admitted.actions.compactMap(\.enqueued))
    session.standing.recount(admitted.addresses)
  }

  private func weigh(_ session: Session) {
    if unweighed.isEmpty { return }
    let now = ContinuousClock.now
    if let delay = Provenance.settled(after: session.gate.head, at: FileStamp.now()), hasCostlyEngines(session) {
      // Who has git at work all the time waits for this long, and no longer.
      let last = weighingDeadline.last ?? now + .seconds(4)
      if now < last {
        weighingDeadline = (min(now + delay, last), last)
        return
      }
    }
    weighingDeadline = (nil, nil)
    let isFirst = !hasWeighed
    hasWeighed = true
    for look in unweighed { perform(session.weigh(look.addresses, oldest: look.oldest), session) }
    unweighed = []
    if isFirst {
      session.forgetOldAdmissions()
      for notice in session.notices where !toldNotices.contains(notice) { emit(.notice(notice)) }
    }
  }

  private func hasCostlyEngines(_ session: Session) -> Bool {
    session.standing.picture.project.engines.values.contains {
      session.engines.byType[$0.type].map { !$0.isBuiltIn } ?? false
    }
  }

  private func tell(_ groups: [Admission.WaitGroup: [WantKey]]) {
    let sentences = groups.map { group, keys in group.sentence(shots: Set(keys.map(\.address)).count) }
    for sentence in sentences.sorted() {
      didSomething = true
      emit(.waiting(message: sentence))
    }
  }

  /// Before jobs are given to engines that cost: whether they are still what was trusted, and whether there is room for what they
  /// make. A full disk is looked at again and again while jobs wait for it, every few seconds.
  func checkCostlyEngines(_ session: Session) {
    session.standing.board.isWeighing = !unweighed.isEmpty
    if !unweighed.isEmpty { return }
    let names = session.standing.board.costlyEnginesWithWork
    if names.isEmpty {
      diskCheck = nil
      session.standing.board.isShortOfDisk = false
      return
    }
    // Also those whose engine turned out not to know what an earlier run had left with it.
    let withdrawn = session.judgeAgain(names) + names.flatMap { session.standing.board.withdraw(from: $0) }
    if !withdrawn.isEmpty {
      perform(withdrawn, session)
      admit(session)
    }
    if let diskCheck, diskCheck > .now { return }
    let limit = session.standing.picture.project.file?.model?.limits.freeDisk ?? Limits().freeDisk
    let folders = [session.folder.path] + (session.places.map { [$0.state] } ?? [])
    let shortage = FreeDisk.shortage(of: limit, in: folders)
    let wasShort = session.standing.board.isShortOfDisk
    session.standing.board.isShortOfDisk = shortage != nil
    diskCheck = shortage == nil ? nil : .now + Self.diskPause
    if let shortage, !wasShort {
      didSomething = true
      emit(.waiting(message: Admission.diskSentence(free: shortage.free, limit: limit, at: shortage.path)))
    }
    if (shortage != nil) != wasShort { session.standing.recount(session.standing.board.queuedAddresses(for: names)) }
  }

  /// Room comes by somebody's clearing up; nobody minds some seconds.
  private static let diskPause = Duration.seconds(3)
}

extension JobBoard.Action {
  fileprivate var enqueued: ShotAddress? {
    if case .enqueue(let job) = self { job.want.address } else { nil }
  }
}
