internal import Basics
internal import Engines
internal import JSONText
internal import Journal
internal import Planning
package import ProjectFiles

/// What people say to the work while this process holds the project: `cancel`, `retry`, `pause`, `resume`.
extension ProjectLoop {
  func steer(_ call: ControlCall, _ reply: @Sendable (ControlReply) -> Void, _ session: Session) {
    do throws(Standing.NameError) {
      let shots = try session.standing.addresses(of: call)
      switch call.name {
      case "cancel": reply(.success(cancel(shots, session)))
      case "retry": reply(.success(retry(shots, session)))
      case "pause": reply(.success(pause(session)))
      case "resume": reply(.success(resume(session)))
      default: preconditionFailure("Internal inconsistency: `\(call.name)` does not steer")
      }
    } catch {
      reply(.failure(code: "no-shot", message: error.description))
    }
  }

  /// Ends a job that had not begun, since a person cancelled it.
  func callOff(_ job: JobBoard.Job, _ session: Session) {
    didSomething = true
    clear(job.id, engines.byType[job.want.engineType], session)
    ledger.dropped(job.id, job.want.address.calledOff)
    emit(.cancelled(StudioEvent.JobSummary(job), why: job.want.address.calledOff))
  }

  /// A result that arrived although its job was cancelled meets its want.
  func letUpIfMet(_ id: String, _ session: Session) {
    guard let job = session.standing.board.job(id: id), session.standing.board.standing(job.want.key) != nil else {
      return
    }
    ledger.letUp(job.want.key)
  }

  private func cancel(_ shots: [ShotAddress]?, _ session: Session) -> JSON {
    let plans = session.standing.plans(of: shots)
    let actions = session.standing.board.cancel(plans)
    ledger.standDown(actions.compactMap { action in action.wantStandingDown?.key })
    perform(actions, session)
    session.standing.recount(plans.map(\.address))
    return Standing.cancelAnswer(actions)
  }

  private func retry(_ shots: [ShotAddress]?, _ session: Session) -> JSON {
    let chosen = shots.map { Set($0) }
    let keys = session.standing.board.retry(chosen)
    ledger.keep([]) { journal throws(JournalError) in
      _ = try journal.letUpAll(shots: chosen.map { Set($0.map(\.description)) })
    }
    for key in keys { ledger.forgetBackoff(key) }
    for key in failedCopies.keys where chosen?.contains(key.address) ?? true { failedCopies[key] = nil }
    let answer = session.standing.retryAnswer(keys, areQueued: true)
    let addresses = Set(keys.map(\.address))
    replan(selection.map { addresses.intersection($0) } ?? addresses, session)
    return answer
  }

  private func pause(_ session: Session) -> JSON {
    if !session.standing.board.isPaused {
      session.standing.board.isPaused = true
      didSomething = true
      ledger.keep([]) { journal throws(JournalError) in try journal.pause(at: FileStamp.now()) }
      emit(.paused)
    }
    return session.standing.pauseAnswer()
  }

  private func resume(_ session: Session) -> JSON {
    if session.standing.board.isPaused {
      session.standing.board.isPaused = false
      didSomething = true
      ledger.keep([]) { journal throws(JournalError) in try journal.resume() }
      emit(.resumed)
    }
    return session.standing.pauseAnswer()
  }
}

extension ShotAddress {
  /// Why a job ended that a person cancelled, and how that is taken back.
  package var calledOff: String { "by you; reel retry \(TerminalText.escaped(description)) makes it" }
}
