package import Basics
package import JSONText

/// The keys that decide results and can stand at the project, a sequence, a shot or one of its kinds, as one level wrote them.
package struct GenerationSettings: Sendable {
  package var engine: Setting<String> = .inherited
  package var workflow: Setting<ProjectPath> = .inherited
  package var model: Setting<String> = .inherited
  package var style: Setting<String> = .inherited
  package var negativePrompt: Setting<String> = .inherited
  /// Free keys, merged key by key; a `null` in it unsets that one.
  package var parameters: Setting<[String: Setting<JSON>]> = .inherited
  package var frame: Setting<FrameSettings> = .inherited
  package var references: Setting<[Written<ProjectPath>]> = .inherited
  package var seed: Setting<UInt64> = .inherited
  package var takes: Setting<Int> = .inherited

  package init() {}

  /// What most shots say: nothing. One for all of them.
  static let none = Boxed(wrappedValue: GenerationSettings())

  /// The keys by name, for reading and for likely names.
  package static let keys: Set<String> = [
    "engine", "workflow", "model", "style", "negativePrompt", "parameters", "frame", "references", "seed", "takes",
  ]
}

/// A frame's width and height in pixels and its rate in frames a second, as one level wrote them.
package struct FrameSettings: Sendable {
  package var width: Setting<Int> = .inherited
  package var height: Setting<Int> = .inherited
  package var fps: Setting<JSONNumber> = .inherited

  package init() {}

  static let keys: Set<String> = ["width", "height", "fps", "note"]
}

/// The sizes that a frame may have: what encoders and engines take.
package enum FrameLimits {
  /// Width and height in pixels.
  package static let side = 16...8192
  /// What holds when nobody said anything.
  package static let standard = (width: 1280, height: 720)
}

/// The keys as they hold for one kind of a shot: project, sequence, shot and kind laid over each other.
package struct ResolvedSettings: Sendable {
  package var engine: Sourced<String>?
  package var workflow: Sourced<ProjectPath>?
  package var model: Sourced<String>?
  package var style: Sourced<String>?
  package var negativePrompt: Sourced<String>?
  package var parameters: [String: Sourced<JSON>] = [:]
  package var width: Sourced<Int>?
  package var height: Sourced<Int>?
  package var fps: Sourced<JSONNumber>?
  package var references: Sourced<[Written<ProjectPath>]>?
  package var seed: Sourced<UInt64>?
  package var takes: Sourced<Int>?

  package init() {}

  /// Lays a level that `file` wrote over this.
  package mutating func apply(_ level: GenerationSettings, from file: ProjectPath) {
    engine = level.engine.over(engine, file: file)
    workflow = level.workflow.over(workflow, file: file)
    model = level.model.over(model, file: file)
    style = level.style.over(style, file: file)
    negativePrompt = level.negativePrompt.over(negativePrompt, file: file)
    references = level.references.over(references, file: file)
    seed = level.seed.over(seed, file: file)
    takes = level.takes.over(takes, file: file)
    switch level.parameters {
    case .inherited: break
    case .unset: parameters = [:]
    case .set(let written):
      for (key, setting) in written.value {
        let above = parameters[key]
        parameters[key] = setting.over(above, file: file)
        parameters[key]?.value.merge(over: above?.value)
      }
    }
    switch level.frame {
    case .inherited: break
    case .unset: (width, height, fps) = (nil, nil, nil)
    case .set(let written):
      width = written.value.width.over(width, file: file)
      height = written.value.height.over(height, file: file)
      fps = written.value.fps.over(fps, file: file)
    }
  }
}

extension JSON {
  /// Lays this value over one from the level above: objects merge key by key, at any depth, and a `null` in them unsets; anything
  /// else replaces what was there. (The rule of RFC 7396, JSON Merge Patch.)
  fileprivate mutating func merge(over above: JSON?) {
    guard case .object(let patch) = self else { return }
    var merged = above?.object ?? [:]
    for (key, value) in patch {
      if value.isNull {
        merged[key] = nil
      } else {
        var value = value
        value.merge(over: merged[key])
        merged[key] = value
      }
    }
    self = .object(merged)
  }
}
