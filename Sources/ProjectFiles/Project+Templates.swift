package import Basics

/// Templates and the shots that they make. A shot that is written out under the id of one that would be made stands in its place.
extension Project {
  /// The shot at an address, written or made. A template is none.
  package func shot(at address: ShotAddress) -> Shot? {
    guard let id = address.shot, let sequence = sequences[address.sequence]?.model else { return nil }
    if let written = sequence.shot(id) { return written.isTemplate ? nil : written }
    guard let made = templates.sources(of: address).first,
      var shot = sequence.shot(made.template)?.made(for: made.picture)
    else { return nil }
    if rivals(of: address, in: sequence) != nil { shot.isFaulty = true }
    return shot
  }

  /// The shots of a sequence in the order of the film: those that a template makes stand in its place, in byte order of their
  /// pictures' paths.
  package func shotAddresses(of name: SequenceName) -> [ShotAddress] {
    (sequences[name]?.model?.shots ?? []).flatMap { shot in
      shot.isTemplate ? shots(madeBy: ShotAddress(name, shot.id)) : [ShotAddress(name, shot.id)]
    }
  }

  package func shots(of name: SequenceName) -> [Shot] { shotAddresses(of: name).compactMap { shot(at: $0) } }

  package func isTemplate(_ address: ShotAddress) -> Bool { template(at: address) != nil }

  private func template(at address: ShotAddress) -> Shot? {
    guard let shot = address.shot.flatMap({ sequences[address.sequence]?.model?.shot($0) }) else { return nil }
    return shot.isTemplate ? shot : nil
  }

  /// The shots that a template makes, in byte order of their pictures' paths; each once, and none that is written out.
  package func shots(madeBy template: ShotAddress) -> [ShotAddress] {
    guard let id = template.shot, let sequence = sequences[template.sequence]?.model else { return [] }
    return templates.pictures(of: template).sorted().compactMap { picture in
      let made = MadeShot(template: id, picture: picture)
      let address = ShotAddress(template.sequence, made.id)
      return sequence.shot(made.id) == nil && templates.sources(of: address).first == made ? address : nil
    }
  }

  /// The templates that bear an id, over all sequences.
  package func templates(of id: ShotID) -> [ShotAddress] {
    sequences.keys.map { ShotAddress($0, id) }.filter { isTemplate($0) }.sorted()
  }

  /// The pattern of a template, as it was written.
  package func pattern(of template: ShotAddress) -> String? { self.template(at: template)?.each?.value.text }

  /// Where a shot stands in its sequence: by its own place or its template's, then by its picture. Nil when it is not there.
  package func place(of address: ShotAddress) -> ShotPlace? {
    guard let id = address.shot, let sequence = sequences[address.sequence]?.model else { return nil }
    if let position = sequence.position(of: id) { return ShotPlace(position: position) }
    guard let made = templates.sources(of: address).first, let position = sequence.position(of: made.template) else {
      return nil
    }
    return ShotPlace(position: position, picture: made.picture)
  }
}

/// The place of a shot in its sequence, for ordering.
package struct ShotPlace: Comparable, Sendable {
  var position: Int
  /// For shots that a template makes.
  var picture: ProjectPath?

  package static func < (left: ShotPlace, right: ShotPlace) -> Bool {
    if left.position != right.position { return left.position < right.position }
    guard let a = left.picture, let b = right.picture else { return left.picture == nil && right.picture != nil }
    return a < b
  }
}

// MARK: Following changes

extension Project {
  /// Takes over what a sequence's file says of templates; the file is set already.
  mutating func followTemplates(of name: SequenceName) {
    var patterns: [ShotID: PicturePattern] = [:]
    for shot in sequences[name]?.model?.shots ?? [] where shot.isTemplate { patterns[shot.id] = shot.each?.value }
    templates.set(patterns, of: name) { inputsByFolder[$0] ?? [] }
  }

  /// A picture came or went: the shots that are made of it do, too.
  mutating func followPicture(_ path: ProjectPath, isThere: Bool) -> Set<Touched> {
    var touched: Set<Touched> = []
    // What these shots were twins of matters before and after, and is the same.
    for address in templates.set(path, isThere: isThere) {
      touched.insert(.shot(address))
      for twin in templates.twins(of: address) { touched.insert(.shot(twin)) }
      guard let id = address.shot, sequences[address.sequence]?.model?.shot(id) == nil else { continue }
      let isMade = templates.isMade(address)
      if addresses(of: id).contains(address) != isMade { touched.formUnion(setBearer(address, isMade)) }
    }
    return touched
  }
}

// MARK: What is wrong

extension Project {
  private enum Rivals {
    /// Two pictures of one shot.
    case pictures(ProjectPath, ProjectPath)
    /// Two shots whose takes would have the same names.
    case shots(ShotID, ShotID)
  }

  private func rivals(of address: ShotAddress, in sequence: SequenceFile) -> Rivals? {
    let sources = templates.sources(of: address)
    if sources.count > 1 { return .pictures(sources[0].picture, sources[1].picture) }
    guard let id = address.shot else { return nil }
    if let written = sequence.shot(withTakesLike: id) { return .shots(written, id) }
    let twins = templates.twins(of: address).filter { twin in twin.shot.map { sequence.shot($0) == nil } ?? false }
    if twins.count < 2 { return nil }
    let ids = twins.compactMap(\.shot).sorted()
    return .shots(ids[0], ids[1])
  }

  /// Why a made shot is frozen: its picture's name is too much like another's.
  package func templateFault(at address: ShotAddress) -> Diagnostic? {
    guard let sequence = sequences[address.sequence]?.model,
      let template = templates.sources(of: address).first.flatMap({ sequence.shot($0.template) }),
      let rivals = rivals(of: address, in: sequence)
    else { return nil }
    let message: String
    let label: String
    switch rivals {
    case .pictures(let first, let second):
      message =
        "`\(Self.shown(first.string))` and `\(Self.shown(second.string))` would be the same shot `\(Self.shown(address.shot?.text ?? ""))`"
      label = "rename one of the two pictures, or narrow the pattern"
    case .shots(let first, let second):
      message =
        "the takes of `\(Self.shown(first.text))` and `\(Self.shown(second.text))` would have the same file names"
      label = "rename a picture"
    }
    return Diagnostic(
      .error, "duplicate-id", message, file: template.file, place: place(of: template, label),
      notes: ["what is made of it is frozen until then; nothing was queued or cancelled"])
  }

  /// Templates that make nothing, and pictures whose shot is written out: nothing is wrong with them, but who asks is told.
  package var templateNotes: [Diagnostic] {
    sequences.values.flatMap { reading -> [Diagnostic] in
      guard let sequence = reading.model else { return [] }
      return sequence.shots.filter(\.isTemplate).flatMap { notes(on: $0, sequence) }
    }
  }

  private func notes(on template: Shot, _ sequence: SequenceFile) -> [Diagnostic] {
    guard let each = template.each else { return [] }
    func note(_ code: String, _ message: String, _ label: String) -> Diagnostic {
      Diagnostic(.note, code, message, file: template.file, place: place(of: template, label))
    }
    let pictures = templates.pictures(of: ShotAddress(sequence.name, template.id))
    if pictures.isEmpty {
      let folder = each.value.folder == .root ? "the project folder" : each.value.folder.string
      return [
        note(
          "no-picture",
          "no picture fits `\(Self.shown(each.value.text))`: the template `\(Self.shown(template.id.text))` makes no shot",
          each.value.hasWildcard
            ? "put pictures into \(Self.shown(folder))"
            : "`*` stands for any name: \"\(Self.shown(each.value.text))/*\" for every picture in a folder")
      ]
    }
    return pictures.sorted().compactMap { picture in
      let id = MadeShot(template: template.id, picture: picture).id
      guard sequence.shot(id) != nil else { return nil }
      return note(
        "written-out",
        "`\(Self.shown(id.text))` is written out, so `\(Self.shown(picture.string))` makes no shot of its own",
        "the shot that is written stands in its place")
    }
  }

  /// Where a template's pattern stands.
  private func place(of template: Shot, _ label: String) -> Diagnostic.Place? {
    template.each.flatMap { each in source(of: template.file)?.place(each.range, label: label) }
  }

  private static func shown(_ text: String) -> String { TerminalText.shortened(text, to: 80) }
}
