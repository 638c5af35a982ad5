internal import Basics
internal import Engines
internal import JSONText
internal import Journal
internal import Planning
internal import ProjectFiles

/// The calls by which a person lets things start: `trust` and `approve`.
extension Session {
  /// - Returns: nil for any other call.
  package func permit(_ call: ControlCall) -> ControlReply? {
    switch call.name {
    case "trust": trust(call)
    case "approve": approve(call)
    default: nil
    }
  }

  // MARK: Trust

  /// Shows what there is to trust: `{"version":1,"engines":[{"name","type","state","digest","facts":[{"name","value"}]}]}`. With
  /// `accept`, a list of `{"name","digest"}`, those are trusted first, if they still are what was shown.
  private func trust(_ call: ControlCall) -> ControlReply {
    guard journal != nil else { return .failure(code: "failed", message: "trust is kept by who holds the project") }
    guard standing.picture.project.file?.model != nil else {
      return .failure(code: "unreadable", message: "project.json cannot be read: see `reel check`")
    }
    _ = judgeEngines(from: .git)
    let name = call.fields["engine"]?.string
    if let name, gate.facts[name] == nil { return .failure(code: "no-engine", message: refusal(of: name)) }
    for entry in call.fields["accept"]?.array ?? [] {
      guard let engine = entry["name"]?.string, let facts = gate.facts[engine],
        facts.digest.description == entry["digest"]?.string
      else {
        return .failure(
          code: "changed", message: "what it would trust changed while it was shown; nothing was trusted: type it again"
        )
      }
    }
    do throws(JournalError) {
      for entry in call.fields["accept"]?.array ?? [] {
        if let facts = entry["name"]?.string.flatMap({ gate.facts[$0] }) { gate.book.trust(facts) }
      }
      try record([:])
    } catch {
      return .failure(code: "failed", message: error.description)
    }
    // Terms that hold from now on let jobs in; none is withdrawn by them.
    _ = judgeEngines(from: .git)
    let shown = gate.facts.values.filter { name == nil || $0.engine == name }.sorted { $0.engine < $1.engine }
    return .success(["version": 1, "engines": .array(shown.map(trustJSON))])
  }

  private func trustJSON(_ facts: TrustFacts) -> JSON {
    let state = facts.origin == .user ? "own" : gate.book.isTrusted(facts) ? "trusted" : "untrusted"
    return [
      "name": .string(facts.engine), "type": .string(facts.type), "state": .string(state),
      "digest": .string(facts.digest.description),
      "facts": .array(facts.facts.map { ["name": .string($0.name), "value": .string($0.value)] }),
    ]
  }

  private func refusal(of name: String) -> String {
    let shown = TerminalText.shortened(name, to: 40)
    if let engine = standing.picture.project.engines[name] {
      return engines.byType[engine.type] == nil
        ? "this reel makes nothing with engines of type \(TerminalText.shortened(engine.type, to: 40))"
        : "the engine \(shown) is built in and needs no trust"
    }
    if engines.byType[name]?.isBuiltIn == true { return "the engine \(shown) is built in and needs no trust" }
    let likely = Likeness.likely(name, among: gate.facts.keys.sorted())
    return "there is no engine `\(shown)`"
      + (likely.map { "; did you mean `\(TerminalText.escaped($0))`?" } ?? "")
  }

  // MARK: Approval

  /// Lets in what waits for approval, of the shots that are named or of all: exactly the fingerprints that plan shows as waiting at
  /// this moment. What comes up later, or is another recipe by then, is not let in by it.
  /// `{"version":1,"admitted":[{"shot","kind","fingerprint","engine"}],"untrusted":[ENGINE…],"waits":[…]}`
  private func approve(_ call: ControlCall) -> ControlReply {
    guard journal != nil else {
      return .failure(code: "failed", message: "approvals are kept by who holds the project")
    }
    let names = call.fields["shots"]?.array?.compactMap(\.string) ?? []
    var addresses: Set<ShotAddress>?
    do throws(Standing.NameError) {
      for name in names { addresses = (addresses ?? []).union(try self.addresses(namedForApproval: name)) }
    } catch {
      return .failure(code: "no-shot", message: error.description)
    }
    let waiting = standing.board.waitingJobs(of: addresses)
    let admitted = waiting.filter { !(standing.board.admission.mark(Admission.Key($0.job.want))?.isLetIn ?? false) }
    do throws(JournalError) {
      standing.board.approve(admitted.map { Admission.Key($0.job.want) })
      if addresses == nil { try settleLoss() }
      try recordApprovals()
    } catch {
      return .failure(code: "failed", message: error.description)
    }
    let untrusted = Set(waiting.map(\.job.want.engine)).filter { !standing.board.admission.isTrusted($0) }
    return .success([
      "version": 1,
      "admitted": .array(
        admitted.map { entry in
          [
            "shot": .string(entry.job.want.address.description), "kind": .string(entry.job.want.kind.name),
            "fingerprint": .string(entry.job.want.recipe.fingerprint.description),
            "engine": .string(entry.job.want.engine),
          ]
        }),
      "untrusted": .array(untrusted.sorted().map { .string($0) }),
    ])
  }

  /// The shots, and with a sequence's name what it wants itself.
  private func addresses(namedForApproval name: String) throws(Standing.NameError) -> Set<ShotAddress> {
    var found = Set(try standing.addresses(named: name))
    if let address = ShotAddress(name), address.shot == nil { found.insert(address) }
    return found
  }

  private func recordApprovals() throws(JournalError) {
    let marks = standing.board.unwrittenMarks
    try record(marks)
    standing.board.unwrittenMarks = [:]
  }
}
