internal import Engines
internal import Basics
package import JSONText
internal import Planning
internal import ProjectFiles
internal import Watching

/// What other commands ask while this process holds the project.
extension ProjectLoop {
  func answer(_ call: ControlCall, _ reply: @escaping @Sendable (ControlReply) -> Void, _ session: Session) {
    guard isLoaded else { return earlyCalls.append((call, reply)) }
    switch call.name {
    case "sync": sync(untilIdle: call.fields["idle"]?.bool ?? false, reply, session)
    case "again":
      guard let shot = call.fields["shot"]?.string else {
        return reply(.failure(code: "bad-call", message: "`again` needs a shot"))
      }
      do throws(Standing.NameError) {
        try ask(for: shot, session)
        reply(.success(["version": 1]))
      } catch {
        reply(.failure(code: "no-shot", message: error.description))
      }
    case "cancel", "retry", "pause", "resume": steer(call, reply, session)
    case "trust", "approve":
      var answer = session.permit(call)
      if case .success(.object(var fields))? = answer {
        fields["holder"] = isWatching ? "watch" : "make"
        answer = .success(.object(fields))
      }
      reply(answer ?? .failure(code: "failed", message: "it cannot be done here"))
    default:
      if let other = options.others(call) { return reply(other) }
      look(Question(call: call, reply: reply), session)
    }
  }

  /// Says what moved while a signal was dealt with. It comes last, so that nothing that is to begin waits for it.
  func tellFollower(_ session: Session) {
    guard let follower = options.follower, isLoaded else { return }
    if let recounted = session.standing.recounted, !recounted.isEmpty {
      shown.shots.formUnion(recounted)
      shown.overview = true
      session.standing.recounted = []
    }
    if shown.isEmpty { return }
    follower(shown)
    shown = StandingChange()
  }

  /// Answers a call that only looks, once the takes have been read that it is about.
  private func look(_ question: Question, _ session: Session) {
    let unread = question.rounds < Question.mostRounds ? session.standing.unread(askedBy: question.call) : []
    if unread.isEmpty {
      return question.reply(session.standing.answer(question.call, engines: session.engineAnswers()))
    }
    var question = question
    question.unread = Set(unread)
    question.rounds += 1
    questions.append(question)
    for path in unread where !pendingReads.contains(path) { read(path, session) }
  }

  /// Answers those whose takes have been read. What was told of again since is unread again, and read once more.
  func answerQuestions(_ session: Session) {
    let ready = questions.filter { pendingReads.isDisjoint(with: $0.unread) }
    if ready.isEmpty { return }
    questions.removeAll { pendingReads.isDisjoint(with: $0.unread) }
    for question in ready { look(question, session) }
  }

  private func sync(untilIdle: Bool, _ reply: @escaping @Sendable (ControlReply) -> Void, _ session: Session) {
    if !isWatching {
      return reply(.failure(code: "no-watcher", message: "a `reel make` holds this project; it does not watch"))
    }
    do throws(FileError) {
      let name = try SyncFolder.dropCookie(in: session.folder)
      syncs[name] = Sync(untilIdle: untilIdle, reply: reply)
    } catch {
      reply(.failure(code: "failed", message: error.description))
    }
  }
}

extension Standing {
  /// Answers the calls that only look.
  package func answer(_ call: ControlCall, engines: [JSON]) -> ControlReply {
    var addresses: [ShotAddress]?
    do throws(NameError) {
      addresses = try self.addresses(askedBy: call)
      switch call.name {
      case "takes": return .success(takesAnswer(try TakeFilter(call, addresses, in: self)))
      case "take": return .success(try takeAnswer(call))
      default: break
      }
    } catch {
      return .failure(code: "no-shot", message: error.description)
    }
    switch call.name {
    case "plan": return .success(planAnswer())
    case "status": return .success(statusAnswer(engines: engines))
    case "check": return .success(checkAnswer())
    case "health": return .success(healthAnswer(engines: engines))
    case "unneeded": return .success(unneededAnswer())
    case "changes": return changesAnswer(call)
    case "outline": return .success(outlineAnswer())
    case "overview": return .success(overviewAnswer(engines: engines))
    case "cards": return .success(cardsAnswer(call))
    case "loose": return .success(looseAnswer(call))
    case "inbox": return .success(inboxAnswer())
    case "library": return .success(libraryAnswer())
    case "why":
      guard let addresses, !addresses.isEmpty else {
        return .failure(code: "no-shot", message: "`why` needs a shot, such as sequence_001/shot_002")
      }
      return .success(whyAnswer(addresses))
    case "picks": return picksAnswer(addresses ?? [])
    case "hold", "release": return holdAnswer(call)
    case "retake": return retakeAnswer(addresses ?? [], sameSeed: call.fields["sameSeed"]?.bool ?? false)
    case "export", "sheet", "timeline": return handOver(call)
    default: return .failure(code: "bad-call", message: "there is no call `\(TerminalText.escaped(call.name))`")
    }
  }
}

extension Session {
  /// The engines that the project defines or can use: `{"name","type","state","detail"}`.
  package func engineAnswers() -> [JSON] {
    var answers: [JSON] = []
    for engine in engines.byType.values.sorted(by: { $0.type < $1.type }) where engine.isBuiltIn {
      answers.append([
        "name": .string(engine.type), "type": .string(engine.type), "state": "ready", "detail": "built in",
      ])
    }
    let defined = standing.picture.project.engines
    for (name, definition) in defined.sorted(by: { $0.key < $1.key }) {
      var answer: JSONObject = ["name": .string(name), "type": .string(definition.type)]
      for (key, value) in condition(of: definition) { answer[key] = value }
      answers.append(.object(answer))
    }
    return answers
  }

  /// `{"state","detail"}` of an engine, with `workers` where it has some that were asked.
  private func condition(of definition: EngineDefinition) -> JSONObject {
    func says(_ state: String, _ detail: String) -> JSONObject { ["state": .string(state), "detail": .string(detail)] }
    guard let engine = engines.byType[definition.type] else {
      return says(
        "unsupported", "this reel makes nothing with engines of type \(TerminalText.escaped(definition.type))")
    }
    if gate.facts[definition.name].map({ !gate.book.isTrusted($0) }) ?? false {
      return says("untrusted", "reel trust --show says what it would do, reel trust lets it")
    }
    let known = engine.condition(of: definition)
    var answer: JSONObject
    if let away = standing.board.aways[definition.name] {
      answer = says("away", TerminalText.shortened(away.message, to: 400))
    } else if let known {
      answer = says(known.state.rawValue, TerminalText.shortened(known.detail, to: 400))
    } else {
      answer = says("ready", "")
    }
    if let known { answer["workers"] = known.json }
    return answer
  }
}
