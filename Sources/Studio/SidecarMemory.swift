internal import Basics
internal import JSONText
internal import ProjectFiles

/// What the index keeps of a sidecar, so that 20,000 of them need not be read again at each start: all but the recipe.
enum SidecarMemory {
  static func text(_ facts: Picture.SidecarFacts, version: Int) -> String {
    let sidecar = facts.sidecar
    var object: JSONObject = [
      "form": .number(JSONNumber(version)), "current": .string(facts.fingerprint.hex),
      "kind": .string(sidecar.kind.name),
      "shot": .string(sidecar.shot), "fingerprint": .string(sidecar.fingerprint.hex),
      "output": .object(Sidecar.fields(sidecar.output)), "engine": .object(Sidecar.fields(sidecar.engine)),
    ]
    if let created = sidecar.created { object["created"] = .string(created) }
    if let seconds = sidecar.seconds { object["seconds"] = .number(JSONNumber(seconds)) }
    if sidecar.isRemoved { object["removed"] = true }
    return JSON.object(object).compactText
  }

  /// Nil when it was written for another form of recipes, or by another reel.
  static func facts(_ text: String?, version: Int, modified: Int64) -> Picture.SidecarFacts? {
    guard let text, let value = try? JSONDocument(parsing: Array(text.utf8)).root.value, value["form"]?.int == version,
      let current = value["current"]?.string.flatMap({ Digest(hex: $0) }),
      let fingerprint = value["fingerprint"]?.string.flatMap({ Digest(hex: $0) }),
      let kind = value["kind"]?.string.flatMap({ Kind($0) }), let shot = value["shot"]?.string,
      let output = Sidecar.output(value["output"]), let engine = Sidecar.engine(value["engine"])
    else { return nil }
    let sidecar = Sidecar(
      kind: kind, shot: shot, fingerprint: fingerprint, recipe: [:], output: output, engine: engine,
      created: value["created"]?.string, seconds: value["seconds"]?.double, isRemoved: value["removed"]?.bool ?? false)
    return Picture.SidecarFacts(sidecar: sidecar, fingerprint: current, modified: modified)
  }
}
