/// Where the scanner stopped and what it waited for: the raw material of a `JSONSyntaxError`.
struct JSONFault: Error {
  enum Expectation {
    case value
    case key
    case colon
    case commaOrCloser
    /// The document is complete, but not the text.
    case end
    /// A byte that may stand in a string, an escape or the closing quote.
    case stringByte
    case number
    /// `true`, `false` or `null`.
    case word
    case lessDepth
  }

  var expectation: Expectation
  /// The byte that does not fit; the size of the text at its end.
  var position: Int
  /// Where the token began in which that byte stands.
  var tokenStart: Int
  /// The bracket or brace of the innermost open array or object.
  var container: Int?
}
