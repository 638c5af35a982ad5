package import Basics
internal import SQLite

/// What the index remembers of one file. It holds as long as the file's stamp is the same.
package struct IndexedFile: Hashable, Sendable {
  package var stamp: FileStamp
  /// Of the content; nil for a file that nobody had to hash yet.
  package var digest: Digest?
  /// When the content was read, nanoseconds since 1970. With `FileStamp.isSettled(at:)` it says whether a change could have
  /// slipped into the same tick of the file system's clock.
  package var hashedAt: Int64
  /// What was read from the content, as JSON, so that the file need not be read again: a sidecar's summary, say.
  package var facts: String?

  package init(stamp: FileStamp, digest: Digest?, hashedAt: Int64, facts: String? = nil) {
    self.stamp = stamp
    self.digest = digest
    self.hashedAt = hashedAt
    self.facts = facts
  }

  /// Reads the columns from the size on, in the order of the schema; nil for a row that is not as it was written.
  init?(_ row: borrowing Row, from first: Int32, path: [UInt8]) {
    stamp = FileStamp(
      size: row.integer(first), modified: row.integer(first + 1), changed: row.integer(first + 2),
      inode: UInt64(bitPattern: row.integer(first + 3)), device: UInt64(bitPattern: row.integer(first + 4)))
    if let bytes = row.optionalBytes(first + 5) {
      guard let digest = Digest(bytes: bytes) else { return nil }
      self.digest = digest
    } else {
      digest = nil
    }
    hashedAt = row.integer(first + 6)
    facts = row.optionalText(first + 7)
    if row.integer(first + 8) != check(path: path) { return nil }
  }

  /// The check value of the row.
  func check(path: [UInt8]) -> Int64 {
    var check = RowCheck()
    check.add(path)
    check.add(stamp.size)
    check.add(stamp.modified)
    check.add(stamp.changed)
    check.add(Int64(bitPattern: stamp.inode))
    check.add(Int64(bitPattern: stamp.device))
    check.add(digest?.bytes)
    check.add(hashedAt)
    check.add(facts)
    return check.value
  }
}
