package import Basics
package import JSONText
package import ProjectFiles

/// What deciding needs to know of an engine: which kinds it makes, what of a shot it reads, and the recipe that follows.
///
/// Pure: an engine of a type answers for all engines of that type without asking any server.
package protocol EngineForm: Sendable {
  /// The type, as in `"type": "comfyui"`; for built-in engines also the name.
  var type: String { get }
  /// Built-in engines need no entry in project.json, cost nothing and are always trusted.
  var isBuiltIn: Bool { get }
  var kinds: Set<Kind> { get }
  var seeding: Seeding { get }
  /// The keys of a shot that it uses, such as `negativePrompt`; nil when that depends on more than the type. Others have no effect,
  /// which `reel check` says. `parameters` and `frame` mean all that is in them, `parameters.steps` that one.
  var reads: Set<String>? { get }
  /// How far away the work is done: what lies farther costs more and is asked later.
  var reach: EngineReach { get }
  /// Whether it costs money.
  var isPaid: Bool { get }
  /// Whether the same recipe may give the same bytes on two computers. Their sidecars must be the same then, too, or they would
  /// conflict in a merge: no times are written into them, and no id of a job.
  var isRepeatable: Bool { get }
  /// How many jobs an entry works on at a time, where the entry says so; nil leaves it to the engine's type.
  var jobLimit: Int? { get }

  /// The form as an entry of `engines` configures it; called for every shot that is planned.
  /// - Throws: what is wrong with the entry, as a sentence for the user.
  func configured(by definition: EngineDefinition) throws(RecipeRefusal) -> any EngineForm

  /// Whether it works by workflows: the shot's, else that of its entry.
  var usesWorkflows: Bool { get }
  /// The workflow of its entry.
  var workflow: ProjectPath? { get }

  /// The form as a workflow makes it: which kinds, seeds and keys there are. Called for every shot that is planned.
  /// - Parameter workflow: nil when there is none, or none that can be used.
  func using(_ workflow: Workflow?) -> any EngineForm

  /// What decides what the engine does on its own, beside what its entry says: the node classes of its workflows. A change of it asks for
  /// trust again, and `reel trust` shows it. Files of the project that an entry's `command` names count anyway.
  /// - Parameters:
  ///   - nodeClasses: of all workflows of the project, sorted; shots may name any of them.
  ///   - read: gives the content of a file of the project; nil when there is none.
  func trustFacts(
    of definition: EngineDefinition, nodeClasses: [String], reading read: (ProjectPath) -> [UInt8]?
  ) -> [TrustFact]

  /// The engine's part of the recipe, of what it reads in the request and nothing else. The planner adds version, kind, engine
  /// type, inputs of other kinds and the seed or take number.
  func recipe(for request: ShotRequest) throws(RecipeRefusal) -> JSONObject

  /// The same with what is large and shared by many recipes by itself: `recipe(for:)` and nothing else where an engine does not say so.
  func parts(for request: ShotRequest) throws(RecipeRefusal) -> RecipeParts
}

extension EngineForm {
  package var reads: Set<String>? { nil }
  package var reach: EngineReach { isBuiltIn ? .inside : .network }
  package var isPaid: Bool { false }
  package var isRepeatable: Bool { isBuiltIn }
  package var jobLimit: Int? { nil }
  package func configured(by definition: EngineDefinition) throws(RecipeRefusal) -> any EngineForm { self }
  package var usesWorkflows: Bool { false }
  package var workflow: ProjectPath? { nil }
  package func using(_ workflow: Workflow?) -> any EngineForm { self }
  package func trustFacts(
    of definition: EngineDefinition, nodeClasses: [String], reading read: (ProjectPath) -> [UInt8]?
  ) -> [TrustFact] { [] }
  package func parts(for request: ShotRequest) throws(RecipeRefusal) -> RecipeParts {
    RecipeParts(try recipe(for: request))
  }
}

/// One thing that a person trusts with an engine, as `reel trust` shows it. Strangers wrote it: it is escaped where it is shown.
package struct TrustFact: Hashable, Sendable {
  package var name: String
  package var value: String

  package init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// Where an engine does its work.
package enum EngineReach: Hashable, Sendable {
  /// In this program.
  case inside
  /// On this machine: a program, or a server on a loopback address.
  case loopback
  /// On another machine.
  case network
}

/// How several takes of one shot come about.
package enum Seeding: Sendable {
  /// The engine can be told a seed: `seed` is in the recipe.
  case seed
  /// It cannot: the take's number is in the recipe instead, as `take`.
  case takeNumber
  /// The result depends on nothing but the rest: one take whatever `takes` says.
  case none
}

/// Why an engine makes no recipe of a request: a sentence for the user.
package struct RecipeRefusal: Error, Hashable, Sendable {
  package var message: String

  package init(_ message: String) {
    self.message = message
  }
}

/// The engines of this reel by type.
package struct EngineForms: Sendable {
  package let byType: [String: any EngineForm]

  package init(_ forms: [any EngineForm]) {
    byType = Dictionary(forms.map { ($0.type, $0) }) { first, _ in first }
  }

  /// The engine that makes what nobody gave an engine.
  package static let standard = "storyboard"

  package enum Lookup: Sendable {
    /// The definition is nil for a built-in engine that has no entry.
    case found(any EngineForm, EngineDefinition?)
    /// The entry in `engines` makes no engine; the message is a sentence for the user.
    case refused(EngineDefinition, message: String)
    /// No entry in `engines`, and no built-in engine of that name.
    case unknownName
    /// The project defines it, but its type is none that this reel has.
    case unknownType(String)
  }

  package func form(named name: String, in definitions: [String: EngineDefinition]) -> Lookup {
    if let definition = definitions[name] {
      guard let form = byType[definition.type] else { return .unknownType(definition.type) }
      do throws(RecipeRefusal) {
        return .found(try form.configured(by: definition), definition)
      } catch {
        return .refused(definition, message: error.message)
      }
    }
    if let form = byType[name], form.isBuiltIn { return .found(form, nil) }
    return .unknownName
  }

  package var builtInNames: [String] { byType.values.filter(\.isBuiltIn).map(\.type).sorted() }
}
