package import Basics

/// What is answered to a request.
package struct Response: Sendable {
  package enum Body: Sendable {
    case none
    case bytes([UInt8])
    case file(FileBody)
    case stream(ByteStream)
  }

  package var status: Int
  /// In the order in which they are sent.
  package var headers: [(name: String, value: String)]
  package var body: Body
  /// Whether the connection ends with this answer: after refusals whose bodies nobody read.
  package var closes = false

  package init(_ status: Int, _ headers: [(name: String, value: String)] = [], _ body: Body = .none) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  package init(_ status: Int, type: String, _ bytes: [UInt8]) {
    self.init(status, [("Content-Type", type)], .bytes(bytes))
  }

  package func with(_ name: String, _ value: String) -> Response {
    var copy = self
    copy.headers.append((name, value))
    return copy
  }
}

/// A part of an open file; closed when nobody answers with it any more.
package final class FileBody: Sendable {
  private let descriptor: Descriptor
  package let offset: Int64
  package let count: Int64

  package init(_ descriptor: consuming Descriptor, offset: Int64, count: Int64) {
    self.descriptor = descriptor
    self.offset = offset
    self.count = count
  }

  package var raw: Int32 { descriptor.raw }
}

/// Why a request is refused: a status, a code for programs and a sentence for people.
package struct HTTPFault: Error, Hashable, Sendable {
  package var status: Int
  package var code: String
  package var message: String
  package var hint: String?

  package init(_ status: Int, _ code: String, _ message: String, hint: String? = nil) {
    self.status = status
    self.code = code
    self.message = message
    self.hint = hint
  }
}
