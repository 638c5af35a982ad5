internal import Basics
internal import Imaging

/// Draws a storyboard frame: a sheet of paper with the picture, the shot's id and name, the prompt and the facts, on the grid
/// of `FrameLayout`.
struct StoryboardDrawing {
  static let paper = Color(0xF3F0E9)
  private static let ink = Color(0x1B1C1E)
  private static let quiet = Color(0x76736C)
  private static let line = Color(0xCFCABF)

  let frame: StoryboardFrame
  let typesetter: Typesetter
  private let pictures: DecodedPictures
  private let layout: FrameLayout
  private let canvas: Canvas

  init(_ frame: StoryboardFrame, _ typesetter: Typesetter, _ pictures: DecodedPictures) {
    self.frame = frame
    self.typesetter = typesetter
    self.pictures = pictures
    layout = FrameLayout(width: frame.width, height: frame.height)
    canvas = Canvas(width: frame.width, height: frame.height)
  }

  /// The finished frame as PNG.
  func png(_ folder: Folder) throws(ImagingError) -> [UInt8] {
    canvas.fill(layout.frame, Self.paper)
    try drawPicture(folder)
    if layout.isTiny {
      drawCaption()
    } else {
      drawGuides()
      drawTitle()
      drawPrompt()
      drawFacts()
    }
    if let camera = frame.camera {
      canvas.clipped(to: layout.picture) {
        CameraSign(canvas: canvas, picture: layout.picture, unit: layout.unit).draw(camera)
      }
    }
    if !layout.isTiny {
      canvas.rectangle(layout.picture.inset(-unit * 0.5))
      canvas.stroke(Self.ink, max(1, 2 * unit))
    }
    guard canvas.isSound, let png = Picture.png(canvas.rgb(), width: frame.width, height: frame.height) else {
      throw ImagingError(.died, "The frame could not be drawn: not enough memory.")
    }
    return png
  }

  private var unit: Double { layout.unit }

  // MARK: The picture

  /// A reference whose content is the one that was asked for.
  private struct Shown {
    let reference: StoryboardFrame.Reference
    let bytes: [UInt8]
    let facts: ImageFacts
  }

  private func drawPicture(_ folder: Folder) throws(ImagingError) {
    if frame.references.isEmpty {
      canvas.clipped(to: layout.picture) {
        var sketch = SceneSketch(
          SceneReading(of: [frame.shotID, frame.shotName, frame.prompt]), on: canvas, in: layout.picture)
        sketch.draw()
      }
      return
    }
    var shown: [Shown] = []
    for reference in frame.references.prefix(4) {
      let bytes = try Picture.read(reference.path, in: folder)
      guard Digest(of: bytes) == reference.sha256 else {
        throw ImagingError(
          .changedFile, "\(TerminalText.escaped(reference.path.string)) has changed since this frame was asked for.")
      }
      shown.append(Shown(reference: reference, bytes: bytes, facts: try Picture.header(of: bytes, reference.path)))
    }
    canvas.fill(layout.picture, Self.ink)
    let aspects = shown.map { Double($0.facts.width) / Double(max(1, $0.facts.height)) }
    let cells = Mosaic.cells(for: aspects, in: layout.picture, gap: max(1, (4 * unit).rounded()))
    for (cell, picture) in zip(cells, shown) { try place(picture, in: cell) }
    if frame.references.count > shown.count, let last = cells.last {
      drawCount(frame.references.count - shown.count, in: last)
    }
  }

  /// Fills the cell where little is lost by it; else the whole picture stands on a darkened enlargement of itself.
  private func place(_ picture: Shown, in cell: Rect) throws(ImagingError) {
    let aspect = Double(picture.facts.width) / Double(max(1, picture.facts.height))
    let kept = min(aspect / cell.aspect, cell.aspect / aspect)
    let (width, height) = (Int(cell.width), Int(cell.height))
    guard width > 0, height > 0 else { return }
    if kept >= 0.6 {
      let cover = try pixels(of: picture, width: width, height: height, fill: true)
      canvas.fill(cell, Self.paper)
      canvas.place(cover.values, width: cover.width, height: cover.height, at: cell.at(0, 0))
      return
    }
    // Decoded to a few pixels and drawn large, it becomes a soft ground in the picture's own colours.
    let ground = try pixels(of: picture, width: max(2, width / 48), height: max(2, height / 48), fill: true)
    let whole = try pixels(of: picture, width: width, height: height, fill: false)
    canvas.clipped(to: cell) {
      canvas.fill(cell, Self.paper)
      let scale = max(cell.width / Double(ground.width), cell.height / Double(ground.height))
      canvas.place(ground.values, width: ground.width, height: ground.height, at: cell.at(0, 0), scale: scale)
      canvas.fill(cell, Self.ink.withAlpha(0.45))
      // Small pictures are enlarged, up to twice: beyond that they would only look worse.
      let fit = min(cell.width / Double(whole.width), cell.height / Double(whole.height), 2)
      let size = Rect(x: 0, y: 0, width: Double(whole.width) * fit, height: Double(whole.height) * fit)
      let origin = Point(x: (cell.center.x - size.width / 2).rounded(), y: (cell.center.y - size.height / 2).rounded())
      canvas.fill(Rect(x: origin.x, y: origin.y, width: size.width, height: size.height), Self.paper)
      canvas.place(whole.values, width: whole.width, height: whole.height, at: origin, scale: fit)
    }
  }

  private func pixels(
    of picture: Shown, width: Int, height: Int, fill: Bool
  ) throws(ImagingError) -> Picture.Pixels {
    try pictures.decode(
      picture.bytes, picture.reference.sha256, picture.reference.path, width: width, height: height, fill: fill)
  }

  private func drawCount(_ more: Int, in cell: Rect) {
    canvas.fill(cell, Self.ink.withAlpha(0.55))
    let size = min(cell.height * 0.3, 54 * unit)
    let block = typesetter.block("+\(more)", .init(size: size, weight: .medium, isDisplay: true), width: cell.width)
    block.draw(
      on: canvas, at: Point(x: cell.center.x - block.width / 2, y: cell.center.y - block.height / 2), Self.paper)
  }

  /// Action safe (93 %) as corners, title safe (80 %) as fainter ones, thirds as hairlines, the centre as a cross: SMPTE ST 2046-1
  /// and what older monitors showed. Each line is a light one on a dark one, so that it shows on any picture and shouts on none.
  private func drawGuides() {
    let picture = layout.picture
    let hair = max(1, unit)
    for third in [1.0 / 3, 2.0 / 3] {
      guide([picture.at(third, 0), picture.at(third, 1)], hair, 0.13)
      guide([picture.at(0, third), picture.at(1, third)], hair, 0.13)
    }
    for (share, strength) in [(0.93, 0.6), (0.8, 0.26)] {
      let safe = picture.scaled(share)
      let arm = min(picture.width, picture.height) * (share > 0.9 ? 0.05 : 0.03)
      for (corner, (x, y)) in zip(safe.corners, [(1.0, 1.0), (-1, 1), (-1, -1), (1, -1)]) {
        guide([corner + Point(x: arm * x, y: 0), corner, corner + Point(x: 0, y: arm * y)], hair, strength)
      }
    }
    let arm = min(picture.width, picture.height) * 0.018
    guide([picture.center - Point(x: arm, y: 0), picture.center + Point(x: arm, y: 0)], hair, 0.5)
    guide([picture.center - Point(x: 0, y: arm), picture.center + Point(x: 0, y: arm)], hair, 0.5)
  }

  private func guide(_ points: [Point], _ width: Double, _ strength: Double) {
    for (shift, color) in [(width, Color(0x000000)), (0, Color(0xFFFFFF))] {
      for (index, point) in points.enumerated() {
        // Half a pixel off, so that a line of one pixel covers one pixel.
        let place = Point(x: point.x.rounded() + 0.5 + shift, y: point.y.rounded() + 0.5 + shift)
        index == 0 ? canvas.move(to: place) : canvas.line(to: place)
      }
      canvas.stroke(color.withAlpha(shift == 0 ? strength : strength * 0.45), width)
    }
  }

  // MARK: The text

  /// The id on a dark tag, the name below it as large as its cell allows.
  private func drawTitle() {
    let cell = layout.title
    let size = max(9, 15 * unit)
    let padding = size * 0.62
    let tag = typesetter.block(
      typesetter.oneLine(frame.shotID), .init(size: size, weight: .semibold, tracking: 0.05),
      width: cell.width - 2 * padding)
    let id =
      tag.lines > 1
      ? typesetter.cut(tag, .init(size: size, weight: .semibold, tracking: 0.05), cell.width - 2 * padding, 1) : tag
    let name = typesetter.oneLine(frame.shotName)
    var box = Rect(x: cell.x, y: cell.y, width: id.width + 2 * padding, height: id.height + padding * 0.7).onPixels
    let top = box.maxY + 13 * unit
    let room = Rect(x: cell.x, y: top, width: cell.width, height: cell.maxY - top)
    let heading = typesetter.fitted(
      name, largest: 36 * unit, smallest: 19 * unit,
      .init(size: 1, weight: .semibold, isDisplay: true, lineHeight: 1.17),
      in: room)
    // A heading from right to left starts at the right edge; the tag goes with it.
    if heading.isRightToLeft { box.x = (cell.maxX - box.width).rounded() }
    canvas.rounded(box, 3 * unit)
    canvas.fill(Self.ink)
    id.draw(on: canvas, at: Point(x: box.x + padding, y: box.center.y - id.height / 2), Self.paper)

    heading.draw(on: canvas, at: Point(x: room.x, y: room.y), Self.ink)
  }

  /// The prompt as large as fits its cell; lines to write on when there is none yet.
  private func drawPrompt() {
    let cell = layout.prompt
    let text = typesetter.paragraphs(frame.prompt)
    if text.isEmpty {
      let distance = 34 * unit
      var y = cell.y + distance
      while y <= cell.maxY + 1 {
        canvas.move(to: Point(x: cell.x, y: y.rounded() - 0.5))
        canvas.line(to: Point(x: cell.maxX, y: y.rounded() - 0.5))
        canvas.stroke(Self.line, max(1, unit))
        y += distance
      }
      return
    }
    let block = typesetter.fitted(
      text, largest: (layout.isPortrait ? 30 : 25) * unit, smallest: 12.5 * unit, .init(size: 1, lineHeight: 1.37),
      in: cell)
    // The first line hangs from the cell's upper edge by its letters, as the picture beside it does by its border.
    block.draw(on: canvas, at: Point(x: cell.x, y: cell.y - (layout.isPortrait ? 0 : 0.2 * block.baseline)), Self.ink)
  }

  /// What a title block of a drawing says: the camera and the size of the frame.
  private func drawFacts() {
    let cell = layout.facts
    let size = max(8, 14 * unit)
    var rows: [(String, String)] = []
    if let camera = frame.camera { rows.append(("Camera", words(for: camera))) }
    if !frame.references.isEmpty { rows.append(("References", "\(frame.references.count)")) }
    rows.append(("Frame", "\(frame.width) × \(frame.height)"))
    let step = size * 1.95
    // In landscape the rows hang from the line of the title; beside a tall picture they stand on its lower edge.
    var y = layout.isPortrait ? cell.maxY - step * Double(rows.count) : cell.y
    for (label, value) in rows {
      guard y + step <= cell.maxY + size else { return }
      canvas.move(to: Point(x: cell.x, y: y.rounded() + 0.5))
      canvas.line(to: Point(x: cell.maxX, y: y.rounded() + 0.5))
      canvas.stroke(Self.line, max(1, unit))
      let name = typesetter.block(label, .init(size: size), width: cell.width)
      let style = Typesetter.Style(size: size, weight: .medium)
      let room = cell.width - name.width - size
      var text = typesetter.block(value, style, width: max(size, room))
      if text.lines > 1 { text = typesetter.cut(text, style, max(size, room), 1) }
      let top = y + (step - name.height) / 2
      name.draw(on: canvas, at: Point(x: cell.x, y: top), Self.quiet)
      text.draw(on: canvas, at: Point(x: cell.maxX - text.width, y: top), Self.ink)
      y += step
    }
  }

  /// All the text that the smallest frames have.
  private func drawCaption() {
    let cell = layout.title
    canvas.fill(cell, Self.ink)
    let style = Typesetter.Style(size: cell.height * 0.68, weight: .medium)
    let padding = cell.height * 0.3
    let text = typesetter.block(typesetter.oneLine(frame.shotID), style, width: cell.width - 2 * padding)
    let id = text.lines > 1 ? typesetter.cut(text, style, cell.width - 2 * padding, 1) : text
    id.draw(on: canvas, at: Point(x: cell.x + padding, y: cell.center.y - id.height / 2), Self.paper)
  }

  // MARK: Words

  private func words(for camera: CameraMove) -> String {
    let move = typesetter.oneLine(camera.move).replacing("-", with: " ")
    let name = move.prefix(1).uppercased() + move.dropFirst()
    if camera.kind == .static || !camera.amount.isFinite { return name }
    return "\(name)  \(Int((min(max(camera.amount, 0), 1) * 100).rounded())) %"
  }
}
