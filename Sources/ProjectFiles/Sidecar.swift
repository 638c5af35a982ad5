package import Basics
package import JSONText

/// `TAKE.json`, the facts of a take: what was asked, what came, who made it. Written once, the commit of a take.
package struct Sidecar: Hashable, Sendable {
  package var kind: Kind
  /// The address of what the take was made for.
  package var shot: String
  package var fingerprint: Digest
  /// The whole resolved recipe, enough to make the take again.
  package var recipe: JSONObject
  package var output: Output
  package var engine: EngineFacts
  /// RFC 3339, UTC; nil for built-in engines, so that the same facts give the same bytes.
  package var created: String?
  package var seconds: Double?
  /// The output was put into the trash: the want counts as met.
  package var isRemoved = false

  package struct Output: Hashable, Sendable {
    package var digest: Digest
    package var bytes: Int
    /// A media type such as `image/png`.
    package var type: String
    /// Pixels; nil for sound.
    package var width: Int?
    package var height: Int?

    static let keys: Set<String> = ["sha256", "bytes", "type", "width", "height"]

    package init(digest: Digest, bytes: Int, type: String, width: Int? = nil, height: Int? = nil) {
      self.digest = digest
      self.bytes = bytes
      self.type = type
      self.width = width
      self.height = height
    }
  }

  package struct EngineFacts: Hashable, Sendable {
    /// The name the project gives the engine.
    package var name: String
    package var type: String
    package var version: String
    /// The engine's own id of the job; nil for built-in ones.
    package var job: String?

    static let keys: Set<String> = ["name", "type", "version", "job"]

    package init(name: String, type: String, version: String, job: String? = nil) {
      self.name = name
      self.type = type
      self.version = version
      self.job = job
    }
  }

  package init(
    kind: Kind, shot: String, fingerprint: Digest, recipe: JSONObject, output: Output, engine: EngineFacts,
    created: String? = nil, seconds: Double? = nil, isRemoved: Bool = false
  ) {
    self.kind = kind
    self.shot = shot
    self.fingerprint = fingerprint
    self.recipe = recipe
    self.output = output
    self.engine = engine
    self.created = created
    self.seconds = seconds
    self.isRemoved = isRemoved
  }

  static let keys: Set<String> = [
    "version", "kind", "shot", "fingerprint", "recipe", "output", "engine", "created", "seconds", "removed", "note",
  ]

  /// Larger sidecars are refused; a ComfyUI graph has tens of kilobytes.
  package static let maximumSize = 8 << 20
}

extension Sidecar {
  /// The bytes of the file: fixed key order, the recipe's keys sorted, two spaces, one line break at the end.
  package var text: [UInt8] {
    var object: JSONObject = [
      "version": 1, "kind": .string(kind.name), "shot": .string(shot), "fingerprint": .string(fingerprint.description),
      "recipe": .object(recipe).sorted,
    ]
    object["output"] = .object(Self.fields(output))
    object["engine"] = .object(Self.fields(engine))
    if let created { object["created"] = .string(created) }
    if let seconds { object["seconds"] = .number(JSONNumber(seconds)) }
    if isRemoved { object["removed"] = true }
    return JSON.object(object).pretty
  }

  package static func fields(_ output: Output) -> JSONObject {
    var fields: JSONObject = [
      "sha256": .string(output.digest.hex), "bytes": .number(JSONNumber(output.bytes)), "type": .string(output.type),
    ]
    if let width = output.width { fields["width"] = .number(JSONNumber(width)) }
    if let height = output.height { fields["height"] = .number(JSONNumber(height)) }
    return fields
  }

  package static func fields(_ engine: EngineFacts) -> JSONObject {
    var fields: JSONObject = [
      "name": .string(engine.name), "type": .string(engine.type), "version": .string(engine.version),
    ]
    if let job = engine.job { fields["job"] = .string(job) }
    return fields
  }
}

extension JSON {
  /// The value with the keys of all its objects in byte order.
  package var sorted: JSON {
    switch self {
    case .object(let object):
      var ordered: JSONObject = [:]
      for key in object.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
        ordered[key] = object[key]?.sorted
      }
      return .object(ordered)
    case .array(let elements): return .array(elements.map(\.sorted))
    default: return self
    }
  }
}
