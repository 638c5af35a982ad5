/// Which known name was probably meant by a mistyped one.
package enum Likeness {
  /// The name nearest to the word, if it is near enough to be worth suggesting; the earlier of two equally near.
  ///
  /// Near enough is one slip for every three letters, and at least one; a name that the word begins counts as one slip. Case,
  /// `_`, `-` and spaces count for nothing: who writes `negative_prompt` means `negativePrompt`.
  package static func likely(_ word: String, among names: some Sequence<String>) -> String? {
    let letters = folded(word)
    let allowed = max(1, letters.count / 3)
    var best: (name: String, slips: Int)?
    for name in names {
      let other = folded(name)
      let isBeginning = letters.count >= 2 && other.starts(with: letters)
      if !isBeginning, abs(other.count - letters.count) > allowed { continue }
      let slips = isBeginning ? min(1, other.count - letters.count) : distance(letters, other)
      // One slip in a word of one or two letters leaves nothing in common.
      guard slips <= allowed, slips < max(letters.count, 1) else { continue }
      if slips < best?.slips ?? .max { best = (name, slips) }
    }
    return best?.name
  }

  /// How many slips of the fingers lie between two words: a letter missing, one too many, a wrong one, or two neighbours swapped
  /// (Damerau-Levenshtein distance, in the form where no part is changed twice).
  package static func distance(_ left: String, _ right: String) -> Int {
    distance(Array(left.unicodeScalars), Array(right.unicodeScalars))
  }

  private static func folded(_ word: String) -> [Unicode.Scalar] {
    word.lowercased().unicodeScalars.filter { $0 != "_" && $0 != "-" && $0 != " " }
  }

  private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    if left.isEmpty || right.isEmpty { return max(left.count, right.count) }
    // Rows of the table of distances between beginnings: two back, one back, and this one.
    var older = [Int](repeating: 0, count: right.count + 1)
    var old = Array(0...right.count)
    for i in 1...left.count {
      var row = [i] + [Int](repeating: 0, count: right.count)
      for j in 1...right.count {
        let differs = left[i - 1] == right[j - 1] ? 0 : 1
        row[j] = min(old[j] + 1, row[j - 1] + 1, old[j - 1] + differs)
        if i > 1, j > 1, left[i - 1] == right[j - 2], left[i - 2] == right[j - 1] {
          row[j] = min(row[j], older[j - 2] + 1)
        }
      }
      (older, old) = (old, row)
    }
    return old[right.count]
  }
}
