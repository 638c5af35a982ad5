internal import Basics
internal import Planning
internal import ProjectFiles

extension Picture {
  /// What is wrong with a file, as far as no shot is needed to see it.
  func diagnostics(of path: ProjectPath) -> [Diagnostic] {
    switch FileRole(of: path) {
    case .project:
      project.file?.diagnostics ?? [
        Diagnostic(
          .error, "no-project", "project.json is gone", file: path,
          notes: ["all shots are frozen until it is back; nothing was queued or cancelled"])
      ]
    case .sequence(let name): project.sequences[name]?.diagnostics ?? []
    case .shot: project.problems(ofShotFile: path)
    case .entry(let name): project.library[name]?.diagnostics ?? []
    case .ratings(let person): project.ratings[person]?.diagnostics ?? []
    case .workflow: project.workflows[path]?.diagnostics ?? []
    case .misnamed: project.misnamed.contains(path) ? [misnamed(path)] : []
    case .other: ambiguous(path)
    // Told where they are read: nothing of a sidecar that reads badly is kept.
    case .sidecar, .output: []
    }
  }

  private func misnamed(_ path: ProjectPath) -> Diagnostic {
    let name = path.name
    let isConflict =
      name.contains(".sync-conflict-") || name.contains("conflicted copy") || name.contains("(Case Conflict")
      || name.contains("Unicode Encoding Conflict")
    if isConflict {
      return Diagnostic(
        .warning, "conflict-copy", "a sync tool left a conflict copy here; it is not read", file: path,
        notes: ["take over what you need from it, then delete it"])
    }
    let letters =
      switch path.parent?.name {
      case "library": "letters, digits, `-` and `_`, beginning with a letter"
      case "ratings": "letters, digits and `@ . _ + -`"
      default: "letters, digits, `-` and `_`"
      }
    return Diagnostic(
      .warning, "bad-file-name", "a name here is made of \(letters), and ends in `.json`; this file is not read",
      file: path, notes: ["rename it"])
  }

  private func ambiguous(_ path: ProjectPath) -> [Diagnostic] {
    guard let name = project.ambiguousName(of: path) else { return [] }
    return [
      Diagnostic(
        .warning, "ambiguous-image",
        "its name fits several shots or entries called `\(TerminalText.escaped(name))`; it is not used", file: path,
        notes: ["put it into inbox/SEQUENCE/SHOT/, or name it in `references`"])
    ]
  }
}
