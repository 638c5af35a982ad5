/// A library that is loaded when it is needed, and cannot be.
package struct MissingLibrary: Error, Hashable, Sendable, CustomStringConvertible {
  /// As its makers call it, such as "libarchive".
  package let name: String
  /// The package of Debian and Ubuntu that it is in.
  package let package: String
  /// What the system's loader said.
  package let reason: String

  package init(_ name: String, package: String, reason: String) {
    self.name = name
    self.package = package
    self.reason = reason
  }

  /// "libarchive cannot be loaded: …".
  package var description: String { "\(name) cannot be loaded: \(TerminalText.escaped(reason))" }

  /// What to type.
  package var hint: String { "apt install \(package)" }
}
