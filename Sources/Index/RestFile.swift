package import Basics
internal import SQLite

/// `rest` in a project's state folder: what the project was when nothing was left to do, as bytes that are whole or are not taken.
///
/// Beside the index and of its kind: a memory, which may be lost at any time. It is a file of its own since it is read where opening a
/// database would take longer than all the rest.
///
/// Layout: a line of text that names the form; the key (32 bytes), the length of the answers (UInt64), the answers, the tree, and a
/// check value over all of that (Int64). Numbers are in the machine's own order.
package struct RestFile: Hashable, Sendable {
  /// Over all that the answers hang on beside the tree.
  package var key: Digest
  /// JSON.
  package var answers: [UInt8]
  /// The bytes of a `StampedTree`.
  package var tree: [UInt8]

  package init(key: Digest, answers: [UInt8], tree: [UInt8]) {
    self.key = key
    self.answers = answers
    self.tree = tree
  }

  private static let form = Array("reel at rest 1\n".utf8)
  private static let path: ProjectPath = "rest"
  private static let headSize = form.count + 32 + 8
  /// Of a project with some ten million files.
  private static let maximumSize = 1 << 30

  /// Writes it, and leaves what was there when that fails. It is not waited for: what a power cut leaves of it fails its check.
  package func save(in folder: Folder) {
    var bytes = Self.form + key.bytes
    withUnsafeBytes(of: UInt64(answers.count)) { bytes += $0 }
    bytes += answers
    bytes += tree
    let check = Self.check(bytes[...])
    withUnsafeBytes(of: check) { bytes += $0 }
    _ = try? AtomicFile.write(to: Self.path, in: folder, existing: .replace, mode: 0o600, isDurable: false) {
      file throws(FileError) in try file.writeAll(bytes, path: Self.path.string)
    }
  }

  /// Nil when there is none, or none that is whole.
  package init?(in folder: Folder) {
    guard let bytes = try? folder.read(Self.path, limit: Self.maximumSize).bytes, bytes.count >= Self.headSize + 8,
      bytes.starts(with: Self.form), let key = Digest(bytes: Array(bytes[Self.form.count..<Self.form.count + 32]))
    else { return nil }
    let content = bytes.dropLast(8)
    let (length, check) = bytes.withUnsafeBytes {
      (
        $0.loadUnaligned(fromByteOffset: Self.headSize - 8, as: UInt64.self),
        $0.loadUnaligned(fromByteOffset: content.count, as: Int64.self)
      )
    }
    guard length <= UInt64(content.count - Self.headSize), Self.check(content) == check else { return nil }
    let end = Self.headSize + Int(length)
    self.init(key: key, answers: Array(content[Self.headSize..<end]), tree: Array(content[end...]))
  }

  private static func check(_ bytes: ArraySlice<UInt8>) -> Int64 {
    var check = RowCheck()
    check.add(Array(bytes))
    return check.value
  }
}
