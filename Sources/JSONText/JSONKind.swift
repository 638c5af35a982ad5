/// The six kinds of value that JSON has.
package enum JSONKind: String, Hashable, Sendable {
  case null
  case bool
  case number
  case string
  case array
  case object
}
