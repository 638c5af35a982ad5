/// What someone probably meant by a name that nobody knows.
package enum LikelyName {
  /// The known name nearest to `name`, if it is near enough to be a slip of the hand: one change in a short name, two in a
  /// longer one, a difference of case, or of `_`, `-` and camel case.
  package static func of(_ name: String, among known: some Sequence<String>) -> String? {
    let plain = folded(name)
    let allowed = plain.count <= 3 ? 0 : plain.count <= 6 ? 1 : 2
    var best: (name: String, distance: Int)?
    for candidate in known where candidate != name {
      let other = folded(candidate)
      if abs(other.count - plain.count) > allowed { continue }
      let distance = distance(plain, other)
      if distance <= allowed, distance < best?.distance ?? Int.max { best = (candidate, distance) }
    }
    return best?.name
  }

  private static func folded(_ name: String) -> [Character] {
    name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }.map { $0 }
  }

  /// Insertions, deletions, replacements and swaps of neighbours that lead from one to the other (optimal string alignment).
  package static func distance(_ left: [Character], _ right: [Character]) -> Int {
    if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, a) in left.enumerated() {
      var current = [row + 1]
      for (column, b) in right.enumerated() {
        var best = min(last[column] + (a == b ? 0 : 1), last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, a == right[column - 1], left[row - 1] == b {
          best = min(best, beforeLast[column - 1] + 1)
        }
        current.append(best)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
