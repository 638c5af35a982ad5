extension JSON {
  /// The one spelling of this value, to be hashed: RFC 8785, except for large integers (see `JSONNumber.canonicalText`).
  ///
  /// Keys stand in the order of their UTF-16 code units, there is no white space, and equal values give equal bytes.
  package var canonical: [UInt8] {
    var printer = CanonicalPrinter()
    printer.append(self)
    return printer.text
  }

  package var canonicalText: String { String(decoding: canonical, as: UTF8.self) }
}
