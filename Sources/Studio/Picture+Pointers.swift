package import Basics
internal import Planning
internal import ProjectFiles

extension Picture {
  /// What lies here as a git-lfs pointer: known by its hash, not here yet.
  package struct Pointers: Hashable, Sendable {
    package var takes: Set<ProjectPath> = []
    /// Those that shots use; others are not even looked at.
    package var references: Set<ProjectPath> = []

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

  /// Takes over what is known of a file that recipes may name.
  mutating func setInput(_ input: InputFile?, at path: ProjectPath) -> Set<Touched> {
    if case .pointer? = input?.content { pointers.references.insert(path) } else { pointers.references.remove(path) }
    return project.set(input, at: path)
  }

  mutating func notePointer(_ take: Take?, at output: ProjectPath) {
    if take?.presence == .pointer { pointers.takes.insert(output) } else { pointers.takes.remove(output) }
  }
}
