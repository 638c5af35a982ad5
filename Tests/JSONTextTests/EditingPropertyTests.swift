import JSONText
import Testing

/// Random edits of random documents in every style: the result reads as expected, and no other byte has changed.
@Suite struct EditingPropertyTests {
  enum Style: CaseIterable {
    case pretty, crlf, tabs, minified, wild
  }

  @Test(arguments: Style.allCases)
  func `an edit changes what it must and nothing else`(style: Style) throws {
    var random = RandomJSON(seed: 7)
    for _ in 0..<1500 {
      let value: JSON = random.chance(80) ? .object(random.object()) : .array([random.value(), random.value()])
      let text = written(value, style, &random)
      let document = try JSONDocument(parsing: text)
      let path = randomPath(in: value, &random)
      switch random.below(3) {
      case 0: try checkSet(document, path, &random)
      case 1: try checkRemove(document, path)
      default: try checkInsert(document, path, &random)
      }
    }
  }

  private func checkSet(_ document: JSONDocument, _ path: [JSONPathStep], _ random: inout RandomJSON) throws {
    let new = random.value(depth: 2)
    var path = path
    let target = node(at: path, in: document)
    if target.kind == .object, random.chance(60) {
      path.append(.key("new" + random.string()))
      if random.chance(30) { path.append(.key("inner")) }
    }
    let edited = try document.setting(path, to: new)
    expect(
      edited, reads: setting(document.root.value, path[...], new), after: "set \(path) to \(new.compactText)",
      of: document)
    if let old = existing(path, in: document) {
      #expect(edited.starts(with: document.bytes[..<old.range.lowerBound]))
      #expect(edited.reversed().starts(with: document.bytes[old.range.upperBound...].reversed()))
    } else {
      checkOnlyInserted(edited, into: target, of: document)
    }
  }

  private func checkRemove(_ document: JSONDocument, _ path: [JSONPathStep]) throws {
    if path.isEmpty { return }
    let container = node(at: Array(path.dropLast()), in: document)
    let edited = try document.removing(path)
    expect(edited, reads: removing(document.root.value, path[...]), after: "remove \(path)", of: document)
    let same = common(document.bytes, edited)
    #expect(same.prefix + same.suffix >= edited.count)
    #expect(same.prefix >= container.range.lowerBound + 1)
    #expect(same.suffix >= document.bytes.count - container.range.upperBound + 1)
  }

  private func checkInsert(_ document: JSONDocument, _ path: [JSONPathStep], _ random: inout RandomJSON) throws {
    let array = node(at: path, in: document)
    guard array.kind == .array else { return }
    let index = random.below(array.count + 1)
    let new = random.value(depth: 2)
    let edited = try document.inserting(new, at: index, in: path)
    let expected = changing(document.root.value, path[...]) { value in
      guard case .array(var elements) = value else { return value }
      elements.insert(new, at: index)
      return .array(elements)
    }
    expect(edited, reads: expected, after: "insert \(new.compactText) at \(index) in \(path)", of: document)
    checkOnlyInserted(edited, into: array, of: document)
  }

  /// Compared with order and number spellings, which `==` would not see.
  private func expect(_ edited: [UInt8], reads expected: JSON, after edit: String, of document: JSONDocument) {
    let read = try? JSONDocument(parsing: edited).root.value.compactText
    #expect(
      read == expected.compactText,
      "\(edit) made \(String(decoding: edited, as: UTF8.self)) of \(String(decoding: document.bytes, as: UTF8.self))")
    let hadCR = document.bytes.contains(0x0D)
    let hadLF = document.bytes.contains(0x0A)
    if !hadLF { #expect(!edited.contains(0x0A), "no line was broken before \(edit)") }
    if !hadCR { #expect(!edited.contains(0x0D), "no CR stood there before \(edit)") }
    #expect((edited.last == 0x0A) == (document.bytes.last == 0x0A))
  }

  /// Only an empty container may lose something: the space inside it.
  private func checkOnlyInserted(_ edited: [UInt8], into container: JSONNode, of document: JSONDocument) {
    let same = common(document.bytes, edited)
    let replaceable = container.count == 0 ? container.range.count - 2 : 0
    #expect(same.prefix + same.suffix >= document.bytes.count - replaceable)
    #expect(same.prefix >= container.range.lowerBound + 1)
    #expect(same.suffix >= document.bytes.count - container.range.upperBound + 1)
  }

  private func common(_ left: [UInt8], _ right: [UInt8]) -> (prefix: Int, suffix: Int) {
    (
      zip(left, right).prefix { $0 == $1 }.count,
      zip(left.reversed(), right.reversed()).prefix { $0 == $1 }.count
    )
  }

  private func written(_ value: JSON, _ style: Style, _ random: inout RandomJSON) -> [UInt8] {
    switch style {
    case .pretty: value.pretty
    case .crlf: Array(value.prettyText.replacing("\n", with: "\r\n").utf8)
    case .tabs: tabbed(value.pretty)
    case .minified: value.compact
    case .wild: Array(random.spelling(of: value).utf8)
    }
  }

  private func tabbed(_ pretty: [UInt8]) -> [UInt8] {
    let lines = pretty.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
      let content = line.drop { $0 == 0x20 }
      return [UInt8](repeating: 0x09, count: (line.count - content.count) / 2) + content
    }
    return Array(lines.joined(separator: [0x0A]))
  }

  private func randomPath(in value: JSON, _ random: inout RandomJSON) -> [JSONPathStep] {
    if random.chance(20) { return [] }
    switch value {
    case .array(let elements) where !elements.isEmpty:
      let index = random.below(elements.count)
      return [.index(index)] + randomPath(in: elements[index], &random)
    case .object(let members) where !members.isEmpty:
      let key = random.pick(members.keys)
      return [.key(key)] + randomPath(in: members[key] ?? .null, &random)
    default: return []
    }
  }

  private func existing(_ path: [JSONPathStep], in document: JSONDocument) -> JSONNode? {
    var node = document.root
    for step in path {
      switch step {
      case .key(let key):
        guard let child = node[key] else { return nil }
        node = child
      case .index(let index):
        let elements = Array(node.elements)
        guard elements.indices.contains(index) else { return nil }
        node = elements[index]
      }
    }
    return node
  }

  private func node(at path: [JSONPathStep], in document: JSONDocument) -> JSONNode {
    existing(path, in: document) ?? document.root
  }

  // MARK: The same edits on values

  private func changing(_ value: JSON, _ path: ArraySlice<JSONPathStep>, _ change: (JSON) -> JSON?) -> JSON {
    guard let step = path.first else { return change(value) ?? value }
    switch (step, value) {
    case (.key(let key), .object(var members)):
      members[key] = changing(members[key] ?? [:], path.dropFirst(), change)
      return .object(members)
    case (.index(let index), .array(var elements)):
      elements[index] = changing(elements[index], path.dropFirst(), change)
      return .array(elements)
    default: return value
    }
  }

  private func setting(_ value: JSON, _ path: ArraySlice<JSONPathStep>, _ new: JSON) -> JSON {
    changing(value, path) { old in old == new ? old : new }
  }

  private func removing(_ value: JSON, _ path: ArraySlice<JSONPathStep>) -> JSON {
    changing(value, path.dropLast()) { container in
      switch (path.last, container) {
      case (.key(let key), .object(var members)):
        members[key] = nil
        return .object(members)
      case (.index(let index), .array(var elements)):
        elements.remove(at: index)
        return .array(elements)
      default: return container
      }
    }
  }
}
