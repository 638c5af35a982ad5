internal import Basics

/// Names that are never input: what editors, browsers and sync programs leave beside the files they work on.
///
/// They are dropped where events come in. A rename from such a name to a real one is an event for the real one. Copies
/// that sync programs make of a file in conflict are not among them: those are for a person to see, so the owner
/// reports them.
package enum IgnoredNames {
  /// Whether a file or folder of this name, in any folder, is never input.
  package static func contains(_ name: some BidirectionalCollection<UInt8>) -> Bool {
    // Most names are told by their first and last byte, and a project has tens of thousands.
    guard let first = name.first, let last = name.last, mayBegin[Int(first)] || mayEnd[Int(last)] else { return false }
    let bytes = Array(name)
    if exact.contains(bytes) || AtomicFile.isTemporary(bytes) { return true }
    return patterns.contains { $0.matches(bytes) } || isVimSwap(bytes) || isUnnamed(bytes)
  }

  private static let exact: Set<[UInt8]> = Set(
    [
      "4913",  // vim tries with it whether it may create files here
      ".~tmp~", ".DS_Store", "Thumbs.db", "desktop.ini",
    ].map { Array($0.utf8) })

  private struct Pattern {
    var prefix: [UInt8]
    var suffix: [UInt8]

    init(_ prefix: String, _ suffix: String) {
      self.prefix = Array(prefix.utf8)
      self.suffix = Array(suffix.utf8)
    }

    /// Both ends must fit without overlapping, with something between them.
    func matches(_ name: [UInt8]) -> Bool {
      name.count > prefix.count + suffix.count && name.starts(with: prefix)
        && name.suffix(suffix.count).elementsEqual(suffix)
    }
  }

  private static let patterns: [Pattern] = [
    Pattern("", "~"),  // vim, emacs, gedit: backup
    Pattern(".#", ""),  // emacs: lock, a link that leads nowhere
    Pattern("#", "#"),  // emacs: auto-save
    Pattern("", "___jb_tmp___"), Pattern("", "___jb_old___"), Pattern("", "___jb_bak___"),  // JetBrains
    Pattern(".goutputstream-", ""),  // GIO: gedit, GNOME Files
    Pattern(".", ".kate-swp"),
    Pattern(".syncthing.", ".tmp"), Pattern("~syncthing~", ""),
    Pattern(".~lock.", "#"), Pattern("~$", ""),  // LibreOffice, Microsoft Office
    Pattern("", ".tmp"), Pattern("", ".part"), Pattern("", ".partial"), Pattern("", ".crdownload"),
    Pattern(".fuse_hidden", ""), Pattern(".nfs", ""),  // deleted while open
    Pattern("._", ""),  // macOS on foreign disks
    Pattern(".dat.nosync", ""),  // Foundation's atomic writing
  ]

  /// By a name's first byte: whether it may be one of those that are told by their beginning. Vim's swap files begin with `.`, too.
  private static let mayBegin = table(
    exact.compactMap(\.first) + patterns.compactMap(\.prefix.first) + Array("#.".utf8)
      + AtomicFile.temporaryPrefix.utf8.prefix(1))
  /// By a name's last byte: whether it may be one of those that are told by nothing but their ending.
  private static let mayEnd = table(patterns.filter(\.prefix.isEmpty).compactMap(\.suffix.last))

  private static func table(_ bytes: [UInt8]) -> [Bool] {
    bytes.reduce(into: Array(repeating: false, count: 256)) { table, byte in table[Int(byte)] = true }
  }

  /// `.NAME.swp`, `.swo`, … and `.swpx`: vim's swap files.
  private static func isVimSwap(_ name: [UInt8]) -> Bool {
    guard name.first == UInt8(ascii: "."), let dot = name.lastIndex(of: UInt8(ascii: ".")), dot > 0 else {
      return false
    }
    let ending = name[(dot + 1)...]
    guard ending.starts(with: "sw".utf8) else { return false }
    return ending.count == 3 || ending.count == 4 && ending.last == UInt8(ascii: "x")
  }

  /// `#12345`: how the kernel calls a file made with O_TMPFILE in events from before it got its name.
  private static func isUnnamed(_ name: [UInt8]) -> Bool {
    name.count > 1 && name.first == UInt8(ascii: "#") && name.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
  }
}
