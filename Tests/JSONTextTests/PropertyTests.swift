import Basics
import JSONText
import Testing

/// What holds for every document, tried on many.
@Suite struct PropertyTests {
  @Test func `a value survives every spelling, pretty, compact and canonical`() throws {
    var random = RandomJSON(seed: 1)
    for _ in 0..<3000 {
      let value = random.value()
      let read = try parse(Array(random.spelling(of: value).utf8)).root.value
      #expect(read.compact == value.compact)
      #expect(read == value)
      #expect(try parse(value.pretty).root.value.compact == value.compact)
      #expect(try parse(value.compact).root.value.compact == value.compact)
      _ = try parse(value.canonical)
    }
  }

  @Test func `equal values have one canonical text and one hash`() throws {
    var random = RandomJSON(seed: 2)
    for _ in 0..<1000 {
      let value = random.value()
      let shuffled = shuffle(value, &random)
      #expect(shuffled == value)
      #expect(shuffled.hashValue == value.hashValue)
      #expect(shuffled.canonical == value.canonical)
    }
  }

  @Test func `the places of tokens and the gaps between them make up the whole text`() throws {
    var random = RandomJSON(seed: 3)
    for _ in 0..<2000 {
      let text = Array(random.spelling(of: random.value()).utf8)
      let document = try parse(text)
      var tokens: [Range<Int>] = []
      collect(document.root, into: &tokens)
      var structure: [UInt8] = []
      var minimal: [UInt8] = []
      var end = 0
      for token in tokens + [text.count..<text.count] {
        try #require(token.lowerBound >= end)
        let gap = text[end..<token.lowerBound].filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        structure += gap
        minimal += gap + text[token]
        end = token.upperBound
      }
      #expect(structure.allSatisfy { "{}[],:".utf8.contains($0) })
      #expect(try parse(minimal).root.value.compact == document.root.value.compact)
    }
  }

  @Test func `the place of each value holds that value`() throws {
    var random = RandomJSON(seed: 4)
    for _ in 0..<1000 {
      let document = try parse(Array(random.spelling(of: random.value()).utf8))
      try checkPlaces(document.root)
    }
  }

  @Test func `no change of bytes crashes the reader, and each refusal has a place in the text`() throws {
    var random = RandomJSON(seed: 5)
    let tokens = [
      "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\ud800", "'", "//", "/*", "-", "+", ".", "e", "0", "1", "null",
      "tru",
      "\n", "\r", "\t", "\0", "\n<<<<<<< a\n", "\n=======\n", "é", "“", "\u{FEFF}", "=", ";", "NaN", "#", " ",
    ].map { Array($0.utf8) }
    var read = 0
    var refused = 0
    for _ in 0..<2000 {
      let original = Array(random.spelling(of: .object(random.object())).utf8)
      for _ in 0..<10 {
        var text = original
        for _ in 0..<1 + random.below(3) {
          let place = random.below(text.count + 1)
          switch random.below(4) {
          case 0: text.insert(UInt8.random(in: 0...255, using: &random), at: place)
          case 1: text.insert(contentsOf: random.pick(tokens), at: place)
          case 2: text.removeSubrange(place..<min(text.count, place + random.below(4)))
          default: if place < text.count { text[place] = UInt8.random(in: 0...255, using: &random) }
          }
        }
        guard let error = refusal(of: text) else {
          read += 1
          let value = try parse(text).root.value
          #expect(try parse(value.compact).root.value.compact == value.compact)
          continue
        }
        refused += 1
        #expect(error.range.lowerBound >= 0 && error.range.upperBound <= text.count)
        let diagnostic = error.diagnostic(in: text, file: "a.json")
        #expect(diagnostic.place?.snippet.isEmpty == false)
        #expect(!error.code.isEmpty && !error.message.isEmpty && !error.message.hasSuffix("."))
      }
    }
    // Both ways are well trodden.
    #expect(read > 1000 && refused > 10_000)
  }

  @Test func `no text of random bytes crashes the reader`() {
    var random = RandomJSON(seed: 6)
    for _ in 0..<20_000 {
      let text = (0..<random.below(40)).map { _ in UInt8.random(in: 0...255, using: &random) }
      guard let error = refusal(of: text) else { continue }
      #expect(error.range.upperBound <= text.count)
    }
  }

  private func parse(_ text: [UInt8]) throws -> JSONDocument { try JSONDocument(parsing: text) }

  private func shuffle(_ value: JSON, _ random: inout RandomJSON) -> JSON {
    switch value {
    case .array(let elements): return .array(elements.map { shuffle($0, &random) })
    case .object(let members):
      return .object(JSONObject(members.shuffled(using: &random).map { ($0.key, shuffle($0.value, &random)) }))
    default: return value
    }
  }

  private func collect(_ node: JSONNode, into tokens: inout [Range<Int>]) {
    switch node.kind {
    case .array: for element in node.elements { collect(element, into: &tokens) }
    case .object:
      for member in node.members {
        tokens.append(member.keyRange)
        collect(member.value, into: &tokens)
      }
    default: tokens.append(node.range)
    }
  }

  private func checkPlaces(_ node: JSONNode) throws {
    let own = try parse(Array(node.document.bytes[node.range]))
    #expect(own.root.range == 0..<node.range.count)
    #expect(own.root.value.compact == node.value.compact)
    for element in node.elements { try checkPlaces(element) }
    for member in node.members {
      let key = try parse(Array(node.document.bytes[member.keyRange])).root.string
      #expect(key.map { Array($0.utf8) } == Array(member.key.utf8))
      try checkPlaces(member.value)
    }
  }
}
