package import Basics
package import ProjectFiles

/// Keys that are written and change nothing, because the engine of the shot does not use them.
///
/// They make nothing stale, so nobody is told while working; who asks for all problems is. Goes through the whole project.
package enum IdleKeys {
  /// A note for each place, however many shots inherit it; none for a place that some other shot's engine uses.
  package static func notes(in project: Project, kinds: KindList, forms: EngineForms) -> [Diagnostic] {
    var idle: [Place: (key: String, user: String)] = [:]
    var used: Set<Place> = []
    for name in project.orderedSequences {
      guard let sequence = project.sequences[name]?.model else { continue }
      for shot in sequence.shots {
        for definition in kinds.ordered where definition.scope == .shot && definition.isWanted(shot) {
          let settings = project.settings(of: sequence, shot, definition.kind)
          let engine = settings.engine?.value ?? EngineForms.standard
          var found = forms.form(named: engine, in: project.engines)
          if case .found(let form, let entry) = found, form.usesWorkflows {
            let workflow = (settings.workflow?.value ?? form.workflow).flatMap { project.workflows[$0]?.model }
            // What cannot be used says nothing of keys.
            if workflow?.faults.isEmpty ?? false { found = .found(form.using(workflow), entry) }
          }
          // Nobody is asked for such a kind, so nothing that it says is used.
          if case .found(let form, _) = found, !form.kinds.contains(definition.kind) { continue }
          guard case .found(let form, _) = found, let reads = form.reads else {
            used.formUnion(places(settings).map(\.place))
            continue
          }
          let user =
            form.usesWorkflows
            ? "the workflow `\(TerminalText.escaped((settings.workflow?.value ?? form.workflow)?.string ?? ""))`"
            : "the engine `\(TerminalText.escaped(engine))`"
          var written = places(settings)
          if form.usesWorkflows, let prompt = shot.prompt {
            written.append(("prompt", Place(file: shot.file, range: prompt.range)))
          }
          for (key, place) in written {
            let whole = String(key.prefix { $0 != "." })
            if reads.contains(key) || reads.contains(whole) {
              used.insert(place)
            } else if !shot.isEditors || place.file != shot.file || !shot.range.contains(place.range.lowerBound) {
              // The StoryCore editor writes all keys into each shot, whatever engine there is.
              idle[place] = (form.usesWorkflows ? key : whole, user)
            }
          }
        }
      }
    }
    return idle.filter { !used.contains($0.key) }.compactMap { place, about in
      project.source(of: place.file).map { source in
        Diagnostic(
          .note, "no-effect",
          "`\(TerminalText.shortened(about.key, to: 60))` has no effect: \(about.user) does not use it",
          file: place.file, place: source.place(place.range))
      }
    }
  }

  private struct Place: Hashable {
    var file: ProjectPath
    var range: Range<Int>
  }

  /// The keys that hold, with where they are written. A style and an engine always count: the one goes into the prompt, the other
  /// decides who works.
  private static func places(_ settings: ResolvedSettings) -> [(key: String, place: Place)] {
    var found: [(String, Place)] = []
    func add<Value>(_ key: String, _ value: Sourced<Value>?) {
      if let value { found.append((key, Place(file: value.file, range: value.range))) }
    }
    add("workflow", settings.workflow)
    add("model", settings.model)
    add("negativePrompt", settings.negativePrompt)
    add("references", settings.references)
    add("seed", settings.seed)
    add("takes", settings.takes)
    for (name, parameter) in settings.parameters { add("parameters.\(name)", parameter) }
    add("frame.width", settings.width)
    add("frame.height", settings.height)
    return found
  }
}
