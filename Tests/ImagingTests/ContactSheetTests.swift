import Basics
import Imaging
import TestSupport
import Testing

/// How rows fall onto pages.
struct ContactSheetPageTests {
  private typealias Layout = ContactSheet.Layout

  private func tiles(_ count: Int, from first: Int = 1) -> ContactSheet.Row {
    .tiles(
      (first..<(first + count)).map {
        .init(picture: nil, message: "none", id: "shot_\($0)", name: "", prompt: "")
      })
  }

  private func pages(_ rows: [ContactSheet.Row], aspect: Double = 16.0 / 9) -> [ContactSheet] {
    ContactSheet.pages(title: "Film", detail: "", layout: Layout(aspect: aspect), rows: rows)
  }

  @Test func `a film that fits one page ends with its last row`() {
    let sheets = pages([.heading("One", detail: ""), tiles(4), tiles(2)])
    #expect(sheets.count == 1)
    #expect(sheets[0].height < Layout.pageHeight)
    #expect(sheets[0].pages == 1)
  }

  @Test func `more rows make more pages of one size, in order, and none is lost`() {
    let rows = [.heading("One", detail: "")] + (0..<20).map { tiles(4, from: $0 * 4) }
    let sheets = pages(rows)
    #expect(sheets.count > 1)
    #expect(sheets.flatMap(\.rows) == rows)
    #expect(sheets.map(\.page) == Array(1...sheets.count))
    for sheet in sheets {
      #expect(sheet.height == Layout.pageHeight)
      #expect(sheet.layout.height(of: sheet.rows) <= Layout.pageHeight)
    }
  }

  @Test func `a heading never stands last on a page`() {
    for before in 1...30 {
      let rows = (0..<before).map { tiles(4, from: $0) } + [.heading("Two", detail: ""), tiles(1)]
      for sheet in pages(rows) {
        if case .heading? = sheet.rows.last { Issue.record("after \(before) rows") }
      }
    }
  }

  @Test func `narrow frames stand closer together, and absurd ones are drawn as the nearest sane shape`() {
    #expect(Layout(aspect: 16.0 / 9).columns == 4)
    #expect(Layout(aspect: 1).columns == 5)
    #expect(Layout(aspect: 9.0 / 16).columns == 6)
    #expect(Layout(aspect: 0.001).aspect == 0.4)
    #expect(Layout(aspect: .infinity).aspect == 16.0 / 9)
    for aspect in [0.1, 0.4, 0.56, 1, 1.33, 2.39, 9] {
      let layout = Layout(aspect: aspect)
      #expect(layout.height(of: [.heading("", detail: ""), tiles(layout.columns)]) <= Layout.pageHeight)
      let width = layout.columns * layout.tileWidth + (layout.columns - 1) * Layout.gap
      #expect((0..<layout.columns).contains(Layout.pageWidth - 2 * Layout.margin - width))
    }
  }
}

/// The drawn page.
struct ContactSheetDrawingTests {
  private func sheet(_ tiles: [ContactSheet.Tile]) -> ContactSheet {
    ContactSheet.pages(
      title: "The Film", detail: "1 shot", layout: .init(aspect: 16.0 / 9),
      rows: [.heading("Arrival", detail: "sequence_001"), .tiles(tiles)])[0]
  }

  @Test func `a page has the size that was computed, and the same bytes from every process`() async throws {
    let place = try ImagingFolder()
    try place.write(
      try await place.helper().frame(smallFrame(width: 320, height: 180), project: place.path), to: "a.png")
    let sheet = sheet([
      .init(picture: "a.png", id: "shot_001", name: "Dawn", prompt: "fog \u{1F47B} \u{5E9}\u{5DC}", facts: ["4 s"]),
      .init(picture: nil, message: "no take yet", id: "shot_002", name: "", prompt: ""),
    ])
    let first = try await place.helper().sheet(sheet, project: place.path)
    #expect(pngSize(first) == [2400, sheet.height])
    #expect(try await place.helper().sheet(sheet, project: place.path) == first)
    var other = sheet
    other.title = "Another"
    #expect(try await place.helper().sheet(other, project: place.path) != first)
  }

  @Test func `texts of any length and script are drawn`() async throws {
    let place = try ImagingFolder()
    let texts = [
      String(repeating: "W", count: 100_000), "\u{202E}\u{0}\u{7}\n\n", "", "\u{5E9}\u{5DC}\u{5D5}\u{5DD}",
      String(repeating: "\u{65E5}\u{672C}", count: 5000),
    ]
    for text in texts {
      var sheet = sheet([
        .init(picture: nil, message: text, id: text, name: text, prompt: text, facts: Array(repeating: text, count: 9))
      ])
      (sheet.title, sheet.detail) = (text, text)
      #expect(pngSize(try await place.helper().sheet(sheet, project: place.path)) == [2400, sheet.height])
    }
  }

  @Test func `a picture that cannot be read and a page with too much on it are refused`() async throws {
    let place = try ImagingFolder()
    try place.write(Array("no picture".utf8), to: "a.png")
    let broken = sheet([.init(picture: "a.png", id: "shot_001", name: "", prompt: "")])
    #expect(
      await code { () async throws(ImagingError) in _ = try await place.helper().sheet(broken, project: place.path) }
        == .unreadableImage)
    let tile = ContactSheet.Tile(picture: nil, message: "", id: "a", name: "", prompt: "")
    let crowded = sheet(Array(repeating: tile, count: 5))
    #expect(
      await code { () async throws(ImagingError) in _ = try await place.helper().sheet(crowded, project: place.path) }
        == .badRequest)
  }
}
