package import Basics
internal import Planning
internal import ProjectFiles

extension Picture {
  /// What lies here as a git-lfs pointer: known by its hash, not here yet.
  package struct Pointers: Hashable, Sendable {
    package var takes: Set<ProjectPath> = []
    package var references: Set<ProjectPath> = []
    /// Goes up with every change, so that nobody counts them in vain.
    package private(set) var changes = 0

    package var count: Int { takes.count + references.count }

    /// One sentence for all of them, with the command that brings them; nil when there are none.
    package var sentence: String? {
      if count == 0 { return nil }
      let parts = [(takes.count, "take"), (references.count, "reference")].filter { $0.0 > 0 }
        .map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: " and ")
      return
        "\(parts) \(count == 1 ? "is a git-lfs pointer" : "are git-lfs pointers"): `git lfs pull` brings \(count == 1 ? "it" : "them")"
    }
  }

  /// Those that matter: references that no shot uses any more are left out.
  package var pointersInUse: Pointers {
    var used = pointers
    used.references = used.references.filter { planner.isUsed($0) }
    return used
  }

  /// Takes over what is known of a file that recipes may name.
  mutating func setInput(_ input: InputFile?, at path: ProjectPath) -> Set<Touched> {
    var isPointer = false
    if case .pointer? = input?.content { isPointer = true }
    pointers.note(isPointer, path, in: \.references)
    return project.set(input, at: path)
  }

  mutating func notePointer(_ take: Take?, at output: ProjectPath) {
    pointers.note(take?.presence == .pointer, output, in: \.takes)
  }
}

extension Picture.Pointers {
  fileprivate mutating func note(
    _ isPointer: Bool, _ path: ProjectPath, in set: WritableKeyPath<Self, Set<ProjectPath>>
  ) {
    let isChange = isPointer ? self[keyPath: set].insert(path).inserted : self[keyPath: set].remove(path) != nil
    if isChange { changes += 1 }
  }
}
