internal import Basics
internal import Engines
internal import JSONText
internal import ProjectFiles
internal import Studio

/// What `reel doctor` finds in a project.
struct ProjectFindings {
  let inquiry: Inquiry

  func all() async -> [Finding] {
    // Who does not answer in time cannot be asked for more.
    let holder = holder
    if let holder, holder.state == .error { return [holder] + MachineFindings.inotify(folders: nil) }
    let answer: JSON
    do throws(Refusal) {
      answer = try inquiry.ask(ControlCall("health"))
    } catch {
      return [holder, Finding("project", .error, error.message, fix: error.hint)].compactMap { $0 }
        + MachineFindings.inotify(folders: nil)
    }
    let freeDisk = answer["freeDisk"]?.int ?? 0
    return [holder, files(answer)].compactMap { $0 } + (await engines(answer))
      + MachineFindings.inotify(folders: answer["folders"]?.int)
      + [
        MachineFindings.fileSystem(of: inquiry.project), pointers(answer), orphans(answer),
        MachineFindings.disk("disk", inquiry.project, wanted: freeDisk), state(wanted: freeDisk),
      ].compactMap { $0 }
  }

  /// Who works on it. A holder that does not answer stops everybody else.
  private var holder: Finding? {
    guard let places = try? StateFolders(of: Folder(opening: inquiry.project)) else { return nil }
    let nobody = Finding("lock", .ok, "nobody holds this project")
    do throws(HolderLockError) {
      _ = try HolderLock.acquire(at: "\(places.state)/lock")
      return nobody
    } catch {
      switch error {
      case .refused(let reason):
        if reason.isAbsence { return nobody }
        return Finding("lock", .error, "\(error)", fix: "make \(TerminalText.escaped(places.state)) yours to write")
      case .held(let pid):
        if let reply = try? ControlClient.ask(ControlCall("status"), in: places.runtime, patience: Self.patience),
          case .success = reply
        {
          return Finding(
            "lock", .ok, pid.map { "process \($0) works on this project" } ?? "a reel works on this project")
        }
        return Finding(
          "lock", .error, "\(error), and it does not answer", fix: pid.map { "kill \($0)" } ?? "end that process")
      }
    }
  }

  /// Seconds. A holder that is reading a large project for the first time answers after some of them.
  private static let patience = 10

  private func files(_ answer: JSON) -> Finding? {
    let errors = answer["problems"]?["errors"]?.int ?? 0
    let warnings = answer["problems"]?["warnings"]?.int ?? 0
    if errors + warnings == 0 { return Finding("files", .ok, "no problems") }
    let words = [(errors, "error"), (warnings, "warning")].filter { $0.0 > 0 }.map { count($0.0, $0.1) }
    return Finding(
      "files", errors > 0 ? .error : .warning, words.joined(separator: ", "), fix: "reel check shows each with its fix")
  }

  /// Those that have servers are asked now, whatever a watcher knew of them: a person who calls the doctor has just changed something.
  private func engines(_ answer: JSON) async -> [Finding] {
    var findings: [Finding] = []
    for engine in answer["engines"]?.array ?? [] {
      let name = engine["name"]?.string ?? ""
      let subject = "engine \(TerminalText.shortened(name, to: 30))"
      let state = engine["state"]?.string ?? ""
      if let condition = await condition(of: name, state, answer) {
        findings += condition.workers.map { Self.finding(subject, $0) }
        continue
      }
      let detail = engine["detail"]?.string ?? ""
      let says = TerminalText.escaped(detail.isEmpty ? state : "\(state): \(detail)")
      switch state {
      case "ready": findings.append(Finding(subject, .ok, says))
      default:
        findings.append(
          Finding(
            subject, .warning, says, fix: engine["fix"]?.string ?? "look at its entry under `engines` in project.json"))
      }
    }
    return findings
  }

  /// What an engine's servers say; nil for one without, and for one that must not be asked yet.
  private func condition(of name: String, _ state: String, _ answer: JSON) async -> EngineCondition? {
    guard ["ready", "partly", "away"].contains(state),
      let entry = answer["definitions"]?.array?.first(where: { $0["name"]?.string == name }),
      let type = entry["type"]?.string, let definition = entry["definition"]
    else { return nil }
    return await inquiry.engines.byType[type]?.examine(
      EngineDefinition(
        name: name, type: type, definition: definition, origin: entry["isOwn"]?.bool == true ? .user : .project))
  }

  private static func finding(_ subject: String, _ worker: EngineCondition.Worker) -> Finding {
    let says = TerminalText.shortened(worker.detail, to: 300)
    switch worker.state {
    case .ready: return Finding(subject, .ok, says)
    case .partly, .away:
      return Finding(
        subject, .error, says,
        fix: "start ComfyUI there, or put the address that it has under `urls` of the engine")
    }
  }

  /// Takes and references that git-lfs has not brought, and git-lfs itself where the project uses it.
  private func pointers(_ answer: JSON) -> Finding? {
    let pointers = answer["pointers"]?.int ?? 0
    let isUsed = answer["usesLFS"]?.bool == true
    if isUsed || pointers > 0, Programs.find("git-lfs") == nil {
      return Finding(
        "git-lfs", .error, "this project keeps large files with git-lfs, which is not installed",
        fix: "sudo apt install git-lfs && git lfs install && git lfs pull")
    }
    if pointers > 0 {
      return Finding("git-lfs", .warning, "\(count(pointers, "file")) not here yet", fix: "git lfs pull")
    }
    return isUsed ? Finding("git-lfs", .ok, "all files are here") : nil
  }

  private func orphans(_ answer: JSON) -> Finding? {
    let orphans = answer["orphans"]?.array?.compactMap(\.string) ?? []
    guard let first = orphans.first else { return nil }
    return Finding(
      "takes", .warning,
      "\(count(orphans.count, "take")) of shots that no sequence has any more, such as \(TerminalText.escaped(first))",
      fix: "reel gc --takes says what of it nobody needs")
  }

  /// The journal must be written before anything is asked of an engine that costs.
  private func state(wanted: Int) -> Finding? {
    guard let places = try? StateFolders(of: Folder(opening: inquiry.project)) else { return nil }
    return MachineFindings.disk("state", places.state, wanted: min(wanted, 100_000_000))
  }
}
