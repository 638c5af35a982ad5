extension JSONSyntaxError {
  init?(ofEncoding bytes: [UInt8]) { return nil }
}
extension JSONFault {
  func explained(in bytes: [UInt8]) -> JSONSyntaxError {
    JSONSyntaxError("unexpected-character", "this is no JSON", at: position..<position)
  }
}
