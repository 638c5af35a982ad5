internal import Basics
internal import JSONText
internal import ProjectFiles

/// Turns a shot's text into requests to engines: inheritance, `@names`, style, references by content.
///
/// Everything that it looks up is noted in `uses`, whether it was there or not, so that the shot is looked at again when it
/// comes, goes or changes.
struct ShotResolver {
  let view: Planner.View
  let forms: EngineForms
  let guesses: Guesses
  let address: ShotAddress
  let shot: Shot
  let sequence: SequenceFile

  var uses = ShotPlan.Uses()
  var diagnostics: [Diagnostic] = []
  /// Something that the shot needs is missing or broken.
  private(set) var isFrozen = false

  init(
    view: Planner.View, forms: EngineForms, guesses: Guesses, address: ShotAddress, shot: Shot, sequence: SequenceFile
  ) {
    self.view = view
    self.forms = forms
    self.guesses = guesses
    self.address = address
    self.shot = shot
    self.sequence = sequence
  }

  /// What one kind of the shot asks of which engine.
  struct Resolved {
    var engine: String
    var form: any EngineForm
    var request: ShotRequest
    /// The engine's part of the recipe.
    var fields: JSONObject
    /// What of it is shared with other recipes.
    var large: (any RecipePart)?
    var seed: UInt64
    var takes: Int
    /// References that are not whole and here yet: the recipe may be known, the take cannot be made.
    var missingContent: PlannedWant.Wait?

    /// The seed of one of the takes, counted from 0. After the last seed comes 0 again, as a seed has 64 bits.
    func seed(of number: Int) -> UInt64 { seed &+ UInt64(number) }
  }

  enum Outcome {
    case resolved(Resolved)
    case waits(PlannedWant.Wait, engine: String)
    case frozen
  }

  /// - Parameter inputs: the kinds that it is made of; their takes are put into the request later.
  mutating func resolve(_ kind: Kind, madeOf inputs: Set<Kind> = []) -> Outcome {
    let settings = view.project.settings(of: sequence, shot, kind)
    let library = library(settings)
    var content = content(settings, library)
    let engine = settings.engine?.value ?? EngineForms.standard
    var form: any EngineForm
    let definition: EngineDefinition?
    switch forms.form(named: engine, in: view.project.engines) {
    case .found(let found, let entry): (form, definition) = (found, entry)
    case .refused(let entry, let message):
      switch entry.origin {
      case .project: report(.error, "bad-engine", message, Origin(entry))
      case .user: report(.error, "bad-engine", "in your config.json: \(message)", Origin(settings.engine))
      }
      return .frozen
    case .unknownType(let type): return isFrozen ? .frozen : .waits(.engine(name: engine, type: type), engine: engine)
    case .unknownName:
      reportUnknownEngine(engine, settings.engine)
      return .frozen
    }
    let workflow = form.usesWorkflows ? self.workflow(settings, form, definition) : nil
    if form.usesWorkflows, !isFrozen { form = form.using(workflow) }
    if isFrozen { return .frozen }
    guard form.kinds.contains(kind) else {
      reportKind(kind, engine, settings, workflow)
      return .frozen
    }
    if isFrozen { return .frozen }
    switch content.wait {
    // Without all hashes there is no recipe.
    case .reading?, .incomplete?: return content.wait.map { .waits($0, engine: engine) } ?? .frozen
    default: break
    }

    var request = ShotRequest(address, kind, settings)
    request.engine = definition
    request.madeOf = inputs
    request.shotName = shot.name
    request.duration = shot.duration
    request.fields = shot.kinds[kind]?.fields ?? [:]
    request.camera = shot.camera
    request.references = content.references
    if let workflow {
      request.workflow = workflow.file
      request.graph = workflow
      request.noteOrigins(settings)
      let pictures = pictures(ofEntriesIn: workflow)
      request.entries = pictures.mapValues(\.references)
      if isFrozen { return .frozen }
      switch pictures.values.lazy.compactMap(\.wait).first {
      case .pointer(let path)?: content.wait = content.wait ?? .pointer(path)
      case let wait?: return .waits(wait, engine: engine)
      case nil: break
      }
    }
    expand(&request, settings, library)
    let parts: RecipeParts
    do throws(RecipeRefusal) {
      parts = try form.parts(for: request)
    } catch {
      let brace = shot.range.lowerBound..<(shot.range.lowerBound + 1)
      report(.error, "refused-by-engine", error.message, Origin(file: shot.file, range: brace))
      return .frozen
    }
    return .resolved(
      Resolved(
        engine: engine, form: form, request: request, fields: parts.fields, large: parts.large,
        seed: settings.seed?.value ?? (address.shot ?? shot.id).seed,
        takes: form.seeding == .none ? 1 : settings.takes?.value ?? 1, missingContent: content.wait))
  }

  /// Whether a kind is asked of anybody: every still is, and what names an engine of its own. Any other kind that merely stands there is
  /// asked of the engine that holds for the shot, if that makes such things: a camera move is for the storyboard as well.
  mutating func isAskedFor(_ kind: Kind) -> Bool {
    if kind == .still { return true }
    if case .set? = shot.kinds[kind]?.settings.engine { return true }
    let settings = view.project.settings(of: sequence, shot, kind)
    let engine = settings.engine?.value ?? EngineForms.standard
    guard case .found(let form, _) = forms.form(named: engine, in: view.project.engines) else { return false }
    if !form.usesWorkflows { return form.kinds.contains(kind) }
    if case .set? = shot.kinds[kind]?.settings.workflow { return true }
    // What is not asked for now may be when the workflow is another one.
    guard let path = settings.workflow?.value ?? form.workflow else { return false }
    uses.paths.insert(path)
    return form.using(view.project.workflows[path]?.model).kinds.contains(kind)
  }

  /// Notes what a kind of the shot would use, and says nothing about it.
  mutating func noteUses(for kind: Kind) {
    let said = diagnostics
    let settings = view.project.settings(of: sequence, shot, kind)
    _ = content(settings, library(settings))
    if let path = settings.workflow?.value { uses.paths.insert(path) }
    diagnostics = said
  }

  mutating func freeze() {
    isFrozen = true
  }
}

extension ShotID {
  /// The seed of a shot that has none written: the first four bytes, big-endian, of SHA-256 of its id. So it stays the same, and
  /// two shots look different.
  var seed: UInt64 {
    Digest(of: Array(text.utf8)).bytes.prefix(4).reduce(0) { $0 << 8 | UInt64($1) }
  }
}

// MARK: Diagnostics

extension ShotResolver {
  /// What in which file said something: where a fault is shown.
  struct Origin {
    var file: ProjectPath
    var range: Range<Int>?

    init(file: ProjectPath, range: Range<Int>? = nil) {
      self.file = file
      self.range = range
    }

    /// The entry of `engines` in project.json.
    init(_ entry: EngineDefinition) {
      self.init(file: ProjectFile.path, range: entry.range)
    }

    init?<Value>(_ sourced: Sourced<Value>?) {
      guard let sourced else { return nil }
      self.init(file: sourced.file, range: sourced.range)
    }
  }

  /// Says what is wrong. An error freezes the shot: nothing is to be made of a text that does not hold together.
  /// - Parameter origin: nil when nobody wrote it; the shot's file is named then.
  mutating func report(
    _ severity: Diagnostic.Severity, _ code: String, _ message: String, _ origin: Origin?, label: String = ""
  ) {
    if severity == .error { isFrozen = true }
    let file = origin?.file ?? shot.file
    let place = origin?.range.flatMap { range in view.project.source(of: file)?.place(range, label: label) }
    var notes = place == nil && !label.isEmpty ? [label] : []
    if severity == .error {
      notes.append("the shots that use it are frozen until then; nothing was queued or cancelled")
    }
    diagnostics.append(Diagnostic(severity, code, message, file: file, place: place, notes: notes))
  }

  private mutating func reportUnknownEngine(_ name: String, _ engine: Sourced<String>?) {
    let known = view.project.engines.keys.sorted() + forms.builtInNames
    let likely = guesses.likely(name, in: ProjectFile.path) { known }
    let listed = known.map { TerminalText.shortened($0, to: 40) }.joined(separator: ", ")
    report(
      .error, "unknown-engine", "there is no engine `\(TerminalText.shortened(name, to: 60))`", Origin(engine),
      label: likely.map { "did you mean `\($0)`?" } ?? "one of \(listed), or define it under `engines` in project.json")
  }
}
