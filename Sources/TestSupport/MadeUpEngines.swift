internal import Basics
package import JSONText
package import Planning
package import ProjectFiles

/// An engine form for tests that reads nearly everything: prompts, model, parameters, frame, references by content.
///
/// It is not built in, so a project must define it: `{ "engines": { "oils": { "type": "painter" } } }`.
package struct PainterForm: EngineForm {
  package let type: String
  package let isBuiltIn = false
  package let kinds: Set<Kind>
  package let seeding: Seeding

  package init(type: String = "painter", kinds: Set<Kind> = [.still], seeding: Seeding = .seed) {
    self.type = type
    self.kinds = kinds
    self.seeding = seeding
  }

  package func recipe(for request: ShotRequest) throws(RecipeRefusal) -> JSONObject {
    if request.model == "sold-out" { throw RecipeRefusal("the model `sold-out` is no longer offered") }
    var recipe: JSONObject = ["prompt": .string(request.prompt)]
    if let negative = request.negativePrompt { recipe["negativePrompt"] = .string(negative) }
    if let model = request.model { recipe["model"] = .string(model) }
    if !request.parameters.isEmpty {
      recipe["parameters"] = .object(
        JSONObject(request.parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
    }
    if !request.references.isEmpty {
      recipe["references"] = .array(request.references.map { .string($0.digest.description) })
    }
    var frame: JSONObject = [:]
    if let width = request.width { frame["width"] = .number(JSONNumber(width)) }
    if let height = request.height { frame["height"] = .number(JSONNumber(height)) }
    if let fps = request.fps { frame["fps"] = .number(fps) }
    if !frame.isEmpty { recipe["frame"] = .object(frame) }
    if !request.fields.isEmpty { recipe["wish"] = .object(request.fields) }
    return recipe
  }
}

/// A built-in engine form for tests, for kinds made of other kinds: it reads the kind's own object and nothing else.
package struct JoinerForm: EngineForm {
  package let type: String
  package let isBuiltIn = true
  package let kinds: Set<Kind>
  package let seeding = Seeding.none

  package init(type: String, kinds: Set<Kind>) {
    self.type = type
    self.kinds = kinds
  }

  package func recipe(for request: ShotRequest) throws(RecipeRefusal) -> JSONObject {
    request.fields.isEmpty ? [:] : ["wish": .object(request.fields)]
  }
}

extension KindList {
  /// All the kinds that a film may have one day: clip on still, talk on a voice and the clip or else the still, an animatic of each
  /// sequence on all its stills.
  package static let madeUp = KindList([
    KindDefinition(.animatic, scope: .sequence, inputs: ["still"]) { _ in true },
    KindDefinition(.talk, inputs: ["voice", .first(of: .clip, .still)]) { $0.kinds[.talk] != nil },
    KindDefinition(.clip, inputs: ["still"]) { $0.kinds[.clip] != nil },
    KindDefinition(.voice) { $0.kinds[.voice] != nil },
    KindDefinition(.still) { _ in true },
  ])
}
