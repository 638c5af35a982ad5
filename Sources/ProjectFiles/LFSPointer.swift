package import Basics

/// The text that git-lfs leaves in place of a file that was not downloaded. Its oid is the SHA-256 of the real content.
///
/// Format: the lines `version https://git-lfs.github.com/spec/v1`, `oid sha256:HEX`, `size N`
/// (git-lfs, docs/spec.md); other keys may stand between them in alphabetical order.
package struct LFSPointer: Hashable, Sendable {
  package var digest: Digest
  package var size: Int64

  /// Pointers are smaller than this, as git-lfs itself assumes.
  package static let maximumSize = 1024

  /// Nil for anything that is no pointer.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count < Self.maximumSize, bytes.starts(with: "version https://git-lfs.github.com/spec/".utf8) else {
      return nil
    }
    var digest: Digest?
    var size: Int64?
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      if line.hasPrefix("oid sha256:") { digest = Digest(hex: line.dropFirst("oid sha256:".count)) }
      if line.hasPrefix("size ") { size = Int64(line.dropFirst("size ".count)) }
    }
    guard let digest, let size, size >= 0 else { return nil }
    self.digest = digest
    self.size = size
  }
}
