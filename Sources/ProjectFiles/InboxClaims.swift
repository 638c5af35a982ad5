package import Basics

/// For whom an image in `inbox/` is meant by its name alone.
///
/// `inbox/shot_002.png`, `inbox/shot_002 anything.jpg` and `inbox/shot_002/x.png` name a shot or an entry;
/// `inbox/sequence_001/shot_002/x.png` (and `inbox/sequence_001/shot_002.png`) name a shot of one sequence.
package struct InboxClaims: Hashable, Sendable {
  /// Ids and entry names that the path may mean, the longest first: `inbox/a b.png` is for `a b` before it is for `a`.
  package var names: [String] = []
  /// A sequence and an id of it, the longest id first.
  package var shots: [ShotAddress] = []

  /// Nil for anything that is no image in `inbox/`.
  package init?(_ path: ProjectPath) {
    let parts = path.parts.map { String(decoding: $0, as: UTF8.self) }
    guard parts.count >= 2, parts[0] == "inbox", path.isImageName else { return nil }
    if parts.count == 2 {
      names = Self.names(of: path.stem)
      return
    }
    names = [parts[1]]
    if let sequence = SequenceName(parts[1]) {
      let ids = parts.count == 3 ? Self.names(of: path.stem) : [parts[2]]
      shots = ids.map { ShotAddress(sequence, ShotID($0)) }
    }
  }

  /// The whole stem, and what stands before each of its spaces.
  private static func names(of stem: String) -> [String] {
    let beginnings = stem.indices.filter { stem[$0] == " " && $0 != stem.startIndex }.map { String(stem[..<$0]) }
    return [stem] + beginnings.reversed()
  }
}
