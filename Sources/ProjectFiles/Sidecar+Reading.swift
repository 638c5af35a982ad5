internal import Basics
package import JSONText

extension Sidecar {
  /// The recipe alone, in the form in which it stands there; nil when the text is no sidecar's.
  package static func recipe(in text: [UInt8]) -> JSONObject? {
    guard let document = try? JSONDocument(parsing: text) else { return nil }
    return document.root["recipe"]?.value.object
  }

  package static func output(_ fields: JSON?) -> Output? {
    guard let fields, let digest = fields["sha256"]?.string.flatMap({ Digest(hex: $0) }),
      let bytes = fields["bytes"]?.int, let type = fields["type"]?.string
    else { return nil }
    return Output(
      digest: digest, bytes: bytes, type: type, width: fields["width"]?.int, height: fields["height"]?.int)
  }

  package static func engine(_ fields: JSON?) -> EngineFacts? {
    guard let fields, let name = fields["name"]?.string, let type = fields["type"]?.string,
      let version = fields["version"]?.string
    else { return nil }
    return EngineFacts(name: name, type: type, version: version, job: fields["job"]?.string)
  }

  /// Reads a sidecar. One without what makes a take is none: it meets no want, and is reported. What decides nothing is reported when
  /// it is odd, and the take counts all the same, as nothing is to be made again for it.
  package static func read(_ source: SourceText) -> Reading<Sidecar> {
    let consequence = "its take counts for nothing until it reads again; the output is left alone"
    let (document, faults) = JSONFile.parse(source, consequence: consequence)
    guard let document else { return Reading(model: nil, diagnostics: faults, source: source) }
    let root = document.root
    let value = root.value
    // Of an object, the place is that of the part which is there and no good.
    func refused(_ key: String, unless isUsable: (JSONMember) -> Bool = { _ in true }) -> Reading<Sidecar> {
      let part = root[key]?.members.first { !isUsable($0) }
      let range = part?.value.range ?? root[key]?.range ?? root.range.lowerBound..<(root.range.lowerBound + 1)
      let diagnostic = Diagnostic(
        .warning, "bad-sidecar", "this sidecar has no usable `\(key)`", file: source.file, place: source.place(range),
        notes: [consequence])
      return Reading(model: nil, diagnostics: [diagnostic], source: source)
    }
    guard let kind = value["kind"]?.string.flatMap({ Kind($0) }) else { return refused("kind") }
    guard let shot = value["shot"]?.string else { return refused("shot") }
    guard let text = value["fingerprint"]?.string, text.hasPrefix("sha256:"),
      let fingerprint = Digest(hex: text.dropFirst(7))
    else { return refused("fingerprint") }
    guard let recipe = value["recipe"]?.object else { return refused("recipe") }
    guard let output = output(value["output"]) else {
      return refused("output") { part in
        switch part.key {
        case "sha256": part.value.string.flatMap { Digest(hex: $0) } != nil
        case "bytes": part.value.number?.int != nil
        case "type": part.value.string != nil
        default: true
        }
      }
    }
    guard let engine = engine(value["engine"]) else {
      return refused("engine") { !["name", "type", "version"].contains($0.key) || $0.value.string != nil }
    }
    let sidecar = Sidecar(
      kind: kind, shot: shot, fingerprint: fingerprint, recipe: recipe, output: output, engine: engine,
      created: value["created"]?.string, seconds: value["seconds"]?.double.flatMap { $0.isFinite ? $0 : nil },
      isRemoved: value["removed"]?.bool ?? false)
    return Reading(model: sidecar, diagnostics: oddities(in: root, source), source: source)
  }

  /// What reel would not have written, and what decides nothing.
  private static func oddities(in root: JSONNode, _ source: SourceText) -> [Diagnostic] {
    var found: [Diagnostic] = []
    func check(_ node: JSONNode?, _ key: String, isNeeded: Bool = false, _ expected: String, _ isGood: (JSON) -> Bool) {
      if node == nil, !isNeeded { return }
      if let node, isGood(node.value) { return }
      let range = node?.range ?? root.range.lowerBound..<(root.range.lowerBound + 1)
      let isTooLarge = node?.value.double.map { !$0.isFinite } ?? false
      let fault = isTooLarge ? "a number that no program can hold" : "not \(expected)"
      found.append(
        Diagnostic(
          .warning, "bad-sidecar", "the `\(key)` of this sidecar is \(fault)", file: source.file,
          place: source.place(range), notes: ["the take counts all the same"]))
    }
    func isCount(_ value: JSON) -> Bool { value.int.map { $0 >= 1 } ?? false }
    check(root["version"], "version", isNeeded: true, "a whole number from 1", isCount)
    check(root["shot"], "shot", "the address of a shot or sequence") {
      $0.string.map { ShotAddress($0) != nil } ?? false
    }
    let output = root["output"]
    check(output?["bytes"], "bytes", "a whole number from 1", isCount)
    check(output?["type"], "type", "a media type such as image/png") { $0.string.map(isMediaType) ?? false }
    check(output?["width"], "width", "a whole number from 1", isCount)
    check(output?["height"], "height", "a whole number from 1", isCount)
    check(root["engine"]?["job"], "job", "a text") { $0.string != nil }
    check(root["created"], "created", "a time such as 2026-11-21T02:10:11Z") { $0.string.map(isTime) ?? false }
    check(root["seconds"], "seconds", "a number from 0") { $0.double.map { $0 >= 0 && $0.isFinite } ?? false }
    check(root["removed"], "removed", "true or false") { $0.bool != nil }
    return found
  }

  private static func isMediaType(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return false }
    return parts[0].allSatisfy { (0x61...0x7A).contains($0) }
      && parts[1].allSatisfy { byte in
        (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || ".+-".utf8.contains(byte)
      }
  }

  /// Whether a text has the form `2026-11-21T02:10:11Z`, with or without a fraction of the second.
  private static func isTime(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    let form = Array("0000-00-00T00:00:00".utf8)
    guard bytes.count > form.count, bytes.last == UInt8(ascii: "Z") else { return false }
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    guard zip(bytes, form).allSatisfy({ byte, other in isDigit(other) ? isDigit(byte) : byte == other }) else {
      return false
    }
    let fraction = bytes[form.count..<(bytes.count - 1)]
    return fraction.isEmpty
      || fraction.count > 1 && fraction.first == UInt8(ascii: ".") && fraction.dropFirst().allSatisfy(isDigit)
  }
}
