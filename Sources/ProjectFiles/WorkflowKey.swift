/// What of a shot goes into an input of a workflow.
package enum WorkflowKey: Hashable, Sendable {
  case prompt
  case negativePrompt
  case seed
  case model
  /// Pixels.
  case width, height
  /// Frames a second.
  case fps
  /// Seconds.
  case duration
  /// How many frames a clip has: its duration at the rate that the workflow writes.
  case frames
  /// How many pictures one run makes.
  case batch
  /// `parameters.NAME`.
  case parameter(String)
  /// The shot's references, counted from 0.
  case reference(Int)
  /// The pictures of a library entry, counted from 0.
  case entry(String, Int)
  /// The take of another kind that this one is made of.
  case input(Kind)

  /// As people read it: where a shot says it.
  package var name: String {
    switch self {
    case .prompt: "prompt"
    case .negativePrompt: "negativePrompt"
    case .seed: "seed"
    case .model: "model"
    case .width: "frame.width"
    case .height: "frame.height"
    case .fps: "frame.fps"
    case .duration: "duration"
    case .frames: "frames"
    case .batch: "parameters.batch"
    case .parameter(let name): "parameters.\(name)"
    case .reference(let index): "references[\(index)]"
    case .entry(let name, let index): index == 0 ? "@\(name)" : "@\(name)[\(index)]"
    case .input(let kind): "inputs.\(kind)"
    }
  }

  /// The keys of a shot that are read for it, for `EngineForm.reads`.
  package var reads: [String] {
    switch self {
    case .prompt, .negativePrompt, .model, .duration: [name]
    case .width, .height, .fps: [name]
    case .seed: ["seed", "takes"]
    case .frames: ["duration", "parameters.frames"]
    case .batch, .parameter: [name]
    case .reference: ["references"]
    case .entry, .input: []
    }
  }
}

/// An input of a node that a shot decides.
package struct WorkflowBinding: Hashable, Sendable {
  /// The node's place in the workflow, and the input's in the node.
  package var node: Int
  package var input: Int
  package var key: WorkflowKey
  /// What counts where nobody says the key: graphs of Flux have a guidance where others have `cfg`.
  package var alternative: WorkflowKey?
  /// For inputs that have to keep their relation to another one: the second pass of a graph at twice the size.
  package var scale: Scale?

  package struct Scale: Hashable, Sendable {
    /// The input's own value.
    package var own: Double
    /// The own value of what it follows.
    package var base: Double
    /// What the result is a whole multiple of.
    package var step: Int

    package func value(of number: Double) -> Int? {
      let scaled = (number * own / base / Double(step)).rounded()
      guard scaled.magnitude < 1e9 else { return nil }
      return max(1, Int(scaled)) * step
    }
  }
}
