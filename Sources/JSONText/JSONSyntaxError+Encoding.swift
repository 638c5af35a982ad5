extension JSONSyntaxError {
  /// What is wrong with the text as a whole, before its first token: its size or its encoding. Nil if nothing is.
  init?(ofEncoding bytes: [UInt8]) {
    if bytes.count > JSONDocument.largestSize {
      self.init("too-large", "the file is larger than 2 GiB", at: 0..<0)
    } else if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      self.init(
        "byte-order-mark", "the file begins with a byte order mark", at: 0..<3,
        label: "save the file as UTF-8 without a byte order mark")
    } else if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || Self.hasZeroBytes(bytes) {
      self.init("invalid-utf8", "the file is UTF-16 or UTF-32, not UTF-8", at: 0..<1, label: "save the file as UTF-8")
    } else {
      return nil
    }
  }

  /// The first character of a JSON text is ASCII; in the wider encodings it comes with zero bytes.
  private static func hasZeroBytes(_ bytes: [UInt8]) -> Bool {
    guard bytes.count >= 2 else { return false }
    return bytes[0] == 0 && bytes[1] != 0 || bytes[0] != 0 && bytes[1] == 0 || bytes.starts(with: [0, 0, 0xFE, 0xFF])
  }
}
