internal import Basics

/// A contact sheet as one HTML file: its style and its pictures are in it, no script is, and nothing is fetched.
///
/// It comes in pieces, so that a sheet of thousands of pictures is never in memory as one text.
struct SheetPage {
  let sheet: Sheet
  /// JPEGs by the takes' paths; a take that is not among them shows why in its place.
  let pictures: [ProjectPath: [UInt8]]

  func write(_ piece: (String) throws(FileError) -> Void) throws(FileError) {
    try piece(head)
    for (index, section) in sheet.sections.enumerated() {
      try piece(
        """
        <section aria-labelledby="s\(index + 1)">
        <header>
        <h2 id="s\(index + 1)" dir="auto">\(HTMLText.escaped(section.heading))</h2>
        <p>\(HTMLText.escaped(section.detail))</p>
        </header>

        """)
      if !section.cards.isEmpty {
        try piece("<ol>\n")
        for card in section.cards { try piece(html(of: card)) }
        try piece("</ol>\n")
      }
      try piece("</section>\n")
    }
    try piece("</main>\n</body>\n</html>\n")
  }

  private var head: String {
    let name = HTMLText.attribute(sheet.name)
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
      <meta name="referrer" content="no-referrer">
      <meta name="color-scheme" content="light dark">
      <title>\(name)</title>
      <style>
      \(SheetStyle.text(aspect: sheet.aspect))
      </style>
      </head>
      <body>
      <main>
      <header>
      <h1 dir="auto">\(name)</h1>
      <p>\(HTMLText.escaped(sheet.detail))</p>
      </header>

      """
  }

  private func html(of card: Sheet.Card) -> String {
    let id = HTMLText.escaped(card.id)
    var lines = ["<li>"]
    if let path = card.picture, let jpeg = pictures[path] {
      let words = card.prompt.isEmpty ? (card.name.isEmpty ? card.id : card.name) : card.prompt
      lines.append(
        "<div class=\"picture\"><img src=\"data:image/jpeg;base64,\(Base64.text(of: jpeg))\" alt=\"\(HTMLText.attribute(words))\"></div>"
      )
    } else {
      let message = card.picture == nil ? card.message : "cannot be read as a picture"
      lines.append("<div class=\"picture none\"><p dir=\"auto\">\(HTMLText.escaped(message))</p></div>")
    }
    lines.append(
      card.name.isEmpty
        ? "<h3 dir=\"auto\">\(id)</h3>"
        : "<h3><bdi>\(HTMLText.escaped(card.name))</bdi> <bdi class=\"id\">\(id)</bdi></h3>")
    if !card.prompt.isEmpty { lines.append("<p class=\"prompt\" dir=\"auto\">\(HTMLText.escaped(card.prompt))</p>") }
    var facts: [String] = []
    if let seconds = card.seconds { facts.append(Sheet.duration(seconds)) }
    facts += card.files.map { "<bdi>\(HTMLText.escaped($0))</bdi>" }
    if !facts.isEmpty { lines.append("<p class=\"facts\">\(facts.joined(separator: " <span>·</span> "))</p>") }
    if !card.remark.isEmpty { lines.append("<p class=\"facts\" dir=\"auto\">\(HTMLText.escaped(card.remark))</p>") }
    for opinion in card.opinions {
      lines.append("<p class=\"opinion\" dir=\"auto\">\(HTMLText.escaped(opinion.text))</p>")
    }
    lines.append("</li>\n")
    return lines.joined(separator: "\n")
  }
}
