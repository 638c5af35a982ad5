/// What a server answered, whatever its status.
package struct HTTPResponse: Sendable {
  package var status: Int
  /// In the order in which they came, names as the server spells them.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]

  package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The first header of that name, however it is spelled.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.equalsIgnoringASCIICase(name) }?.value
  }

  package var isSuccess: Bool { 200..<300 ~= status }
}

extension StringProtocol {
  /// Compares as HTTP compares names: `A` to `Z` and `a` to `z` are the same, nothing else is.
  func equalsIgnoringASCIICase(_ other: some StringProtocol) -> Bool {
    utf8.count == other.utf8.count
      && zip(utf8, other.utf8).allSatisfy { left, right in
        left == right || left | 0x20 == right | 0x20 && UInt8(ascii: "a")...UInt8(ascii: "z") ~= left | 0x20
      }
  }
}
