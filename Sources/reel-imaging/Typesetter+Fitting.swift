/// Fitting texts that people wrote into the room there is.
extension Typesetter {
  /// The largest setting between two sizes that fits the cell; cut off with an ellipsis when even the smallest does not.
  func fitted(
    _ text: String, largest: Double, smallest: Double, _ style: Style, in cell: Rect
  ) -> TextBlock {
    func set(_ size: Double, _ text: String) -> TextBlock {
      var style = style
      style.size = size
      return block(text, style, width: cell.width)
    }
    // Sizes are steps of a fifteenth, tried by halving: at most five settings.
    var sizes: [Double] = []
    var size = largest
    while size > smallest {
      sizes.append(size)
      size *= 14.0 / 15
    }
    sizes.append(smallest)
    // A letter takes about half an em each way: this many never fit, and need no setting at all.
    let least = Int(cell.width * cell.height / (smallest * smallest * 0.38))
    let text = String(text.prefix(least + 1))
    var (low, high) = (0, sizes.count)
    var best: TextBlock?
    while low < high {
      let middle = (low + high) / 2
      let tried = set(sizes[middle], text)
      if tried.height <= cell.height {
        best = tried
        high = middle
      } else {
        low = middle + 1
      }
    }
    if let best { return best }
    var style = style
    style.size = smallest
    return cut(set(smallest, text), style, cell.width, cell.height)
  }

  /// Keeps the lines that fit and ends with an ellipsis.
  func cut(_ block: TextBlock, _ style: Style, _ width: Double, _ height: Double) -> TextBlock {
    guard var kept = block.textFitting(height: height) else { return block }
    while true {
      while let last = kept.last, last.isWhitespace || last.isPunctuation { kept.removeLast() }
      let shorter = self.block(kept + "…", style, width: width)
      if shorter.textFitting(height: max(height, style.size * 1.3)) == nil || kept.isEmpty { return shorter }
      kept.removeLast()
    }
  }

  func oneLine(_ text: String) -> String {
    drawable(Self.visible(text)).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// Space runs become one space, empty lines go; the line breaks that a person made stay.
  func paragraphs(_ text: String) -> String {
    drawable(Self.visible(text)).split(whereSeparator: \.isNewline)
      .map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
      .filter { !$0.isEmpty }
      .joined(separator: "\n")
  }

  /// Without control characters, which have no look, and direction overrides, which could write over the rest.
  static func visible(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09, 0x0A, 0x0D: result.append(scalar)
      case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: continue
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
