import Basics
import Planning
import ProjectFiles
import TestSupport
import Testing

struct IdleKeysTests {
  private func notes(_ project: String, _ shots: String) -> [String] {
    let paper = PaperProject(
      [
        ("project.json", project),
        ("sequences/s.json", "{\n\"shots\": [\n\(shots)\n]}"),
      ], forms: [PaperProject.storyboard, PainterForm()])
    return IdleKeys.notes(in: paper.project, kinds: paper.planner.kinds, forms: paper.planner.forms).sorted().map {
      "\($0.file):\($0.place?.line ?? 0) \($0.message)"
    }
  }

  @Test func `a key that the shot's engine does not use is told with its place, once for all shots that inherit it`() {
    #expect(
      notes(
        "{ \"negativePrompt\": \"text\", \"frame\": { \"width\": 640 } }",
        """
        { "id": "a", "prompt": "x", "seed": 4 },
        { "id": "b", "prompt": "y", "parameters": { "steps": 20 }, "references": [] }
        """) == [
          "project.json:1 `negativePrompt` has no effect: the engine `storyboard` does not use it",
          "sequences/s.json:3 `seed` has no effect: the engine `storyboard` does not use it",
          "sequences/s.json:4 `parameters` has no effect: the engine `storyboard` does not use it",
        ])
  }

  @Test func `a key that one shot uses and another does not has an effect`() {
    #expect(
      notes(
        "{ \"negativePrompt\": \"text\", \"engines\": { \"paint\": { \"type\": \"painter\" } } }",
        """
        { "id": "a", "prompt": "x" },
        { "id": "b", "prompt": "y", "engine": "paint" }
        """) == [])
  }
}
