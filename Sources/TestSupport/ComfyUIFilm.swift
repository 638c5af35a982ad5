internal import Basics
internal import JSONText

/// A film whose shots are made on ComfyUI servers, by a workflow that needs no model: it runs on a real server without a GPU, too.
///
/// A grey frame of the film's size, noise by the seed, some steps that take time and show previews, a node that says the prompt, a
/// picture. PeerSleep and PeerText are nodes of Tests/comfyui/nodes.
package enum ComfyUIFilm {
  package static let workflow = "workflows/noise.json"

  /// - Parameters:
  ///   - urls: of the servers.
  ///   - steps: how many there are, and how long each takes in seconds.
  ///   - more: further members of project.json.
  package static func make(
    shots: Int = 3, on urls: [String], steps: (Int, Double) = (4, 0.02), isTrusted: Bool = true, more: String = "",
    limit: Duration = .seconds(60)
  ) -> Film {
    let film = Film(shots: shots, limit: limit)
    if isTrusted { film.noteMadeHere() }
    setProject(of: film, urls, more)
    film.write(workflow, graph(steps: steps))
    return film
  }

  package static func setProject(of film: Film, _ urls: [String], _ more: String = "") {
    let list = urls.map { "\"\($0)\"" }.joined(separator: ", ")
    film.write(
      "project.json",
      """
      {
        "name": "Test film",
        "frame": { "width": 96, "height": 64 },
        "engine": "comfyui",
        "engines": { "comfyui": { "type": "comfyui", "urls": [\(list)], "workflow": "\(workflow)" } }\(more.isEmpty ? "" : ",\n  \(more)")
      }

      """)
  }

  /// The workflow as ComfyUI exports it.
  package static func graph(steps: (Int, Double) = (4, 0.02), node: String = "") -> String {
    """
    {
      "1": { "class_type": "EmptyImage", "inputs": { "width": 512, "height": 512, "batch_size": 1, "color": 8421504 },
             "_meta": { "title": "@frame" } },
      "2": { "class_type": "ImageAddNoise", "inputs": { "image": ["1", 0], "seed": 7, "strength": 0.5 } },
      "3": { "class_type": "PeerSleep",
             "inputs": { "image": ["2", 0], "steps": \(steps.0), "step_s": \(steps.1), "seed": 0, "previews": true } },
      "4": { "class_type": "PeerText", "inputs": { "image": ["3", 0], "text": "a harbour" }, "_meta": { "title": "@prompt" } },\(node)
      "9": { "class_type": "SaveImage", "inputs": { "images": ["4", 0], "filename_prefix": "ComfyUI" } }
    }

    """
  }
}
