internal import Basics
internal import Engines
internal import Planning
package import ProjectFiles

/// How things stand: the picture of the folder and the board of jobs, for everyone who asks.
package struct Standing {
  package var picture: Picture
  package var board: JobBoard
  /// The state of each shot, kept up to date with the shots that changed, so that counting costs nothing.
  package private(set) var states: [ShotAddress: ShotState] = [:]
  package private(set) var counts = Counts()
  /// The shots that were looked at again since somebody took this; nil while nobody wants to know.
  var recounted: Set<ShotAddress>?

  package init(picture: Picture, board: JobBoard) {
    self.picture = picture
    self.board = board
  }

  /// Looks again at the states of some shots.
  package mutating func recount(_ addresses: some Sequence<ShotAddress>) {
    recounted?.formUnion(addresses)
    for address in addresses {
      if let before = states[address] { counts[before] -= 1 }
      let after = picture.planner.shots[address].flatMap { plan in
        // A sequence counts by itself only when its shots cannot be known.
        address.shot != nil || picture.project.sequences[address.sequence]?.model == nil ? board.state(of: plan) : nil
      }
      states[address] = after
      if let after { counts[after] += 1 }
    }
  }

  /// Shots in the order of the film: by sequence, then as they stand in the file; a sequence goes before its shots. What is gone
  /// comes last. The cost grows with the sequences that are named, not with the project.
  package func inFilmOrder(_ addresses: some Sequence<ShotAddress>) -> [ShotAddress] {
    let groups = Dictionary(grouping: addresses, by: \.sequence)
    let ordered = groups.keys.sorted { left, right in
      let (a, b) = (place(of: left), place(of: right))
      return a != b ? a < b : left < right
    }
    return ordered.flatMap { name -> [ShotAddress] in
      guard let group = groups[name], group.count > 1 else { return groups[name] ?? [] }
      // Places are looked up once for each, not at each comparison.
      let placed = group.map { (address: $0, place: picture.project.place(of: $0)) }
      let sorted = placed.sorted { left, right in
        // A sequence goes before its shots.
        if left.address.shot == nil || right.address.shot == nil {
          return left.address.shot == nil && right.address.shot != nil
        }
        switch (left.place, right.place) {
        case (let a?, let b?): return a < b
        case (nil, nil): return left.address < right.address
        case (let a, _): return a != nil
        }
      }
      return sorted.map(\.address)
    }
  }

  /// By `order`; those without one after all others, those that are gone after these.
  private func place(of name: SequenceName) -> (Int, Double) {
    guard let reading = picture.project.sequences[name] else { return (2, 0) }
    return reading.model?.order.map { (0, $0) } ?? (1, 0)
  }

  package var addressesInFilmOrder: [ShotAddress] { inFilmOrder(picture.planner.shots.keys) }

  /// The shot that a person named: `sequence_001/shot_002`, or `shot_002` where that is unambiguous; a sequence's name means all
  /// its shots, a template's those that it makes.
  package func addresses(named text: String) throws(NameError) -> [ShotAddress] {
    if let address = ShotAddress(text) {
      if address.shot != nil, picture.planner.shots[address] != nil { return [address] }
      if address.shot == nil, picture.project.sequences[address.sequence] != nil {
        return inFilmOrder(picture.planner.shots.keys.filter { $0.sequence == address.sequence })
      }
      if picture.project.isTemplate(address) { return try shots(madeBy: address) }
    }
    let templates = picture.project.templates(of: ShotID(text))
    let bearers = picture.project.addresses(of: ShotID(text)).union(templates).sorted()
    if bearers.count == 1 { return templates.isEmpty ? bearers : try shots(madeBy: bearers[0]) }
    if bearers.count > 1 {
      throw NameError(
        "`\(TerminalText.escaped(text))` is in several sequences: write "
          + bearers.map { TerminalText.escaped($0.description) }.joined(separator: " or "))
    }
    let known = picture.planner.shots.keys.sorted()
    let likely =
      Likeness.likely(text, among: known.compactMap { $0.shot?.text })
      ?? Likeness.likely(text, among: known.map(\.description))
    let broken = picture.project.sequences.filter { $0.value.model == nil }.keys.sorted()
    if let first = broken.first {
      throw NameError(
        "there is no shot `\(TerminalText.escaped(text))` in the files that can be read, and \(first.file) cannot: see `reel check`"
      )
    }
    throw NameError(
      "there is no shot `\(TerminalText.escaped(text))`"
        + (likely.map { "; did you mean `\(TerminalText.escaped($0))`?" } ?? ""))
  }

  private func shots(madeBy template: ShotAddress) throws(NameError) -> [ShotAddress] {
    let shots = picture.project.shots(madeBy: template)
    if !shots.isEmpty { return shots }
    throw NameError(
      "`\(TerminalText.escaped(template.description))` is a template, and no picture fits "
        + "`\(TerminalText.shortened(picture.project.pattern(of: template) ?? "", to: 80))`: it makes no shot")
  }

  package struct NameError: Error, Hashable, Sendable, CustomStringConvertible {
    package var description: String

    init(_ description: String) {
      self.description = description
    }
  }
}
