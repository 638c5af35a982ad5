package import Basics
package import ProjectFiles

/// What is there: every take of the project, found by path, by owner and by fingerprint.
package struct TakeCatalogue: Sendable {
  package private(set) var byPath: [ProjectPath: Take] = [:]
  private var byOwner: [TakeOwner: Few<ProjectPath>] = [:]
  private var byFingerprint: [Digest: Few<ProjectPath>] = [:]
  /// The folder of the last new owner: the takes of a folder come one after the other, and their owners share its path.
  private var lastFolder = ProjectPath.root

  package init() {}

  /// Puts a take in, replaces it, or takes it out (nil). True when that changed anything.
  package mutating func set(_ take: Take?, at path: ProjectPath) -> Bool {
    let before = byPath[path]
    if before == take { return false }
    if let before, before.fingerprint != take?.fingerprint { byFingerprint.remove(path, from: before.fingerprint) }
    byPath[path] = take
    if let take { byFingerprint.insert(path, into: take.fingerprint) }
    if (before == nil) != (take == nil), var owner = TakeOwner(of: path) {
      if take == nil {
        byOwner.remove(path, from: owner)
      } else {
        if owner.folder == lastFolder { owner.folder = lastFolder } else { lastFolder = owner.folder }
        byOwner.insert(path, into: owner)
      }
    }
    return true
  }

  /// The takes of an owner, the newest first: by their date, else by when their sidecar was written, then by name.
  package func takes(of owner: TakeOwner) -> [Take] {
    guard let paths = byOwner[owner] else { return [] }
    let takes = paths.compactMap { byPath[$0] }
    if takes.count < 2 { return takes }
    return takes.sorted { left, right in
      if let a = left.created, let b = right.created, a != b { return a > b }
      if left.modified != right.modified { return left.modified > right.modified }
      return left.path < right.path
    }
  }

  /// The owner's current take of a recipe. Several may have come together in a merge: the smallest output hash decides, so that
  /// all clones agree, whatever git-lfs has brought to each. One that was removed goes behind those that were not.
  package func current(_ fingerprint: Digest, of owner: TakeOwner) -> Take? {
    Self.first(own(fingerprint, owner).filter(\.isMet))
  }

  /// A take of another owner with that fingerprint that can be copied, now or when git-lfs has brought it; one that is here first.
  package func elsewhere(_ fingerprint: Digest, kind: Kind, besides owner: TakeOwner) -> Take? {
    guard let paths = byFingerprint[fingerprint] else { return nil }
    let own = byOwner[owner]
    let others = paths.filter { !(own?.contains($0) ?? false) }.compactMap { byPath[$0] }
      .filter { $0.kind == kind && !$0.isRemoved && $0.presence != .absent }
    return Self.first(others.filter { $0.presence == .here }) ?? Self.first(others)
  }

  /// The owner's take of a recipe whose output went away.
  package func lost(_ fingerprint: Digest, of owner: TakeOwner) -> Take? {
    Self.first(own(fingerprint, owner))
  }

  private func own(_ fingerprint: Digest, _ owner: TakeOwner) -> [Take] {
    guard let paths = byFingerprint[fingerprint], let own = byOwner[owner] else { return [] }
    return paths.filter { own.contains($0) }.compactMap { byPath[$0] }
  }

  private static func first(_ takes: some Sequence<Take>) -> Take? {
    takes.min { left, right in
      if left.isRemoved != right.isRemoved { return right.isRemoved }
      if left.output.digest != right.output.digest { return left.output.digest < right.output.digest }
      return left.path < right.path
    }
  }
}
