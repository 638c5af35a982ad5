package import Basics

/// One page of a contact sheet, as PNG: everything that decides its pixels, apart from the pictures' own bytes.
///
/// Rows of tiles below each other, a heading where a sequence begins. All sizes follow from the width of a page and the shape of the
/// film's frame, so both programs know them: this one to break pages, `reel-imaging` to draw them.
package struct ContactSheet: Sendable, Hashable {
  package struct Tile: Sendable, Hashable {
    /// Nil shows `message` in its place.
    package var picture: ProjectPath?
    package var message: String
    package var id: String
    package var name: String
    package var prompt: String
    /// One line each: how long, which file, what people think of it.
    package var facts: [String]

    package init(
      picture: ProjectPath?, message: String = "", id: String, name: String, prompt: String, facts: [String] = []
    ) {
      (self.picture, self.message, self.id, self.name) = (picture, message, id, name)
      (self.prompt, self.facts) = (prompt, facts)
    }
  }

  package enum Row: Sendable, Hashable {
    /// A sequence begins: its name, and what it holds in a few words.
    case heading(String, detail: String)
    /// Tiles beside each other, at most as many as there are columns.
    case tiles([Tile])
  }

  /// The film's name.
  package var title: String
  package var detail: String
  package var layout: Layout
  package var rows: [Row]
  /// From 1.
  package var page = 1
  package var pages = 1

  package init(title: String, detail: String, layout: Layout, rows: [Row]) {
    (self.title, self.detail, self.layout, self.rows) = (title, detail, layout, rows)
  }

  /// Pixels. A single page ends with its last row, pages of several are all of one size.
  package var height: Int { pages > 1 ? Layout.pageHeight : layout.height(of: rows) }
}

extension ContactSheet {
  /// Where everything stands, in pixels; all distances are steps of one scale.
  package struct Layout: Sendable, Hashable {
    /// A page has the shape of A4 upright, and 210 dots an inch on it: small print is sharp, and it stays a picture that any
    /// program opens (8 megapixels).
    package static let pageWidth = 2400
    package static let pageHeight = 3394
    package static let margin = 96
    package static let gap = 48
    /// Title and what the film holds, with the space below.
    package static let headerHeight = 120
    package static let headingHeight = 96
    package static let footerHeight = 48
    /// Below a picture: the name, at least three lines of the prompt, and the facts.
    package static let captionHeight = 240
    package static let factLines = 3

    /// Width by height of a picture's cell.
    package let aspect: Double
    package let columns: Int

    /// - Parameter aspect: the film's frame; shapes beyond a panorama and a tower are cells of those.
    package init(aspect: Double) {
      self.aspect = aspect.isFinite ? min(max(aspect, 0.4), 2.5) : 16.0 / 9
      // Narrow frames stand closer together, so that a page shows about as much of a film of any shape.
      columns = self.aspect < 0.8 ? 6 : self.aspect < 1.2 ? 5 : 4
    }

    package var tileWidth: Int {
      (Self.pageWidth - 2 * Self.margin - (columns - 1) * Self.gap) / columns
    }
    package var pictureHeight: Int { Int((Double(tileWidth) / aspect).rounded()) }

    package func height(of row: Row) -> Int {
      switch row {
      case .heading: Self.headingHeight
      case .tiles: pictureHeight + Self.captionHeight + Self.gap
      }
    }

    package func height(of rows: [Row]) -> Int {
      2 * Self.margin + Self.headerHeight + Self.footerHeight + rows.reduce(0) { $0 + height(of: $1) }
    }
  }

  /// Rows on as many pages as they need. A heading never stands last on a page.
  package static func pages(title: String, detail: String, layout: Layout, rows: [Row]) -> [ContactSheet] {
    var pages: [[Row]] = [[]]
    for (index, row) in rows.enumerated() {
      var needed = [row]
      if case .heading = row, index + 1 < rows.count { needed.append(rows[index + 1]) }
      let last = pages[pages.count - 1]
      if !last.isEmpty, layout.height(of: last + needed) > Layout.pageHeight { pages.append([]) }
      pages[pages.count - 1].append(row)
    }
    return pages.enumerated().map { index, rows in
      var sheet = ContactSheet(title: title, detail: detail, layout: layout, rows: rows)
      (sheet.page, sheet.pages) = (index + 1, pages.count)
      return sheet
    }
  }
}
