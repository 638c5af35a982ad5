internal import Basics
internal import JSONText

/// Final Cut Pro's XML, version 1.9: the first whose assets hold `media-rep`, which all later ones read.
///
/// Times are fractions of a second that fall on frames. A still is a `video` of an asset without a duration, as Final Cut writes it; a
/// film is an `asset-clip` with its picture only, since the voices are takes of their own: they are connected beneath, in lane -1.
/// Sequences begin with a chapter marker; what is missing is a marker to be ticked off.
extension Timeline {
  func fcpxml(_ media: MediaAddress) -> [UInt8] {
    var writing = FCPXMLWriting(timeline: self, media: media)
    return writing.text()
  }
}

private struct FCPXMLWriting {
  let timeline: Timeline
  let media: MediaAddress
  private var resources: [String] = []
  private var formats: [String: String] = [:]
  private var assets: [ProjectPath: String] = [:]
  /// How much of each file is shown at most, in frames, for those that do not say how long they are.
  private var needed: [ProjectPath: Int] = [:]
  private var lastID = 0

  init(timeline: Timeline, media: MediaAddress) {
    (self.timeline, self.media) = (timeline, media)
    for shot in timeline.shots {
      for take in [shot.picture, shot.voice].compactMap({ $0 }) {
        needed[take.file] = max(needed[take.file] ?? 0, shot.length)
      }
    }
  }

  mutating func text() -> [UInt8] {
    let format = format(timeline.rate, timeline.width, timeline.height)
    var spine: [String] = []
    for section in timeline.sections {
      for (index, shot) in section.shots.enumerated() {
        spine += element(of: shot, chapter: index == 0 ? section.heading : nil)
      }
    }
    let name = XMLText.attribute("name", timeline.name.isEmpty ? "Film" : timeline.name)
    let lines =
      [
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<!DOCTYPE fcpxml>", "<fcpxml version=\"1.9\">", "  <resources>",
      ] + resources.map { "    \($0)" } + [
        "  </resources>", "  <library>", "    <event\(name)>", "      <project\(name)>",
        "        <sequence format=\"\(format)\" duration=\"\(time(timeline.length))\" tcStart=\"0s\" "
          + "tcFormat=\"\(timeline.rate.dropsFrames ? "DF" : "NDF")\" audioLayout=\"stereo\" audioRate=\"48k\">",
        "          <spine>",
      ] + spine.map { "            \($0)" } + [
        "          </spine>", "        </sequence>", "      </project>", "    </event>", "  </library>", "</fcpxml>",
        "",
      ]
    return Array(lines.joined(separator: "\n").utf8)
  }

  // MARK: Shots

  private mutating func element(of shot: Timeline.Shot, chapter: String?) -> [String] {
    let shown = shot.picture == nil ? shot.length : shot.shown
    func place(_ start: Int, _ length: Int) -> String {
      XMLText.attribute("name", shot.title)
        + " offset=\"\(time(start))\" start=\"0s\" duration=\"\(time(length))\""
    }
    let opening: (tag: String, attributes: String)
    switch shot.picture {
    case nil: opening = ("gap", place(shot.start, shown))
    case let still? where still.isStill:
      opening = ("video", " ref=\"\(asset(still, shot))\"" + place(shot.start, shown))
    case let film?:
      opening = ("asset-clip", " ref=\"\(asset(film, shot))\"" + place(shot.start, shown) + " srcEnable=\"video\"")
    }
    // In the order that the format asks for: note, what is connected, markers.
    var inner = ["<note>\(XMLText.escaped(note(shot)))</note>"]
    if let voice = shot.voice {
      inner.append(
        "<asset-clip ref=\"\(asset(voice, shot))\" lane=\"-1\"\(XMLText.attribute("name", shot.title)) offset=\"0s\" "
          + "start=\"0s\" duration=\"\(time(shot.spoken))\" audioRole=\"dialogue\"/>")
    }
    if !shot.remark.isEmpty {
      inner.append(
        "<marker start=\"0s\" duration=\"\(time(1))\"\(XMLText.attribute("value", shot.remark)) completed=\"0\"/>")
    }
    if let chapter {
      inner.append("<chapter-marker start=\"0s\" duration=\"\(time(1))\"\(XMLText.attribute("value", chapter))/>")
    }
    let rest = shown == shot.length ? [] : ["<gap\(place(shot.start + shown, shot.length - shown))/>"]
    return ["<\(opening.tag)\(opening.attributes)>"] + inner.map { "  \($0)" } + ["</\(opening.tag)>"] + rest
  }

  /// What a person may want to look up: the shot, its words, and what the take was made with.
  private func note(_ shot: Timeline.Shot) -> String {
    var lines = [shot.address]
    let recipe = shot.picture?.recipe ?? [:]
    // What an older take was made of its own recipe says, or nobody.
    let prompt = recipe["prompt"]?.string ?? (shot.picture?.standing == "older" ? "" : shot.prompt)
    if !prompt.isEmpty { lines.append(prompt) }
    if let seed = recipe["seed"]?.number { lines.append("seed \(seed.text)") }
    if let fingerprint = shot.picture?.fingerprint { lines.append(fingerprint) }
    return lines.joined(separator: "\n")
  }

  // MARK: Resources

  private mutating func identity() -> String {
    lastID += 1
    return "r\(lastID)"
  }

  /// - Parameter rate: nil for stills.
  private mutating func format(_ rate: FrameRate?, _ width: Int, _ height: Int) -> String {
    let frames =
      rate.map { " frameDuration=\"\($0.denominator)/\($0.numerator)s\"" } ?? " name=\"FFVideoFormatRateUndefined\""
    let attributes = "\(frames) width=\"\(width)\" height=\"\(height)\""
    if let known = formats[attributes] { return known }
    let id = identity()
    formats[attributes] = id
    resources.append("<format id=\"\(id)\"\(attributes)/>")
    return id
  }

  /// One for each file, however often it is shown.
  private mutating func asset(_ take: Timeline.Media, _ shot: Timeline.Shot) -> String {
    if let known = assets[take.file] { return known }
    let length = time(take.length ?? needed[take.file] ?? shot.length)
    let what: String
    if take.kind == "voice" {
      what = " duration=\"\(length)\" hasAudio=\"1\" audioSources=\"1\""
    } else {
      let format = format(
        take.isStill ? nil : shot.rate ?? timeline.rate, take.width ?? timeline.width, take.height ?? timeline.height)
      what = " duration=\"\(take.isStill ? "0s" : length)\" hasVideo=\"1\" format=\"\(format)\""
    }
    let id = identity()
    assets[take.file] = id
    resources.append(
      "<asset id=\"\(id)\"\(XMLText.attribute("name", take.file.name)) start=\"0s\"\(what)><media-rep kind=\"original-media\" "
        + "src=\"\(XMLText.escaped(media.absoluteURL(of: take.file)))\"/></asset>")
    return id
  }

  /// Frames in seconds, as a fraction in which nothing is rounded.
  private func time(_ frames: Int) -> String {
    let (numerator, denominator) = (frames * timeline.rate.denominator, timeline.rate.numerator)
    let (whole, rest) = numerator.quotientAndRemainder(dividingBy: denominator)
    return rest == 0 ? "\(whole)s" : "\(numerator)/\(denominator)s"
  }
}
