internal import Basics
internal import JSONText

/// What the StoryCore editor says of a project, in the three forms of its project.json.
extension ProjectFile {
  /// Takes over what the editor's keys say, after ours were read.
  mutating func readEditorKeys(of root: JSONNode, _ reader: FieldReader) {
    let texts = [root["project_name"], root.at(["project", "name"])].compactMap { $0 }
    name = name ?? texts.compactMap(\.string).first { !$0.isEmpty }
    let formats = [["project", "format"], ["format"], ["metadata", "format"]]
    let specifications = formats.compactMap { root.at($0 + ["specifications"]) }
    let resolutions = [root.at(["settings", "default_resolution"])] + specifications.map { $0["resolution"] }
    let size = EditorFrame.size(
      resolutions.compactMap { $0 }, ratios: specifications.compactMap { $0["aspect_ratio"] }, reader)
    let rate = EditorFrame.rate(specifications.compactMap { $0["frame_rate"] }, reader)
    if size == nil, rate == nil { return }

    let own = settings.frame
    if case .unset = own { return }
    var frame = own.value ?? FrameSettings()
    if let size {
      // Half of a size of ours and half of another's would be a frame that nobody asked for.
      let isOurs = frame.width.value != nil || frame.height.value != nil
      if isOurs {
        if frame.width.value ?? size.value.width != size.value.width
          || frame.height.value ?? size.value.height != size.value.height
        {
          reader.report(
            .warning, "conflicting-keys", "the editor's resolution is another than that of `frame`, which counts",
            at: size.range, label: "let both say the same, or take one out")
        }
      } else {
        frame.width = .set(Written(size.value.width, at: size.range))
        frame.height = .set(Written(size.value.height, at: size.range))
      }
    }
    if let rate, frame.fps.value == nil { frame.fps = .set(rate) }
    var range = size?.range ?? rate?.range ?? root.range
    if case .set(let written) = own { range = written.range }
    settings.frame = .set(Written(frame, at: range))
  }
}

/// Frame sizes and rates as the editor spells them: `"1920x1080"`, `"16:9"`, `24`.
private enum EditorFrame {
  struct Size: Sendable {
    var width: Int
    var height: Int
  }

  /// - Parameters:
  ///   - resolutions: the first that can be read counts.
  ///   - ratios: count only where there is no resolution: the standard width is kept then.
  static func size(_ resolutions: [JSONNode], ratios: [JSONNode], _ reader: FieldReader) -> Written<Size>? {
    for node in resolutions where !StoryCoreKeys.isSilent(node, as: "resolution") {
      if let size = node.string.flatMap({ size($0) }) { return Written(size, at: node.range) }
      reportUnused(node, "the resolution", "such as \"1920x1080\"", reader)
    }
    for node in ratios where !StoryCoreKeys.isSilent(node, as: "aspect_ratio") {
      if let ratio = node.string.flatMap({ ratio($0) }) ?? node.number?.double, ratio > 0.1, ratio < 10 {
        // Even, as encoders want it.
        let height = Int((Double(FrameLimits.standard.width) / ratio / 2).rounded()) * 2
        return Written(Size(width: FrameLimits.standard.width, height: height), at: node.range)
      }
      reportUnused(node, "the aspect ratio", "such as \"16:9\"", reader)
    }
    return nil
  }

  static func rate(_ rates: [JSONNode], _ reader: FieldReader) -> Written<JSONNumber>? {
    for node in rates where !StoryCoreKeys.isSilent(node, as: "frame_rate") {
      if let number = node.number ?? node.string.flatMap({ JSONNumber(text: $0) }), number.double > 0,
        number.double <= 240
      {
        return Written(number, at: node.range)
      }
      reportUnused(node, "the frame rate", "such as 24", reader)
    }
    return nil
  }

  private static func size(_ text: String) -> Size? {
    let sides = text.lowercased().split(whereSeparator: { "x× ".contains($0) }).map { Int($0) }
    guard sides.count == 2, let width = sides[0], let height = sides[1], FrameLimits.side.contains(width),
      FrameLimits.side.contains(height)
    else { return nil }
    return Size(width: width, height: height)
  }

  private static func ratio(_ text: String) -> Double? {
    let parts = text.split(separator: ":").map { Double($0) }
    if parts.count == 1 { return parts[0] }
    guard parts.count == 2, let width = parts[0], let height = parts[1], height > 0 else { return nil }
    return width / height
  }

  private static func reportUnused(_ node: JSONNode, _ what: String, _ example: String, _ reader: FieldReader) {
    reader.report(
      .warning, "unused-value", "\(what) is not one that reel understands, and is not used", at: node.range,
      label: "write \(example), or set `frame`")
  }
}
