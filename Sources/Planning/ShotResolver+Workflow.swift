internal import Basics
internal import ProjectFiles

extension ShotResolver {
  /// The workflow that holds for a kind: the nearest that somebody wrote, else that of the engine's entry. Nil after having said what is
  /// wrong, and nil for an engine that has none, which says so itself.
  mutating func workflow(
    _ settings: ResolvedSettings, _ form: any EngineForm, _ definition: EngineDefinition?
  ) -> Workflow? {
    let entry = definition.flatMap { $0.origin == .project ? Origin($0) : nil } ?? Origin(settings.engine)
    let origin = Origin(settings.workflow) ?? entry
    guard let path = settings.workflow?.value ?? form.workflow else {
      report(
        .error, "missing-workflow", "nobody says which workflow the engine is to use", origin,
        label: "write \"workflow\": \"workflows/NAME.json\"")
      return nil
    }
    uses.paths.insert(path)
    let shown = TerminalText.shortened(path.string, to: 120)
    guard let reading = view.project.workflows[path] else {
      reportMissingWorkflow(path, shown, origin)
      return nil
    }
    guard let workflow = reading.model else {
      // What is wrong with it is said at the file itself.
      freeze()
      return nil
    }
    if !workflow.faults.isEmpty {
      freeze()
      diagnostics += workflow.faults
      return nil
    }
    diagnostics += workflow.remarks
    return workflow
  }

  private mutating func reportMissingWorkflow(_ path: ProjectPath, _ shown: String, _ origin: Origin?) {
    if !Workflow.isPlace(path) {
      report(
        .error, "missing-workflow", "`\(shown)` is no workflow of this project", origin,
        label: "put it into workflows/, with a name that ends in .json")
      return
    }
    // Another file may come that is likelier.
    uses.paths.insert("workflows")
    let likely = guesses.likely(path.string, in: "workflows") { [view] in
      view.project.workflows.keys.map(\.string).sorted()
    }
    report(
      .error, "missing-workflow", "there is no workflow `\(shown)`", origin,
      label: likely.map { "did you mean `\(TerminalText.shortened($0, to: 120))`?" }
        ?? "export one from ComfyUI with File > Export (API), and put it there")
  }

  mutating func reportKind(_ kind: Kind, _ engine: String, _ settings: ResolvedSettings, _ workflow: Workflow?) {
    if let workflow {
      let makes = workflow.kinds.sorted().map(\.name).joined(separator: " and ")
      report(
        .error, "engine-kind",
        "the workflow `\(TerminalText.shortened(workflow.file.string, to: 120))` makes no \(kind)"
          + (makes.isEmpty ? "" : ", but a \(makes)"),
        Origin(settings.workflow) ?? Origin(settings.engine), label: "give the \(kind) another workflow")
    } else {
      report(
        .error, "engine-kind", "the engine `\(TerminalText.shortened(engine, to: 60))` makes no \(kind)",
        Origin(settings.engine), label: "give the \(kind) another engine")
    }
  }

  /// The pictures of the library entries that a workflow names by `@reference:NAME`, whether the shot does or not.
  mutating func pictures(ofEntriesIn workflow: Workflow) -> [String: Content] {
    var found: [String: Content] = [:]
    for (name, range) in workflow.entries {
      let origin = Origin(file: workflow.file, range: range)
      guard let entry = entry(name, as: "@\(name)", origin) else { continue }
      found[name] = content(of: wantedPictures(of: entry))
    }
    return found
  }
}
