package import Basics

/// Why a text is no JSON: what is wrong, where, and how it is put right.
package struct JSONSyntaxError: Error, Hashable, Sendable {
  /// A stable kebab-case name of the fault, such as `trailing-comma`.
  package var code: String
  /// One sentence without a capital or a full stop: "expected ',' or '}' after a value".
  package var message: String
  /// The bytes that are meant; empty where something is missing.
  package var range: Range<Int>
  /// What to do, shown beside the caret: "add a comma here". Empty when there is nothing short to say.
  package var label: String

  package init(_ code: String, _ message: String, at range: Range<Int>, label: String = "") {
    self.code = code
    self.message = message
    self.range = range
    self.label = label
  }

  /// The fault as a person is shown it. `bytes` is the text that was parsed.
  package func diagnostic(in bytes: [UInt8], file: ProjectPath) -> Diagnostic {
    Diagnostic(.error, code, message, file: file, place: .init(of: range, in: bytes, label: label))
  }
}
