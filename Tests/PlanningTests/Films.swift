import Planning
import ProjectFiles
import TestSupport

/// The projects that the step tests start from.
enum Films {
  /// Two shots, drawn by the storyboard engine.
  static var storyboard: PaperProject {
    PaperProject([
      ("project.json", #"{ "name": "Rain" }"#),
      (
        "sequences/sequence_001.json",
        """
        {
          "shots": [
            { "id": "shot_001", "prompt": "a pier" },
            { "id": "shot_002", "prompt": "rain" }
          ]
        }
        """
      ),
    ])
  }

  /// One shot, painted by an engine that has seeds and reads everything.
  static func painted(_ shot: String, project: String = "", seeding: Seeding = .seed) -> PaperProject {
    PaperProject(
      [
        ("project.json", #"{ "engine": "oils", "engines": { "oils": { "type": "painter" } }\#(project) }"#),
        ("sequences/sequence_001.json", #"{ "shots": [ { "id": "shot_001"\#(shot) } ] }"#),
      ], forms: [PaperProject.storyboard, PainterForm(seeding: seeding)])
  }

  static let sequence = "sequences/sequence_001.json"
}
