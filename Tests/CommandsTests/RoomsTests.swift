import FoundationEssentials
import Testing

/// The repository this test was built from.
private let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// Documentation/Architecture.md holds a table of the rooms and what each imports; it is read here and held against the source.
struct RoomsTests {
  @Test func `every room imports what the table in Documentation says, no more and no less`() throws {
    let table = try documented()
    let rooms = try folders(of: "Sources")
    let importing = try rooms.filter { try !imports(of: $0, among: rooms).isEmpty }
    #expect(importing.subtracting(table.keys) == [])
    for (room, expected) in table.sorted(by: { $0.key < $1.key }) {
      let found = try imports(of: room, among: rooms)
      #expect(found.sorted() == expected.sorted(), "\(room)")
    }
  }

  @Test func `arrows between rooms go one way`() throws {
    let table = try documented()
    var left = table
    // Takes away rooms that import none of those left, until nothing is left or a circle.
    while let free = left.first(where: { room in room.value.allSatisfy { left[$0] == nil } })?.key { left[free] = nil }
    #expect(left.keys.sorted() == [])
  }

  @Test func `only its owner imports a C library`() throws {
    let owners = [
      "CInotifyTools": ["Watching"], "CSQLite": ["SQLite"], "CVips": ["reel-imaging"], "CArchive": ["Archive"],
      "CCurl": ["HTTPClient"],
      "CMicrohttpd": ["HTTPServer"], "CPage": ["Page"],
    ]
    let table = try documented()
    for (library, rooms) in owners {
      #expect(table.filter { $0.value.contains(library) }.keys.sorted() == rooms, "\(library)")
    }
  }

  /// The rows `| Room | `A` `B` |` of the document's table.
  private func documented() throws -> [String: Set<String>] {
    let text = try String(
      decoding: Data(contentsOf: repository.appending(path: "Documentation/Architecture.md")), as: UTF8.self)
    let section = try #require(text.split(separator: "\n## ").first { $0.hasPrefix("Rooms\n") })
    var table: [String: Set<String>] = [:]
    for line in section.split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|", omittingEmptySubsequences: false)
      let names = cells.map { $0.split(separator: "`").map(String.init).filter { !$0.allSatisfy(\.isWhitespace) } }
      try #require(cells.count == 5 && names[1].count == 1, "\(line)")
      table[names[1][0]] = Set(names[2].filter { $0.contains(where: \.isLetter) && !$0.contains(" ") })
    }
    return table
  }

  private func folders(of name: String) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: repository.appending(path: name).path))
  }

  /// The rooms that the files of a room import.
  private func imports(of room: String, among rooms: Set<String>) throws -> Set<String> {
    let folder = repository.appending(path: "Sources/\(room)")
    var found: Set<String> = []
    for file in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where file.hasSuffix(".swift") {
      let text = try String(decoding: Data(contentsOf: folder.appending(path: file)), as: UTF8.self)
      for line in text.split(separator: "\n") {
        let words = line.split(separator: " ")
        guard let keyword = words.firstIndex(of: "import"), keyword < 2, words.count == keyword + 2 else { continue }
        if let name = words.last.map(String.init), rooms.contains(name) { found.insert(name) }
      }
    }
    return found
  }
}
