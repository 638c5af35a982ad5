/// What can stand in a column.
package enum Value: Hashable, Sendable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case bytes([UInt8])

  package init(_ integer: Int64?) {
    self = integer.map(Value.integer) ?? .null
  }

  package init(_ real: Double?) {
    self = real.map(Value.real) ?? .null
  }

  package init(_ text: String?) {
    self = text.map(Value.text) ?? .null
  }

  package init(_ bytes: [UInt8]?) {
    self = bytes.map(Value.bytes) ?? .null
  }
}
