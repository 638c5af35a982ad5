package import JSONText

/// What a server can do: its node classes with their inputs, as `GET /object_info` tells them.
package struct ObjectInfo: Sendable {
  package private(set) var classes: [String: NodeClass] = [:]

  package struct NodeClass: Sendable {
    /// In the order in which the editor shows them.
    package var inputs: [Input] = []
    /// The types of its outputs.
    package var outputs: [String] = []
    package var isOutput = false
    /// What the editor calls it.
    package var title: String?

    package func input(_ name: String) -> Input? { inputs.first { $0.name == name } }
  }

  package struct Input: Sendable {
    package var name: String
    /// `INT`, `IMAGE`, …; `COMBO` for one of a list.
    package var type: String
    /// The values there are; nil for what is no choice.
    package var options: [JSON]?
    package var isRequired: Bool
    /// `min`, `max`, `default`, …
    package var settings: JSON

    /// Whether the editor shows a field for it: such an input has its value in `widgets_values`.
    package var isWidget: Bool {
      if settings["forceInput"]?.bool == true { return false }
      return options != nil || ["INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"].contains(type)
        || type.hasPrefix("COMFY_DYNAMICCOMBO")
    }

    /// Whether the editor puts a field behind it that says what happens to a seed after each run.
    package var hasControl: Bool {
      settings["control_after_generate"].map { $0.bool != false && !$0.isNull } ?? false
        || type == "INT" && (name == "seed" || name == "noise_seed")
    }

    /// Whether it takes a file that is uploaded.
    package var isUpload: Bool {
      ["image_upload", "video_upload", "audio_upload", "animated_image_upload"].contains { settings[$0]?.bool == true }
    }
  }

  /// - Parameter json: what the server said; several answers for single classes may be joined before.
  package init(_ json: JSON) {
    for (name, value) in json.object ?? [:] {
      guard let info = value.object else { continue }
      var found = NodeClass()
      for group in ["required", "optional"] {
        let members = info["input"]?[group]?.object ?? [:]
        let order = (info["input_order"]?[group]?.array ?? []).compactMap(\.string)
        let names = order.filter { members[$0] != nil } + members.keys.filter { !order.contains($0) }
        for name in names {
          if let member = members[name] { found.inputs.append(Input(name, member, isRequired: group == "required")) }
        }
      }
      found.outputs = (info["output"]?.array ?? []).map { $0.string ?? "COMBO" }
      found.isOutput = info["output_node"]?.bool ?? false
      found.title = info["display_name"]?.string
      classes[name] = found
    }
  }

  package var isEmpty: Bool { classes.isEmpty }
}

extension ObjectInfo.Input {
  /// What else there is to say when a choice has fallen on a value, for choices that have more behind them.
  func further(of value: JSON) -> [ObjectInfo.Input] {
    guard type.hasPrefix("COMFY_DYNAMICCOMBO") else { return [] }
    let option = settings["options"]?.array?.first { $0["key"] == value }
    return ["required", "optional"].flatMap { group in
      (option?["inputs"]?[group]?.object ?? [:]).map {
        ObjectInfo.Input($0.key, $0.value, isRequired: group == "required")
      }
    }
  }

  /// `["INT", { "min": 0 }]`, `[["euler", "heun"]]`, `["COMBO", { "options": ["euler"] }]`.
  init(_ name: String, _ json: JSON, isRequired: Bool) {
    self.name = name
    self.isRequired = isRequired
    let parts = json.array ?? []
    settings = parts.count > 1 ? parts[1] : .null
    switch parts.first {
    case .array(let options)?: (type, self.options) = ("COMBO", options)
    case .string(let type)?:
      self.type = type
      options = type == "COMBO" ? settings["options"]?.array ?? [] : nil
    default: (type, options) = ("*", nil)
    }
  }
}
