internal import COpenSSL

/// A SHA-256 hash: 32 bytes. The identity of contents everywhere in a project, as in git-LFS pointers.
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
  package let bytes: [UInt8]

  /// Nil unless there are 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// Reads 64 hexadecimal digits; nil for anything else. Upper case is refused: hashes are compared as text elsewhere.
  package init?(hex: some StringProtocol) {
    let digits = Array(hex.utf8)
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    for index in stride(from: 0, to: 64, by: 2) {
      guard let high = Self.value(digits[index]), let low = Self.value(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    self.bytes = bytes
  }

  /// The hash of some bytes.
  package init(of content: [UInt8]) {
    var hasher = SHA256()
    content.withUnsafeBytes { hasher.update($0) }
    self = hasher.finish()
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  /// 64 hexadecimal digits, lower case.
  package var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(unsafeUninitializedCapacity: 64) { buffer in
      for (index, byte) in bytes.enumerated() {
        buffer[2 * index] = digits[Int(byte >> 4)]
        buffer[2 * index + 1] = digits[Int(byte & 15)]
      }
      return 64
    }
  }

  /// The first eight hexadecimal digits, as they stand in the names of takes.
  package var short: String { String(hex.prefix(8)) }

  package var description: String { "sha256:\(hex)" }

  /// The first eight bytes: of a hash they are as good as all, and digests are keys everywhere.
  package func hash(into hasher: inout Hasher) {
    bytes.withUnsafeBytes { hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: $0.prefix(8))) }
  }

  package static func < (left: Digest, right: Digest) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

/// SHA-256 over bytes that come in pieces, by OpenSSL.
package struct SHA256: ~Copyable {
  private let context: OpaquePointer

  package init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      preconditionFailure("Internal inconsistency: OpenSSL offers no SHA-256")
    }
    self.context = context
  }

  deinit {
    EVP_MD_CTX_free(context)
  }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  package consuming func finish() -> Digest {
    var bytes = [UInt8](repeating: 0, count: 32)
    var count: UInt32 = 32
    EVP_DigestFinal_ex(context, &bytes, &count)
    guard let digest = Digest(bytes: bytes) else {
      preconditionFailure("Internal inconsistency: SHA-256 gave \(count) bytes")
    }
    return digest
  }
}
