internal import Basics
internal import JSONText
internal import Planning
internal import ProjectFiles

/// Which takes somebody asks for, and who asks.
package struct TakeFilter {
  /// Nil for those of all shots, and of shots that are gone.
  var addresses: Set<ShotAddress>?
  var sequence: SequenceName?
  var kind: Kind?
  /// Liked, or disliked, by anybody.
  var isLiked = false
  var isDisliked = false
  /// What lies in the trash, and only that.
  var isRemoved = false
  /// Whose rating `rating` is.
  var person: Person?

  init(_ call: ControlCall, _ addresses: [ShotAddress]?, in standing: Standing) throws(Standing.NameError) {
    self.addresses = addresses.map { Set($0) }
    if let name = call.fields["sequence"]?.string { sequence = try standing.sequence(named: name) }
    if let name = call.fields["kind"]?.string {
      guard let kind = Kind(name) else {
        throw Standing.NameError("`\(TerminalText.escaped(name))` is no kind: still, clip, voice, talk, animatic")
      }
      self.kind = kind
    }
    isLiked = call.fields["liked"]?.bool ?? false
    isDisliked = call.fields["disliked"]?.bool ?? false
    isRemoved = call.fields["removed"]?.bool ?? false
    person = call.fields["person"]?.string.flatMap { Person(stem: $0) }
  }

  /// Whether a take is among those that were asked for, as far as its place, its kind and its ratings say.
  func fits(_ path: ProjectPath, _ kind: Kind, of address: ShotAddress?, in project: Project) -> Bool {
    if let addresses, address.map({ !addresses.contains($0) }) ?? true { return false }
    if let sequence, path.parent != sequence.folder { return false }
    if let wanted = self.kind, wanted != kind { return false }
    if isLiked, !project.isLiked(path) { return false }
    if isDisliked, !project.isDisliked(path) { return false }
    return true
  }
}

extension Standing {
  /// The shots that a call names, all of them in the order of the film; nil when it names none.
  func addresses(askedBy call: ControlCall) throws(NameError) -> [ShotAddress]? {
    let names =
      [call.fields["shot"]?.string].compactMap { $0 } + (call.fields["shots"]?.array ?? []).compactMap(\.string)
    if names.isEmpty { return nil }
    var found: Set<ShotAddress> = []
    for name in names { found.formUnion(try addresses(named: name)) }
    return inFilmOrder(found)
  }

  func sequence(named text: String) throws(NameError) -> SequenceName {
    if let name = SequenceName(text), picture.project.sequences[name] != nil { return name }
    let likely = Likeness.likely(text, among: picture.project.sequences.keys.map(\.text).sorted())
    throw NameError(
      "there is no sequence `\(TerminalText.escaped(text))`" + (likely.map { "; did you mean `\($0)`?" } ?? ""))
  }
}
