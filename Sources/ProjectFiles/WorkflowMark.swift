/// What the author of a workflow says by a node's title: `@prompt`, `@reference:mara`, `@steps`.
enum WorkflowMark: Hashable, Sendable {
  case key(WorkflowKey)
  /// Width and height.
  case frame
  /// An image loader without a number: it takes the next reference.
  case reference
  /// `@image`: the still that a clip is made of; among stills a reference like any other.
  case image
  /// The node whose output is the take.
  case output

  /// A word of a title, and whose it is.
  struct Use: Hashable, Comparable, Sendable {
    var node: Int
    var word: String

    static func < (left: Use, right: Use) -> Bool { (left.node, left.word) < (right.node, right.word) }
  }

  /// The marks in a title, with their words: several may stand there, among other words.
  static func marks(in title: String?) -> [(word: String, mark: WorkflowMark)] {
    guard let title, title.utf8.contains(UInt8(ascii: "@")) else { return [] }
    let words = title.split { !($0.isASCII && ($0.isLetter || $0.isNumber) || "@_:-".contains($0)) }
    return words.compactMap { word in
      guard word.first == "@" else { return nil }
      let name = String(word.dropFirst()).trimmed
      return mark(name).map { (name, $0) }
    }
  }

  private static func mark(_ word: String) -> WorkflowMark? {
    switch word {
    case "": return nil
    case "prompt", "positive": return .key(.prompt)
    case "negative", "negativePrompt": return .key(.negativePrompt)
    case "seed": return .key(.seed)
    case "model": return .key(.model)
    case "frame": return .frame
    case "width": return .key(.width)
    case "height": return .key(.height)
    case "fps": return .key(.fps)
    case "frames": return .key(.frames)
    case "duration": return .key(.duration)
    case "batch": return .key(.batch)
    case "image", "still": return .image
    case "clip", "video": return .key(.input(.clip))
    case "voice", "audio": return .key(.input(.voice))
    case "reference": return .reference
    case "output": return .output
    default: break
    }
    if word.hasPrefix("reference:") {
      let name = String(word.dropFirst("reference:".count))
      return FileRole.isEntryName(name) ? .key(.entry(name, 0)) : nil
    }
    if word.hasPrefix("reference"), let number = Int(word.dropFirst("reference".count)), (1...64).contains(number) {
      return .key(.reference(number - 1))
    }
    return SequenceName(word) == nil ? nil : .key(.parameter(word))
  }
}

extension String {
  /// Without the `:` and `-` that a sentence may put behind a word.
  fileprivate var trimmed: String {
    var text = self
    while let last = text.last, last == ":" || last == "-" { text.removeLast() }
    return text
  }
}
