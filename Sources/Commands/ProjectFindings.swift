internal import Basics
internal import JSONText
internal import Studio

/// What `reel doctor` finds in a project.
struct ProjectFindings {
  let inquiry: Inquiry

  var all: [Finding] {
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
    return [holder, files(answer)].compactMap { $0 } + engines(answer)
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

  private func engines(_ answer: JSON) -> [Finding] {
    (answer["engines"]?.array ?? []).map { engine in
      let state = engine["state"]?.string ?? ""
      let detail = engine["detail"]?.string ?? ""
      let says = TerminalText.escaped(detail.isEmpty ? state : "\(state): \(detail)")
      let subject = "engine \(TerminalText.shortened(engine["name"]?.string ?? "", to: 30))"
      switch state {
      case "ready": return Finding(subject, .ok, says)
      default:
        return Finding(
          subject, .warning, says, fix: engine["fix"]?.string ?? "look at its entry under `engines` in project.json")
      }
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
