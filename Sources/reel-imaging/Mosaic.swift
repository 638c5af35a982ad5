/// How pictures of given shapes fill a rectangle with as little cut away as possible: rows, as in a newspaper.
enum Mosaic {
  /// The cells in the order of the pictures. Tries every way to break the order into rows and takes the one whose rows need the least
  /// stretching to fill the rectangle.
  static func cells(for aspects: [Double], in rect: Rect, gap: Double) -> [Rect] {
    guard !aspects.isEmpty else { return [] }
    // Panoramas and towers must leave room for the others.
    let aspects = aspects.map { min(max($0, 0.5), 2.4) }
    var best: (cost: Double, rows: [[Double]])?
    for breaks in 0..<(1 << (aspects.count - 1)) {
      var rows: [[Double]] = [[aspects[0]]]
      for index in 1..<max(1, aspects.count) {
        if breaks >> (index - 1) & 1 == 1 { rows.append([]) }
        rows[rows.count - 1].append(aspects[index])
      }
      let natural = rows.reduce(0) { $0 + rect.width / $1.reduce(0, +) }
      let stretch = rect.height / natural
      let cost = max(stretch, 1 / stretch)
      if cost < best?.cost ?? .infinity { best = (cost, rows) }
    }
    let rows = best?.rows ?? [aspects]
    let weights = rows.map { 1 / $0.reduce(0, +) }
    let height = rect.height - gap * Double(rows.count - 1)
    var cells: [Rect] = []
    var y = rect.y
    for (row, weight) in zip(rows, weights) {
      let rowHeight = height * weight / weights.reduce(0, +)
      let width = rect.width - gap * Double(row.count - 1)
      var x = rect.x
      for aspect in row {
        let cellWidth = width * aspect / row.reduce(0, +)
        cells.append(Rect(x: x, y: y, width: cellWidth, height: rowHeight).onPixels)
        x += cellWidth + gap
      }
      y += rowHeight + gap
    }
    return cells
  }
}
