internal import COpenSSL

/// A SHA-256 hash: 32 bytes. The identity of contents everywhere in a project, as in git-LFS pointers.
///
/// Kept as four numbers, big-endian, rather than as an array: digests are keys everywhere and copied all the time, and numbers
/// need no memory of their own.
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
  private let words: (UInt64, UInt64, UInt64, UInt64)

  package var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
      for index in 0..<32 { buffer[index] = self[index] }
      count = 32
    }
  }

  /// Nil unless there are 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.init { bytes[$0] }
  }

  /// Reads 64 hexadecimal digits; nil for anything else. Upper case is refused: hashes are compared as text elsewhere.
  package init?(hex: some StringProtocol) {
    var text = String(hex)
    guard let digest = text.withUTF8({ Digest(hexBytes: $0) }) else { return nil }
    self = digest
  }

  /// The same for digits as they stand in a text's bytes.
  package init?(hexBytes digits: UnsafeBufferPointer<UInt8>) {
    guard digits.count == 64 else { return nil }
    var words: [4 of UInt64] = .init(repeating: 0)
    for index in 0..<64 {
      guard let value = Self.value(digits[index]) else { return nil }
      words[index / 16] = words[index / 16] << 4 | UInt64(value)
    }
    self.words = (words[0], words[1], words[2], words[3])
  }

  /// The hash of some bytes.
  package init(of content: [UInt8]) {
    var hasher = SHA256()
    content.withUnsafeBytes { hasher.update($0) }
    self = hasher.finish()
  }

  fileprivate init(bigEndian words: (UInt64, UInt64, UInt64, UInt64)) {
    self.words = (words.0.bigEndian, words.1.bigEndian, words.2.bigEndian, words.3.bigEndian)
  }

  private init(byte: (Int) -> UInt8) {
    func word(_ number: Int) -> UInt64 { (0..<8).reduce(0) { $0 << 8 | UInt64(byte(number * 8 + $1)) } }
    words = (word(0), word(1), word(2), word(3))
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    default: nil
    }
  }

  private subscript(index: Int) -> UInt8 {
    let word =
      switch index / 8 {
      case 0: words.0
      case 1: words.1
      case 2: words.2
      default: words.3
      }
    return UInt8(truncatingIfNeeded: word >> UInt64(56 - index % 8 * 8))
  }

  /// 64 hexadecimal digits, lower case.
  package var hex: String { hex(bytes: 32) }

  /// The first eight hexadecimal digits, as they stand in the names of takes.
  package var short: String { hex(bytes: 4) }

  /// The first characters in the alphabet that is safe in URLs and file names (RFC 4648, base64url): six bits each, 40 at most.
  package func text(of count: Int) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    return String(unsafeUninitializedCapacity: count) { buffer in
      for place in 0..<count {
        let bit = place * 6
        let pair = UInt16(self[bit / 8]) << 8 | UInt16(self[bit / 8 + 1])
        buffer[place] = letters[Int(pair >> UInt16(10 - bit % 8)) & 63]
      }
      return count
    }
  }

  private func hex(bytes count: Int) -> String {
    String(unsafeUninitializedCapacity: 2 * count) { buffer in
      for index in 0..<count {
        buffer[2 * index] = Self.digit(self[index] >> 4)
        buffer[2 * index + 1] = Self.digit(self[index] & 15)
      }
      return 2 * count
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  package var description: String { "sha256:\(hex)" }

  package static func == (left: Digest, right: Digest) -> Bool { left.words == right.words }

  /// The first eight bytes: of a hash they are as good as all.
  package func hash(into hasher: inout Hasher) { hasher.combine(words.0) }

  package static func < (left: Digest, right: Digest) -> Bool { left.words < right.words }
}

/// SHA-256 over bytes that come in pieces, by OpenSSL.
package struct SHA256: ~Copyable {
  private var context = SHA256_CTX()

  package init() { SHA256_Init(&context) }

  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    SHA256_Update(&context, bytes.baseAddress, bytes.count)
  }

  package consuming func finish() -> Digest {
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var context = context
    withUnsafeMutableBytes(of: &words) { out in
      _ = SHA256_Final(out.baseAddress?.assumingMemoryBound(to: UInt8.self), &context)
    }
    return Digest(bigEndian: words)
  }
}
