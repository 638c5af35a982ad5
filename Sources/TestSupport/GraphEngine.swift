package import Basics
package import Engines
package import JSONText
package import Planning
package import ProjectFiles

/// An engine for tests that decides as ComfyUI engines do and makes bytes that only the recipe decides.
package struct GraphEngine: Engine {
  private let form = ComfyUIForm()

  package let type = "comfyui"
  package let isBuiltIn = false
  package let kinds: Set<Kind> = [.still]
  package let seeding = Seeding.seed
  package let reach = EngineReach.loopback
  package let version = "1"
  package let capacity = 2
  package let usesWorkflows = true

  package init() {}

  package func configured(by definition: EngineDefinition) throws(RecipeRefusal) -> any EngineForm {
    try form.configured(by: definition)
  }

  package func using(_ workflow: Workflow?) -> any EngineForm { form.using(workflow) }

  package func trustFacts(
    of definition: EngineDefinition, nodeClasses: [String], reading read: (ProjectPath) -> [UInt8]?
  ) -> [TrustFact] {
    form.trustFacts(of: definition, nodeClasses: nodeClasses, reading: read)
  }

  package func recipe(for request: ShotRequest) throws(RecipeRefusal) -> JSONObject { try form.recipe(for: request) }

  package func make(
    _ job: EngineJob, progress: @escaping @Sendable (Double, String) -> Void
  ) async throws(EngineError) -> EngineOutput {
    do throws(RecipeRefusal) {
      let prompt = try ComfyUIPrompt(recipe: job.recipe.fields, request: job.request)
      guard prompt.outputs.count == 1 else { throw RecipeRefusal("the graph has \(prompt.outputs.count) outputs") }
    } catch {
      throw EngineError(error.message, canPass: false)
    }
    return ScriptedEngine.output(of: job)
  }
}
