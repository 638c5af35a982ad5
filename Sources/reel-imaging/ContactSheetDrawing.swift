internal import Basics
internal import Imaging

/// Draws a page of a contact sheet: pictures on a neutral grey, which takes nothing from their colours, with what they are below.
///
/// Sizes of type are steps of a quarter (20, 25, then 39 and 61 for what stands above), distances of one scale (12, 24, 48, 96).
struct ContactSheetDrawing {
  private static let ground = Color(0xEBEBEB)
  private static let cell = Color(0xDADADA)
  private static let ink = Color(0x161616)
  private static let quiet = Color(0x575757)
  private static let line = Color(0xC4C4C4)

  private static let fine = Typesetter.Style(size: 20, lineHeight: 1.35)
  private static let small = Typesetter.Style(size: 25, lineHeight: 1.35)
  private static let medium = Typesetter.Style(size: 25, weight: .semibold, lineHeight: 1.35)
  private static let large = Typesetter.Style(size: 39, weight: .semibold, isDisplay: true)
  private static let huge = Typesetter.Style(size: 61, weight: .semibold, isDisplay: true)

  private let sheet: ContactSheet
  private let typesetter: Typesetter
  private let canvas: Canvas

  private typealias Layout = ContactSheet.Layout
  private var margin: Double { Double(Layout.margin) }
  private var gap: Double { Double(Layout.gap) }
  private var inner: Double { Double(Layout.pageWidth) - 2 * margin }

  init(_ sheet: ContactSheet, _ typesetter: Typesetter) throws(ImagingError) {
    let tooMany = sheet.rows.contains {
      if case .tiles(let tiles) = $0 { tiles.count > sheet.layout.columns } else { false }
    }
    // A page of one row may be higher than a page: the picture of a tower.
    guard !tooMany, sheet.height <= 2 * Layout.pageHeight else {
      throw ImagingError(.badRequest, "A page of a sheet has too much on it.")
    }
    self.sheet = sheet
    self.typesetter = typesetter
    canvas = Canvas(width: Layout.pageWidth, height: sheet.height)
  }

  func png(_ folder: Folder) throws(ImagingError) -> [UInt8] {
    canvas.fill(Rect(x: 0, y: 0, width: Double(canvas.width), height: Double(canvas.height)), Self.ground)
    drawHeader()
    var y = margin + Double(Layout.headerHeight)
    for row in sheet.rows {
      switch row {
      case .heading(let heading, let detail): drawHeading(heading, detail, y)
      case .tiles(let tiles):
        for (column, tile) in tiles.enumerated() {
          let x = margin + Double(column * (sheet.layout.tileWidth + Layout.gap))
          try draw(tile, at: Point(x: x, y: y), folder)
        }
      }
      y += Double(sheet.layout.height(of: row))
    }
    drawFooter()
    guard canvas.isSound, let png = Picture.png(canvas.rgb(), width: canvas.width, height: canvas.height) else {
      throw ImagingError(.died, "The sheet could not be drawn: not enough memory.")
    }
    return png
  }

  // MARK: Parts

  private func drawHeader() {
    let detail = typesetter.line(sheet.detail, Self.small, width: inner / 2)
    let title = typesetter.line(sheet.title, Self.huge, width: inner - detail.width - gap)
    title.draw(on: canvas, at: Point(x: margin, y: margin - 0.2 * title.baseline), Self.ink)
    detail.draw(
      on: canvas,
      at: Point(
        x: margin + inner - detail.width, y: margin - 0.2 * title.baseline + title.baseline - detail.baseline),
      Self.quiet)
  }

  private func drawHeading(_ text: String, _ detail: String, _ y: Double) {
    rule(at: y)
    let says = typesetter.line(detail, Self.small, width: inner / 2)
    let heading = typesetter.line(text, Self.large, width: inner - says.width - gap)
    let baseline = y + 64
    heading.draw(on: canvas, at: Point(x: margin, y: baseline - heading.baseline), Self.ink)
    says.draw(on: canvas, at: Point(x: margin + inner - says.width, y: baseline - says.baseline), Self.quiet)
  }

  private func drawFooter() {
    guard sheet.pages > 1 else { return }
    let text = typesetter.line("\(sheet.page) / \(sheet.pages)", Self.small, width: inner)
    let y = Double(canvas.height) - margin - text.height
    text.draw(on: canvas, at: Point(x: margin + inner - text.width, y: y), Self.quiet)
  }

  private func rule(at y: Double) {
    canvas.fill(Rect(x: margin, y: y.rounded(), width: inner, height: 2), Self.line)
  }

  private func draw(_ tile: ContactSheet.Tile, at origin: Point, _ folder: Folder) throws(ImagingError) {
    let width = Double(sheet.layout.tileWidth)
    let cell = Rect(x: origin.x, y: origin.y, width: width, height: Double(sheet.layout.pictureHeight))
    if let path = tile.picture { try place(path, in: cell, folder) } else { drawMessage(tile.message, in: cell) }

    var y = cell.maxY + 12
    let bottom = cell.maxY + Double(Layout.captionHeight)
    if tile.name.isEmpty {
      typesetter.line(tile.id, Self.medium, width: width).draw(on: canvas, at: Point(x: origin.x, y: y), Self.ink)
    } else {
      let id = typesetter.line(tile.id, Self.fine, width: width * 0.45)
      let name = typesetter.line(tile.name, Self.medium, width: width - id.width - 24)
      name.draw(on: canvas, at: Point(x: origin.x, y: y), Self.ink)
      id.draw(
        on: canvas, at: Point(x: origin.x + width - id.width, y: y + name.baseline - id.baseline), Self.quiet)
    }
    y += 36
    // The prompt has what the facts leave, and they follow it directly.
    let facts = tile.facts.prefix(Layout.factLines).map { typesetter.line($0, Self.fine, width: width) }
    let step = 27.0
    let room = bottom - y - Double(facts.count) * step - 6
    if !tile.prompt.isEmpty {
      let text = String(typesetter.oneLine(tile.prompt).prefix(800))
      let whole = typesetter.block(text, Self.small, width: width)
      let block = whole.height <= room ? whole : typesetter.cut(whole, Self.small, width, room)
      block.draw(on: canvas, at: Point(x: origin.x, y: y), Self.ink)
      y += block.height
    }
    for fact in facts {
      fact.draw(on: canvas, at: Point(x: origin.x, y: y + 6), Self.quiet)
      y += step
    }
  }

  /// The whole picture, as large as fits.
  private func place(_ path: ProjectPath, in cell: Rect, _ folder: Folder) throws(ImagingError) {
    let bytes = try Picture.read(path, in: folder)
    _ = try Picture.header(of: bytes, path)
    let pixels = try Picture.decode(bytes, path, width: Int(cell.width), height: Int(cell.height), fill: false)
    let origin = Point(
      x: (cell.center.x - Double(pixels.width) / 2).rounded(), y: (cell.center.y - Double(pixels.height) / 2).rounded())
    let isWhole = abs(cell.width - Double(pixels.width)) < 2 && abs(cell.height - Double(pixels.height)) < 2
    if !isWhole { canvas.fill(cell, Self.cell) }
    canvas.fill(
      Rect(x: origin.x, y: origin.y, width: Double(pixels.width), height: Double(pixels.height)),
      StoryboardDrawing.paper)
    canvas.place(pixels.values, width: pixels.width, height: pixels.height, at: origin)
  }

  private func drawMessage(_ message: String, in cell: Rect) {
    canvas.fill(cell, Self.cell)
    let width = cell.width - 96
    let text = String(typesetter.oneLine(message).prefix(300))
    let whole = typesetter.block(text, Self.small, width: width)
    let block = whole.height <= cell.height - 48 ? whole : typesetter.cut(whole, Self.small, width, cell.height - 48)
    block.draw(on: canvas, at: Point(x: cell.x + 48, y: cell.center.y - block.height / 2), Self.quiet)
  }
}
