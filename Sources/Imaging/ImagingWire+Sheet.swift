internal import Basics
internal import JSONText

/// A page of a contact sheet on its way to `reel-imaging`.
extension ImagingWire {
  static func json(of sheet: ContactSheet) -> JSON {
    [
      "title": .string(sheet.title), "detail": .string(sheet.detail),
      "aspect": .number(JSONNumber(sheet.layout.aspect)),
      "page": .number(JSONNumber(sheet.page)), "pages": .number(JSONNumber(sheet.pages)),
      "rows": .array(sheet.rows.map(json)),
    ]
  }

  private static func json(of row: ContactSheet.Row) -> JSON {
    switch row {
    case .heading(let heading, let detail): ["heading": .string(heading), "detail": .string(detail)]
    case .tiles(let tiles): ["tiles": .array(tiles.map(json))]
    }
  }

  private static func json(of tile: ContactSheet.Tile) -> JSON {
    [
      "picture": tile.picture.map { .string($0.string) } ?? .null, "message": .string(tile.message),
      "id": .string(tile.id), "name": .string(tile.name), "prompt": .string(tile.prompt),
      "facts": .array(tile.facts.map { .string($0) }),
    ]
  }

  static func sheet(in node: JSONNode) -> ContactSheet? {
    guard let title = node["title"]?.string, let detail = node["detail"]?.string,
      let aspect = node["aspect"]?.number?.double, let page = node["page"]?.number?.int,
      let pages = node["pages"]?.number?.int, let elements = node["rows"]?.elements
    else { return nil }
    var rows: [ContactSheet.Row] = []
    for element in elements {
      guard let row = row(in: element) else { return nil }
      rows.append(row)
    }
    var sheet = ContactSheet(title: title, detail: detail, layout: .init(aspect: aspect), rows: rows)
    (sheet.page, sheet.pages) = (page, pages)
    return sheet
  }

  private static func row(in node: JSONNode) -> ContactSheet.Row? {
    if let heading = node["heading"]?.string, let detail = node["detail"]?.string {
      return .heading(heading, detail: detail)
    }
    guard let elements = node["tiles"]?.elements else { return nil }
    var tiles: [ContactSheet.Tile] = []
    for element in elements {
      guard let message = element["message"]?.string, let id = element["id"]?.string,
        let name = element["name"]?.string, let prompt = element["prompt"]?.string,
        let facts = element["facts"]?.elements
      else { return nil }
      var picture: ProjectPath?
      if let text = element["picture"]?.string {
        guard let path = try? ProjectPath(relayed: text) else { return nil }
        picture = path
      }
      tiles.append(
        ContactSheet.Tile(
          picture: picture, message: message, id: id, name: name, prompt: prompt, facts: facts.compactMap(\.string)))
    }
    return .tiles(tiles)
  }
}
