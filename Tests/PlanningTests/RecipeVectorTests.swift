import Basics
import FoundationEssentials
import JSONText
import Planning
import ProjectFiles
import TestSupport
import Testing

/// The vectors in Documentation/Recipes.md, which others may compute fingerprints by.
struct RecipeVectorTests {
  private func vectors() throws -> [JSON] {
    let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: repository.appending(path: "Documentation/Recipes.md"), encoding: .utf8)
    let fences = page.split(separator: "```", omittingEmptySubsequences: false)
    let block = try #require(fences.count == 3 ? fences[1].drop { $0 != "\n" } : nil)
    return try #require(JSONDocument(parsing: Array(block.utf8)).root.value.array)
  }

  @Test func `each recipe has its canonical text and fingerprint`() throws {
    let vectors = try vectors()
    #expect(vectors.count >= 5)
    for vector in vectors {
      let name = try #require(vector["name"]?.string)
      let recipe = Recipe(try #require(vector["recipe"]?.object))
      #expect(recipe.canonicalText == vector["canonical"]?.string, "\(name)")
      #expect(recipe.fingerprint.description == vector["fingerprint"]?.string, "\(name)")
    }
  }

  @Test func `each project gives its recipe`() throws {
    var count = 0
    for vector in try vectors() {
      guard let files = vector["files"]?.object else { continue }
      let texts = files.map { ($0.key, $0.value.string ?? $0.value.compactText) }
      let film = PaperProject(
        texts,
        forms: [PaperProject.storyboard, PainterForm(), PainterForm(type: "counter", seeding: .takeNumber)])
      let shot = try #require(vector["shot"]?.string)
      let kind = try #require(vector["kind"]?.string.flatMap { Kind($0) })
      let recipe = film.recipe(of: shot, kind)
      #expect(
        recipe?.fingerprint.description == vector["fingerprint"]?.string,
        "\(recipe?.canonicalText ?? "none"): \(film.problems)")
      count += 1
    }
    #expect(count >= 5)
  }
}
