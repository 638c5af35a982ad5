package import Basics
internal import JSONText
package import ProjectFiles

/// `pick` in a sequence file: which take a shot uses for a kind.
extension SequenceEdit {
  /// - Parameters:
  ///   - file: the take's name in the sequence's folder.
  ///   - before: the pick that this was decided on; nil when there was none.
  /// - Returns: the file that holds the shot.
  @discardableResult
  package func pick(_ file: String, for kind: Kind, from before: String?) throws(SequenceEditError) -> ProjectPath {
    try change { shot throws(SequenceEditError) in
      try check(shot, kind, before)
      return try shot.editing { text, steps throws(JSONEditError) in
        let pick = steps + [.key("pick")]
        // `null` stands for no picks: an object takes its place.
        if shot.node["pick"]?.isNull ?? false {
          return try text.setting(pick, to: .object([kind.name: .string(file)]))
        }
        return try text.setting(pick + [.key(kind.name)], to: .string(file))
      }
    }
  }

  /// Takes picks out, and an object that held nothing else, too.
  /// - Parameter picks: the kinds, each with the pick that this was decided on.
  /// - Returns: the file that holds the shot.
  @discardableResult
  package func unpick(_ picks: [Kind: String]) throws(SequenceEditError) -> ProjectPath {
    try change { shot throws(SequenceEditError) in
      for (kind, before) in picks { try check(shot, kind, before) }
      let names = Set(picks.keys.map(\.name))
      let others = (shot.node["pick"]?.members.map(\.key) ?? []).filter { !names.contains($0) }
      return try shot.editing { text, steps throws(JSONEditError) in
        let pick = steps + [.key("pick")]
        if others.isEmpty { return try text.removing(pick) }
        var document = text
        for name in names.sorted() {
          let bytes = try document.removing(pick + [.key(name)])
          guard let next = try? JSONDocument(parsing: bytes) else {
            preconditionFailure("Internal inconsistency: a text without one of its members is no JSON")
          }
          document = next
        }
        return document.bytes
      }
    }
  }

  /// Takes out all picks of one file, whatever they said before.
  package func unpick(of file: String) throws(SequenceEditError) {
    var picks: [Kind: String] = [:]
    try change { shot throws(SequenceEditError) in
      let members = shot.node["pick"]?.members.filter { $0.value.string == file } ?? []
      for kind in members.compactMap({ Kind($0.key) }) { picks[kind] = file }
      return shot.document.bytes
    }
    if !picks.isEmpty { try unpick(picks) }
  }

  private func check(_ shot: WrittenShot, _ kind: Kind, _ before: String?) throws(SequenceEditError) {
    let current = shot.node["pick"]?[kind.name].flatMap { $0.isNull ? nil : $0.value } ?? .null
    if current == before.map({ JSON.string($0) }) ?? .null { return }
    throw SequenceEditError(
      "the pick of \(TerminalText.escaped(address.description)) was changed meanwhile; nothing was changed",
      isLate: true)
  }
}
