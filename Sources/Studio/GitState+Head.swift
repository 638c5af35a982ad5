internal import Basics
internal import Glibc

extension GitState {
  /// Where git's HEAD is, and whether it was git that moved it: what tells a save from a checkout.
  ///
  /// Git writes the files of a checkout first and moves HEAD afterwards, so what was written before HEAD last moved and is seen only
  /// now came with git, and what is written after that is a person's. A commit moves HEAD, too, and changes no file: HEAD's own log
  /// tells the two apart. No git program is run; what is read is what git keeps for its own use: `HEAD`, the branch it names,
  /// `packed-refs` and `logs/HEAD`.
  package struct Head: Sendable {
    /// The repository's folder: that of the work tree where it has one of its own.
    private let folder: String
    /// Where the branches lie; of a linked work tree, that of the main one.
    private let common: String

    /// - Returns: nil outside of any repository.
    package init?(of project: String) {
      guard let folder = GitState.repository(around: project) else { return nil }
      self.folder = folder
      common = GitState.text("\(folder)/commondir").map { GitState.resolve(Self.firstLine($0), in: folder) } ?? folder
    }

    /// What HEAD is at: a commit as git writes it. Nil before the first one.
    package var commit: String? {
      // Repositories of the newer kind keep all branches in one place and no HEAD to be read: any move of any branch counts.
      if let stamp = Self.stamp("\(common)/reftable/tables.list") { return "reftable \(stamp.modified) \(stamp.size)" }
      guard let head = GitState.text("\(folder)/HEAD") else { return nil }
      let line = Self.firstLine(head)
      guard line.hasPrefix("ref: ") else { return Self.isCommit(line) ? line : nil }
      let name = String(line.dropFirst("ref: ".count))
      for base in [folder, common] {
        if let text = GitState.text("\(base)/\(name)"), Self.isCommit(Self.firstLine(text)) {
          return Self.firstLine(text)
        }
      }
      return packed(name)
    }

    private func packed(_ name: String) -> String? {
      guard let text = GitState.text("\(common)/packed-refs", limit: 64 << 20) else { return nil }
      let ending = " \(name)"
      let line = text.split(separator: "\n").first { $0.hasSuffix(ending) }
      return line.map { String($0.dropLast(ending.count)) }.flatMap { Self.isCommit($0) ? $0 : nil }
    }

    /// When HEAD moved last, nanoseconds since 1970.
    package var lastMove: Int64? {
      let stamps = ["\(folder)/logs/HEAD", "\(folder)/HEAD", "\(common)/reftable/tables.list"].compactMap(Self.stamp)
      return stamps.map(\.modified).max()
    }

    /// When git last wrote its index: it does so just before it moves HEAD.
    package var indexWritten: Int64? { Self.stamp("\(folder)/index")?.modified }

    /// Whether git stopped in the middle of bringing something, for a person to go on: what changes then came with git, though HEAD
    /// has not moved yet.
    package var isMidway: Bool {
      ["MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply"].contains {
        Self.stamp("\(folder)/\($0)") != nil
      }
    }

    /// Whether files may have come or changed by git since HEAD was at `commit`; nil asks whether they ever did.
    ///
    /// What the log does not say counts as yes: it is kept for 90 days, and some keep none.
    package func broughtFiles(since commit: String?) -> Bool {
      guard let now = self.commit, now != commit else { return false }
      guard let log = GitState.text("\(folder)/logs/HEAD", limit: 16 << 20) else { return true }
      for line in log.split(separator: "\n").reversed() {
        guard let entry = LogEntry(line) else { return true }
        if entry.after == commit { return false }
        if !entry.isCommitOnly { return true }
      }
      // All that HEAD ever did were commits made here.
      return commit != nil
    }

    /// A line of `logs/HEAD`: `BEFORE AFTER NAME <MAIL> TIME ZONE<TAB>WHAT: …`.
    private struct LogEntry {
      var after: String
      var isCommitOnly: Bool

      init?(_ line: Substring) {
        let ids = line.split(separator: " ", maxSplits: 2)
        guard ids.count == 3, Head.isCommit(ids[0]), Head.isCommit(ids[1]) else { return nil }
        after = String(ids[1])
        let what = line.firstIndex(of: "\t").map { line[line.index(after: $0)...] } ?? ""
        // A new branch, or a branch of another name, at the same commit.
        isCommitOnly =
          ids[0] == ids[1] || ["commit: ", "commit (initial): ", "commit (amend): "].contains { what.hasPrefix($0) }
      }
    }
  }
}

extension GitState.Head {
  /// 40 hexadecimal digits, or 64 in repositories that use SHA-256.
  private static func isCommit(_ text: some StringProtocol) -> Bool {
    [40, 64].contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
  }

  private static func firstLine(_ text: String) -> String {
    String(text.prefix { $0 != "\n" && $0 != "\r\n" })
  }

  private static func stamp(_ path: String) -> FileStamp? {
    var status = stat()
    return stat(path, &status) == 0 ? FileStamp(status) : nil
  }
}
