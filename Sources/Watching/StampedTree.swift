package import Basics
internal import CShims
internal import Glibc
internal import Synchronization

/// A project's tree as it was found: all that a cold reading would report, with stamps, laid out in one block of bytes.
///
/// Made to be compared: whether the tree is still the same costs one stat a file and reads no folder that did not change. A
/// folder's own stamp moves when a name in it comes, goes or is replaced; so where it stands still, the names are those that are
/// written here, and each of them is looked at by itself. All cores take part.
///
/// Layout, numbers in the machine's own order, as it never leaves the machine: for each folder the length of its part (UInt32),
/// the path (UInt32 and bytes, NUL), the stamp, and each entry: kind (UInt8), name (UInt16 and bytes, NUL), and, of a file, its stamp.
/// A stamp is size, modified, changed, inode, device, 64 bits each.
package struct StampedTree: Sendable {
  private enum Kind {
    static let folder: UInt8 = 0
    static let file: UInt8 = 1
    /// A link to a file inside the project; the stamp is that file's.
    static let link: UInt8 = 2
  }

  package let bytes: [UInt8]

  /// Takes bytes that `bytes` gave once; whoever kept them has made sure that they are whole.
  package init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// Reads a tree, if it holds still and is as it is known.
  /// - Parameters:
  ///   - isKnown: asked of each file: whether what it holds is known at this stamp.
  ///   - count: how many files are known.
  /// - Returns: nil when anything changed a moment ago, is known otherwise, or is neither a file nor a folder.
  package init?(of folder: Folder, count: Int, isKnown: (ProjectPath, FileStamp) -> Bool) {
    // Two seconds, as for files: a name that comes within the same tick as this look would not move the folder's stamp.
    let now = FileStamp.now()
    var bytes: [UInt8] = []
    var left = count
    var waiting = [ProjectPath.root]
    while let path = waiting.popLast() {
      guard let before = Self.stamp(of: path, in: folder), before.isSettled(at: now) else { return nil }
      let entries = WatchedTree.entries(of: path, in: folder)
      var part: [UInt8] = []
      Self.append(UInt32(path.bytes.count), to: &part)
      part += path.bytes + [0]
      Self.append(before, to: &part)
      for entry in entries {
        switch entry.kind {
        case .folder:
          waiting.append(entry.path)
          Self.append(Kind.folder, entry.path, nil, to: &part)
        case .file(let stamp):
          guard isKnown(entry.path, stamp) else { return nil }
          left -= 1
          let isLink = Self.status(entry.path, in: folder).map { reel_is_link($0.st_mode) != 0 } ?? true
          Self.append(isLink ? Kind.link : Kind.file, entry.path, stamp, to: &part)
        case .other: return nil
        }
      }
      guard Self.stamp(of: path, in: folder) == before else { return nil }
      Self.append(UInt32(part.count), to: &bytes)
      bytes += part
    }
    guard left == 0 else { return nil }
    self.bytes = bytes
  }

  /// Whether a cold reading of the folder would find just this. One change is enough: no more is looked at then.
  package func isStill(_ folder: Folder) -> Bool {
    let hasMoved = Flag()
    _ = Spread.map(parts(), chunk: 16) { part in
      if hasMoved.isUp.load(ordering: .relaxed) || isStill(part, folder) { return }
      hasMoved.isUp.store(true, ordering: .relaxed)
    }
    return !hasMoved.isUp.load(ordering: .relaxed)
  }

  private final class Flag: Sendable {
    let isUp = Atomic(false)
  }

  private func parts() -> [Range<Int>] {
    var found: [Range<Int>] = []
    bytes.withUnsafeBytes { bytes in
      var reader = Reader(bytes: bytes, position: 0)
      while let length = reader.number(UInt32.self) {
        let start = reader.position
        guard reader.skip(Int(length)) else { return }
        found.append(start..<reader.position)
      }
    }
    return found
  }

  private func isStill(_ part: Range<Int>, _ folder: Folder) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var reader = Reader(bytes: UnsafeRawBufferPointer(rebasing: bytes[part]), position: 0)
      guard let length = reader.number(UInt32.self), let path = reader.name(Int(length)), let stamp = reader.stamp()
      else {
        return false
      }
      let place = ProjectPath(trusted: Array(path))
      guard let directory = try? folder.open(place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW) else { return false }
      var status = stat()
      guard fstat(directory.raw, &status) == 0 else { return false }
      if FileStamp(status) != stamp { return hasSameEntries(&reader, place, folder) }
      while let kind = reader.number(UInt8.self) {
        guard let length = reader.number(UInt16.self), let name = reader.name(Int(length)) else { return false }
        if kind == Kind.folder { continue }
        guard let stamp = reader.stamp(), let start = name.baseAddress?.assumingMemoryBound(to: CChar.self) else {
          return false
        }
        if kind == Kind.link {
          guard case .file(stamp)? = try? folder.look(at: place.appending(bytes: name)) else { return false }
        }
        guard fstatat(directory.raw, start, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return false }
        let isRight = kind == Kind.link ? reel_is_link(status.st_mode) != 0 : FileStamp(status) == stamp
        if !isRight { return false }
      }
      return true
    }
  }

  /// For a folder whose stamp moved: something came and went, or what is never input, such as an editor's swap file.
  private func hasSameEntries(_ reader: inout Reader, _ place: ProjectPath, _ folder: Folder) -> Bool {
    for entry in WatchedTree.entries(of: place, in: folder) {
      guard let kind = reader.number(UInt8.self), let length = reader.number(UInt16.self),
        let name = reader.name(Int(length)), name.elementsEqual(entry.path.nameBytes)
      else { return false }
      switch entry.kind {
      case .folder: if kind != Kind.folder { return false }
      case .file(let stamp):
        let isLink = Self.status(entry.path, in: folder).map { reel_is_link($0.st_mode) != 0 }
        guard kind == (isLink == true ? Kind.link : Kind.file), reader.stamp() == stamp else { return false }
      case .other: return false
      }
    }
    return reader.isAtEnd
  }
}

// MARK: Bytes

extension StampedTree {
  private static func append(_ kind: UInt8, _ path: ProjectPath, _ stamp: FileStamp?, to bytes: inout [UInt8]) {
    bytes.append(kind)
    append(UInt16(path.nameBytes.count), to: &bytes)
    bytes += path.nameBytes + [0]
    if let stamp { append(stamp, to: &bytes) }
  }

  private static func append(_ stamp: FileStamp, to bytes: inout [UInt8]) {
    append(stamp.size, to: &bytes)
    append(stamp.modified, to: &bytes)
    append(stamp.changed, to: &bytes)
    append(stamp.inode, to: &bytes)
    append(stamp.device, to: &bytes)
  }

  private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number) { bytes += $0 }
  }

  private static func status(_ path: ProjectPath, in folder: Folder) -> stat? {
    var status = stat()
    let looked = Folder.withPath(path) { fstatat(folder.raw, $0, &status, AT_SYMLINK_NOFOLLOW) }
    return looked == 0 ? status : nil
  }

  private static func stamp(of path: ProjectPath, in folder: Folder) -> FileStamp? {
    status(path, in: folder).map { FileStamp($0) }
  }

  /// Reads on through bytes; what is cut off gives nil.
  private struct Reader {
    let bytes: UnsafeRawBufferPointer
    var position: Int

    var isAtEnd: Bool { position == bytes.count }

    mutating func skip(_ count: Int) -> Bool {
      guard count <= bytes.count - position else { return false }
      position += count
      return true
    }

    mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
      let start = position
      guard skip(MemoryLayout<Number>.size) else { return nil }
      return bytes.loadUnaligned(fromByteOffset: start, as: Number.self)
    }

    /// The bytes of a name; a NUL follows them, so they can be handed to the kernel as they lie there.
    mutating func name(_ count: Int) -> UnsafeRawBufferPointer? {
      let start = position
      guard skip(count + 1), bytes[start + count] == 0 else { return nil }
      return UnsafeRawBufferPointer(rebasing: bytes[start..<start + count])
    }

    mutating func stamp() -> FileStamp? {
      guard let size = number(Int64.self), let modified = number(Int64.self), let changed = number(Int64.self),
        let inode = number(UInt64.self), let device = number(UInt64.self)
      else { return nil }
      return FileStamp(size: size, modified: modified, changed: changed, inode: inode, device: device)
    }
  }
}
