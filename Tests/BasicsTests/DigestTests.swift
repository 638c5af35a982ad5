import Basics
import Testing

struct DigestTests {
  /// The examples of FIPS 180-4 for SHA-256: of nothing and of "abc".
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
  ])
  func `hashes are those of the standard`(text: String, hex: String) {
    #expect(Digest(of: Array(text.utf8)).hex == hex)
    #expect(Digest(hex: hex)?.hex == hex)
  }

  @Test func `pieces hash as the whole`() {
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    var hasher = SHA256()
    for start in stride(from: 0, to: bytes.count, by: 777) {
      bytes[start..<min(start + 777, bytes.count)].withUnsafeBytes { hasher.update($0) }
    }
    #expect(hasher.finish() == Digest(of: bytes))
  }

  @Test(arguments: ["", "abc", String(repeating: "A", count: 64), String(repeating: "g", count: 64)])
  func `only 64 lower-case digits are a hash`(text: String) {
    #expect(Digest(hex: text) == nil)
  }
}
