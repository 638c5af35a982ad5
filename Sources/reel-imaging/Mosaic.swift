/// How pictures of given shapes fill a rectangle with as little cut away as possible: in rows or in columns, as in a newspaper.
enum Mosaic {
  /// The cells in the order of the pictures. Tries every way to break the order into rows, and into columns, and takes the one
  /// that needs the least stretching to fill the rectangle.
  static func cells(for aspects: [Double], in rect: Rect, gap: Double) -> [Rect] {
    // Panoramas and towers must leave room for the others.
    let aspects = aspects.map { min(max($0, 0.5), 2.4) }
    guard let first = aspects.first else { return [] }
    var best: (cost: Double, groups: [[Double]], isColumns: Bool)?
    for breaks in 0..<(1 << (aspects.count - 1)) {
      var groups = [[first]]
      for (index, aspect) in aspects.dropFirst().enumerated() {
        if breaks >> index & 1 == 1 { groups.append([aspect]) } else { groups[groups.count - 1].append(aspect) }
      }
      for isColumns in [false, true] {
        // The shape that all have together when none is cut.
        let natural =
          isColumns
          ? groups.reduce(0) { $0 + 1 / $1.reduce(0) { $0 + 1 / $1 } }
          : 1 / groups.reduce(0) { $0 + 1 / $1.reduce(0, +) }
        let cost = max(natural / rect.aspect, rect.aspect / natural)
        if cost < best?.cost ?? .infinity { best = (cost, groups, isColumns) }
      }
    }
    guard let best else { return [] }
    if !best.isColumns { return rows(best.groups, in: rect, gap: gap) }
    // Columns are the rows of the rectangle laid on its side.
    let turned = Rect(x: rect.y, y: rect.x, width: rect.height, height: rect.width)
    return rows(best.groups.map { $0.map { 1 / $0 } }, in: turned, gap: gap).map {
      Rect(x: $0.y, y: $0.x, width: $0.height, height: $0.width)
    }
  }

  private static func rows(_ rows: [[Double]], in rect: Rect, gap: Double) -> [Rect] {
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
