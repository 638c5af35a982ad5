internal import Basics
internal import Engines
internal import Glibc
internal import JSONText
internal import Studio

/// Gets an answer about a project: from the process that holds it, else by looking at it oneself.
struct Inquiry {
  let project: String
  let engines: EngineList

  enum Source {
    /// From whoever holds the project, else by holding it for a moment.
    case asUsual
    /// From the files alone.
    case cold
    /// Only from a running holder.
    case holderOnly
  }

  func ask(_ call: ControlCall, _ source: Source = .asUsual) throws(Refusal) -> JSON {
    switch source {
    case .cold: return try answer(call, .cold)
    case .holderOnly:
      guard let reply = try askHolder(call) else {
        throw Refusal("no reel watches this project", .noWatcher, hint: "reel watch starts one")
      }
      return reply
    case .asUsual: break
    }
    // Between losing the lock to a holder and that holder's listening lie some milliseconds.
    for attempt in 0..<50 {
      if let reply = try askHolder(call) { return reply }
      if let answer = (try? Folder(opening: project)).flatMap({ RestRecord.answer(call, of: $0) }) { return answer }
      do throws(SessionError) {
        return try answer(call, session: Session(opening: project, hold: .exclusive, engines: engines))
      } catch {
        guard case .held = error.code, attempt < 49 else { throw Refusal(error) }
      }
      usleep(100_000)
    }
    throw Refusal("another reel is at work on this project and does not answer", .held)
  }

  private func askHolder(_ call: ControlCall) throws(Refusal) -> JSON? {
    let reply: ControlReply?
    do throws(FileError) {
      reply = try ControlClient.ask(call, in: StateFolders(of: Folder(opening: project)).runtime)
    } catch {
      throw Refusal("\(error)", .unusable)
    }
    switch reply {
    case nil: return nil
    case .success(let value)?: return value
    case .failure(let code, let message)?: throw Refusal(message, Self.code(of: code))
    }
  }

  private func answer(_ call: ControlCall, _ hold: Session.Hold) throws(Refusal) -> JSON {
    do throws(SessionError) {
      return try answer(call, session: Session(opening: project, hold: hold, engines: engines))
    } catch {
      throw Refusal(error)
    }
  }

  private func answer(_ call: ControlCall, session: Session) throws(SessionError) -> JSON {
    defer { session.leave() }
    try session.load()
    switch try session.steer(call) ?? session.permit(call) ?? session.answer(call) {
    case .success(let value):
      // It takes a walk through the whole tree, which only these calls have a use for.
      let rest = RestRecord.calls.contains(call.name) ? RestRecord(of: session) : nil
      session.close()
      rest?.save()
      return value
    case .failure(let code, let message): throw SessionError(.refused(code: code), message)
    }
  }

  static func code(of failure: String) -> ExitCode {
    switch failure {
    case "no-watcher", "ended": .noWatcher
    case "no-shot", "no-engine", "bad-call": .usage
    default: .failed
    }
  }
}

extension Refusal {
  init(_ error: SessionError) {
    switch error.code {
    case .noProject: self.init(error.description, .noProject)
    case .held:
      self.init(error.description, .held, hint: "reel sync --idle waits until a watcher has nothing left to do")
    case .unusable: self.init(error.description, .unusable)
    case .refused(let code): self.init(error.description, Inquiry.code(of: code))
    }
  }
}
