internal import Basics
internal import JSONText
internal import ProjectFiles

/// Turns a shot's text into requests to engines: inheritance, `@names`, style, references by content.
///
/// Everything that it looks up is noted in `uses`, whether it was there or not, so that the shot is looked at again when it
/// comes, goes or changes.
struct ShotResolver {
  let project: Project
  let forms: EngineForms
  let address: ShotAddress
  let shot: Shot
  let sequence: SequenceFile

  private(set) var uses = ShotPlan.Uses()
  private(set) var diagnostics: [Diagnostic] = []
  /// Something that the shot needs is missing or broken: it is frozen.
  private(set) var isFrozen = false

  init(project: Project, forms: EngineForms, address: ShotAddress, shot: Shot, sequence: SequenceFile) {
    self.project = project
    self.forms = forms
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
    var seed: UInt64
    var takes: Int
    /// References that are not whole and here yet: the recipe may be known, the take cannot be made.
    var missingContent: PlannedWant.Wait?
  }

  enum Outcome {
    case resolved(Resolved)
    case waits(PlannedWant.Wait, engine: String)
    case frozen
  }

  mutating func resolve(_ kind: Kind) -> Outcome {
    let settings = settings(for: kind)
    let engine = settings.engine?.value ?? EngineForms.standard
    let form: any EngineForm
    switch forms.form(named: engine, in: project.file?.model?.engines ?? [:]) {
    case .found(let found): form = found
    case .unknownType(let type):
      return .waits(.engine(name: engine, type: type), engine: engine)
    case .unknownName:
      reportUnknownEngine(engine, settings.engine)
      return .frozen
    }
    guard form.kinds.contains(kind) else {
      report(
        .error, "engine-kind", "the engine `\(engine)` makes no \(kind)", settings.engine?.file, settings.engine?.range,
        label: "give the \(kind) another engine")
      isFrozen = true
      return .frozen
    }

    var request = ShotRequest(address: address, kind: kind, prompt: "")
    request.shotName = shot.name
    request.model = settings.model?.value
    request.workflow = settings.workflow?.value
    request.width = settings.width?.value
    request.height = settings.height?.value
    request.fps = settings.fps?.value
    request.parameters = settings.parameters.mapValues(\.value)
    request.fields = shot.kinds[kind]?.fields ?? [:]
    request.camera = shot.camera
    let names = PromptText(shot.prompt?.value ?? "").entries
    let entries = names.compactMap { entry($0, place: (address.sequence.file, shot.prompt?.range), as: "@\($0)") }
    let style = settings.style.flatMap { style in entry(style.value, place: (style.file, style.range), as: style.value)
    }
    expand(&request, settings, entries: entries, style: style)
    var waits: PlannedWant.Wait?
    request.references = references(settings, entries: entries, waits: &waits)
    if isFrozen { return .frozen }
    if let waits, case .reading = waits { return .waits(waits, engine: engine) }
    if let waits, case .incomplete = waits { return .waits(waits, engine: engine) }
    let fields: JSONObject
    do throws(RecipeRefusal) {
      fields = try form.recipe(for: request)
    } catch {
      report(
        .error, "refused-by-engine", error.message, address.sequence.file,
        shot.range.lowerBound..<shot.range.lowerBound + 1)
      isFrozen = true
      return .frozen
    }
    let count = form.seeding == .none ? 1 : settings.takes?.value ?? 1
    return .resolved(
      Resolved(
        engine: engine, form: form, request: request, fields: fields,
        seed: settings.seed?.value ?? Self.seed(of: address.shot),
        takes: count, missingContent: waits))
  }

  /// The seed of a shot that has none: the first four bytes, big-endian, of SHA-256 of its id.
  static func seed(of id: ShotID?) -> UInt64 {
    let digest = Digest(of: Array((id?.text ?? "").utf8))
    return digest.bytes.prefix(4).reduce(0) { $0 << 8 | UInt64($1) }
  }

  private func settings(for kind: Kind) -> ResolvedSettings {
    var settings = ResolvedSettings()
    if let file = project.file?.model { settings.apply(file.settings, from: ProjectFile.path) }
    settings.apply(sequence.settings, from: address.sequence.file)
    settings.apply(shot.settings, from: address.sequence.file)
    if let request = shot.kinds[kind] { settings.apply(request.settings, from: address.sequence.file) }
    return settings
  }
}

// MARK: Library entries

extension ShotResolver {
  /// The entry of a name, or nil after having said what is wrong.
  private mutating func entry(_ name: String, place: (ProjectPath, Range<Int>?), as written: String) -> LibraryEntry? {
    uses.entries.insert(name)
    guard let reading = project.library[name] else {
      let likely = LikelyName.of(name, among: project.library.keys.sorted())
      let prefix = written.hasPrefix("@") ? "@" : ""
      report(
        .error, "unknown-entry", "there is no library entry `\(written)`", place.0, nameRange(written, in: place),
        label: likely.map { "did you mean `\(prefix)\($0)`?" } ?? "write library/\(name).json, or @@ for a plain @")
      isFrozen = true
      return nil
    }
    guard let entry = reading.model, !entry.isFaulty else {
      isFrozen = true
      return nil
    }
    return entry
  }

  /// Where in a prompt's bytes an `@name` stands, so that the caret points at it and not at the whole prompt.
  private func nameRange(_ written: String, in place: (ProjectPath, Range<Int>?)) -> Range<Int>? {
    guard let range = place.1, written.hasPrefix("@"), let source = source(of: place.0),
      range.upperBound <= source.bytes.count
    else { return place.1 }
    let needle = Array(written.utf8)
    var index = range.lowerBound
    while index + needle.count <= range.upperBound {
      if source.bytes[index] == needle[0], Array(source.bytes[index..<(index + needle.count)]) == needle {
        return index..<(index + needle.count)
      }
      index += 1
    }
    return range
  }

  private func expand(
    _ request: inout ShotRequest, _ settings: ResolvedSettings, entries: [LibraryEntry], style: LibraryEntry?
  ) {
    let texts = Dictionary(entries.map { ($0.name, $0.prompt) }) { first, _ in first }
    var prompt = PromptText(shot.prompt?.value ?? "").expanded { texts[$0] ?? "@\($0)" }
    if let text = style?.prompt, !text.isEmpty { prompt = prompt.isEmpty ? text : "\(prompt), \(text)" }
    request.prompt = prompt
    var negatives: [String] = []
    if let negative = settings.negativePrompt?.value { negatives.append(negative) }
    for entry in [style].compactMap({ $0 }) + entries where !entry.negativePrompt.isEmpty {
      negatives.append(entry.negativePrompt)
    }
    request.negativePrompt = negatives.isEmpty ? nil : negatives.filter { !$0.isEmpty }.joined(separator: ", ")
    // The shot's own parameters stand over the style's.
    for (key, setting) in style?.parameters ?? [:] where request.parameters[key] == nil {
      if let value = setting.value { request.parameters[key] = value }
    }
  }
}

// MARK: References

extension ShotResolver {
  /// The shot's own references, then its images in `inbox/`, then those of the entries in order; each file once.
  private mutating func references(
    _ settings: ResolvedSettings, entries: [LibraryEntry], waits: inout PlannedWant.Wait?
  ) -> [ShotRequest.Reference] {
    var wanted: [(path: ProjectPath, file: ProjectPath?, range: Range<Int>?)] = []
    if let own = settings.references {
      wanted += own.value.map { ($0.value, own.file, $0.range) }
    }
    if shot.usesInbox { wanted += project.inboxImages(of: address).map { ($0, nil, nil) } }
    for entry in entries {
      wanted += entry.references.map { ($0.value, LibraryEntry.path(of: entry.name), $0.range) }
      if entry.usesInbox { wanted += project.inboxImages(ofEntry: entry.name).map { ($0, nil, nil) } }
    }
    var seen: Set<ProjectPath> = []
    var references: [ShotRequest.Reference] = []
    for (path, file, range) in wanted where seen.insert(path).inserted {
      uses.paths.insert(path)
      switch project.content(of: path) {
      case nil: reportMissing(path, file, range)
      case .unread?, .reading?: waits = .reading(path)
      case .incomplete?:
        waits = waits ?? .incomplete(path)
        report(
          .warning, "incomplete-image", "`\(TerminalText.escaped(path.string))` ends in the middle", file, range,
          of: path,
          label: "copy it again; the shot waits until it is whole")
      case .pointer(let digest)?:
        references.append(ShotRequest.Reference(path: path, digest: digest, isHere: false))
        waits = waits ?? .pointer(path)
      case .unreadable(let error)?:
        report(.error, "unreadable-reference", "\(error)", file, range, of: path)
        isFrozen = true
      case .here(_, .unknown)?:
        report(
          .error, "not-an-image", "`\(TerminalText.escaped(path.string))` is no picture, whatever its name says", file,
          range,
          of: path, label: "put a PNG, JPEG, WebP, GIF, TIFF or HEIF there")
        isFrozen = true
      case .here(let digest, _)?:
        references.append(ShotRequest.Reference(path: path, digest: digest))
      }
    }
    return references
  }

  private mutating func reportMissing(_ path: ProjectPath, _ file: ProjectPath?, _ range: Range<Int>?) {
    let neighbours = project.inputs.keys.filter { $0.parent == path.parent }.map(\.name).sorted()
    let likely = LikelyName.of(path.name, among: neighbours)
    report(
      .error, "missing-reference", "there is no file `\(TerminalText.escaped(path.string))`", file, range, of: path,
      label: likely.map { "did you mean `\($0)`?" } ?? "put the file there, or take it out of the list")
    isFrozen = true
  }
}

// MARK: Diagnostics

extension ShotResolver {
  private func source(of file: ProjectPath) -> SourceText? {
    switch FileRole(of: file) {
    case .project: project.file?.source
    case .sequence(let name): project.sequences[name]?.source
    case .entry(let name): project.library[name]?.source
    default: nil
    }
  }

  private mutating func report(
    _ severity: Diagnostic.Severity, _ code: String, _ message: String, _ file: ProjectPath?, _ range: Range<Int>?,
    of path: ProjectPath? = nil, label: String = ""
  ) {
    let place = file.flatMap { source(of: $0) }.flatMap { source in range.map { source.place($0, label: label) } }
    var diagnostic = Diagnostic(severity, code, message, file: file ?? path ?? address.sequence.file, place: place)
    if place == nil, !label.isEmpty { diagnostic.notes.append(label) }
    diagnostics.append(diagnostic)
  }

  private mutating func reportUnknownEngine(_ name: String, _ source: Sourced<String>?) {
    let known = (project.file?.model?.engines.keys.sorted() ?? []) + forms.builtInNames
    let label = LikelyName.of(name, among: known).map { "did you mean `\($0)`?" }
    report(
      .error, "unknown-engine", "there is no engine `\(TerminalText.shortened(name, to: 60))`", source?.file,
      source?.range,
      label: label ?? "one of \(known.joined(separator: ", ")), or define it under `engines` in project.json")
    isFrozen = true
  }
}
