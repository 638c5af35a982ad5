package import Basics

/// The text of a file with its path: what a diagnostic needs to show a place.
package struct SourceText: Sendable {
  package let file: ProjectPath
  package let bytes: [UInt8]
  private let places: TextPlaces

  package init(file: ProjectPath, bytes: [UInt8]) {
    self.file = file
    self.bytes = bytes
    // Only these may hold engines, and with them a secret that somebody wrote out.
    let mayHoldSecrets = FileRole(of: file) == .project || file == UserConfig.path
    places = TextPlaces(mayHoldSecrets ? LiteralSecrets.masked(bytes) : bytes)
  }

  /// The text as it may be shown: the same bytes in the same places, with literal secrets starred out.
  var shownBytes: [UInt8] { places.bytes }

  /// Whether a secret is written out in it, which must not leave this machine.
  package var holdsSecret: Bool { shownBytes != bytes }

  package func place(_ range: Range<Int>, label: String = "") -> Diagnostic.Place {
    places.place(range, label: label)
  }
}

/// A value together with the bytes of its file that it stands in.
package struct Written<Value: Sendable>: Sendable {
  package var value: Value
  package var range: Range<Int>

  package init(_ value: Value, at range: Range<Int>) {
    self.value = value
    self.range = range
  }
}

extension Written: Equatable where Value: Equatable {}
