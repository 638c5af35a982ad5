package import Basics

/// The name of a sequence: the stem of its file, such as `sequence_001`. Safe as a file name by the rule for such files.
package struct SequenceName: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let text: String

  /// Nil unless the text is `[A-Za-z0-9_-]+`.
  package init?(_ text: String) {
    guard !text.isEmpty, text.utf8.count <= 200, text.utf8.allSatisfy(Self.isAllowed) else { return nil }
    self.text = text
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  package var description: String { text }

  /// The file people write: `sequences/sequence_001.json`.
  package var file: ProjectPath { ProjectPath(trusted: "sequences/\(text).json") }

  /// The folder of its takes: `sequences/sequence_001`.
  package var folder: ProjectPath { ProjectPath(trusted: "sequences/\(text)") }

  /// Whose takes lie in a folder; nil when it is no sequence's.
  package init?(folder: ProjectPath) {
    let prefix = "sequences/".utf8
    guard folder.bytes.starts(with: prefix),
      let name = String(validating: folder.bytes.dropFirst(prefix.count), as: UTF8.self)
    else { return nil }
    self.init(name)
  }

  package static func < (left: SequenceName, right: SequenceName) -> Bool { left.text < right.text }
}

/// The `id` of a shot, unique in its sequence. Any text that a person writes; compared by its bytes.
package struct ShotID: Sendable, CustomStringConvertible {
  package let text: String

  package init(_ text: String) {
    self.text = text
  }

  package var description: String { text }

  /// The id as a part of file names: itself where it is safe everywhere, else its safe characters and a hash of the whole.
  ///
  /// Safe means `[A-Za-z0-9_-]`, at most 64 characters, and no name that Windows keeps for devices. `a/b` becomes
  /// `a_b-c14cddc0`: stable, and never the name of another id.
  package var fileName: String {
    if SequenceName(text) != nil, text.utf8.count <= 64, !Self.isDeviceName(text) { return text }
    let safe = text.unicodeScalars.prefix(32).map { scalar in
      scalar.isASCII && SequenceName(String(scalar)) != nil ? String(scalar) : "_"
    }
    return safe.joined() + "-" + Digest(of: Array(text.utf8)).short
  }

  private static func isDeviceName(_ text: String) -> Bool {
    if !(3...4).contains(text.utf8.count) { return false }
    let name = text.lowercased()
    if ["con", "prn", "aux", "nul"].contains(name) { return true }
    return name.count == 4 && (name.hasPrefix("com") || name.hasPrefix("lpt")) && name.last?.isNumber == true
  }
}

extension ShotID: Hashable, Comparable {
  package static func == (left: ShotID, right: ShotID) -> Bool { left.text.hasSameBytes(as: right.text) }

  package func hash(into hasher: inout Hasher) { text.hashBytes(into: &hasher) }

  package static func < (left: ShotID, right: ShotID) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}

/// What takes are made for: a shot, `sequence_001/shot_002`, or a whole sequence, `sequence_001`, for its animatic.
package struct ShotAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var sequence: SequenceName
  /// Nil for what belongs to the sequence as a whole.
  package var shot: ShotID?

  package init(_ sequence: SequenceName, _ shot: ShotID?) {
    self.sequence = sequence
    self.shot = shot
  }

  /// Reads `sequence_001/shot_002` or `sequence_001`; everything after the first `/` is the shot's id.
  package init?(_ text: String) {
    guard let slash = text.firstIndex(of: "/") else {
      guard let sequence = SequenceName(text) else { return nil }
      self.init(sequence, nil)
      return
    }
    guard let sequence = SequenceName(String(text[..<slash])) else { return nil }
    let id = text[text.index(after: slash)...]
    if id.isEmpty { return nil }
    self.init(sequence, ShotID(String(id)))
  }

  package var description: String { shot.map { "\(sequence)/\($0)" } ?? sequence.text }

  package static func < (left: ShotAddress, right: ShotAddress) -> Bool {
    if left.sequence != right.sequence { return left.sequence < right.sequence }
    switch (left.shot, right.shot) {
    case (nil, nil), (_?, nil): return false
    case (nil, _?): return true
    case (let left?, let right?): return left < right
    }
  }
}
