internal import Basics
internal import JSONText

/// OpenTimelineIO, as https://opentimelineio.readthedocs.io describes its files: a `Timeline.1` whose `Stack.1` holds a track of pictures
/// and, where there are voices, one of sounds.
///
/// Markers stand in the stack, where importers look for guides; a marker in a gap would be passed over with it. What only reel knows is in
/// `metadata.reelwright`.
extension Timeline {
  func otio(_ media: MediaAddress) -> [UInt8] {
    let writing = OTIOWriting(rate: rate, media: media)
    var tracks: [JSON] = [writing.track("Pictures", "Video", shots.flatMap { writing.picture(of: $0) })]
    if hasVoices { tracks.append(writing.track("Voices", "Audio", writing.voices(of: shots))) }
    let stack = writing.object(
      "Stack.1", "tracks",
      [
        "source_range": nil, "effects": [], "markers": .array(markers.map { writing.marker($0) }), "enabled": true,
        "children": .array(tracks),
      ])
    let frame: JSON = ["width": .number(JSONNumber(width)), "height": .number(JSONNumber(height))]
    return writing.object(
      "Timeline.1", name, ["global_start_time": nil, "tracks": stack], about: ["version": 1, "frame": frame]
    ).pretty
  }

  /// What stands on the timeline beside takes: where sequences begin, and what is missing.
  struct Marker {
    var name: String
    var comment: String
    var frame: Int
    /// One of OpenTimelineIO's names for colours.
    var colour: String
  }

  var markers: [Marker] {
    sections.flatMap { section -> [Marker] in
      let beginning =
        section.isReadable
        ? Marker(name: section.heading, comment: "\(section.name) begins", frame: section.start, colour: "BLUE")
        : Marker(name: section.heading, comment: "\(section.name) cannot be read", frame: section.start, colour: "RED")
      return [beginning]
        + section.shots.filter { !$0.remark.isEmpty }.map {
          Marker(
            name: $0.title, comment: $0.remark, frame: $0.start, colour: $0.picture == nil ? "RED" : "YELLOW")
        }
    }
  }
}

private struct OTIOWriting {
  let rate: FrameRate
  let media: MediaAddress

  func object(_ schema: String, _ name: String, _ fields: JSONObject, about: JSONObject = [:]) -> JSON {
    var object: JSONObject = [
      "OTIO_SCHEMA": .string(schema), "metadata": about.isEmpty ? [:] : ["reelwright": .object(about)],
      "name": .string(name),
    ]
    for (key, value) in fields { object[key] = value }
    return .object(object)
  }

  func track(_ name: String, _ kind: String, _ children: [JSON]) -> JSON {
    object(
      "Track.1", name,
      [
        "source_range": nil, "effects": [], "markers": [], "enabled": true, "kind": .string(kind),
        "children": .array(children),
      ])
  }

  func picture(of shot: Timeline.Shot) -> [JSON] {
    let rest = shot.picture == nil ? shot.length : shot.length - shot.shown
    let gap = rest == 0 ? [] : [gap(rest, "\(shot.title): \(shot.remark)", facts(shot))]
    return (shot.picture.map { [clip(shot, $0, shot.shown)] } ?? []) + gap
  }

  /// Silences in a row are one.
  func voices(of shots: [Timeline.Shot]) -> [JSON] {
    var items: [JSON] = []
    var silence = 0
    for shot in shots {
      guard let voice = shot.voice else {
        silence += shot.length
        continue
      }
      if silence > 0 { items.append(gap(silence, "", [:])) }
      silence = shot.length - shot.spoken
      items.append(clip(shot, voice, shot.spoken))
    }
    if silence > 0 { items.append(gap(silence, "", [:])) }
    return items
  }

  private func clip(_ shot: Timeline.Shot, _ take: Timeline.Media, _ length: Int) -> JSON {
    let reference = object(
      "ExternalReference.1", take.file.name,
      [
        // A still lasts as long as it is shown; how long some films and sounds last, nobody knows.
        "available_range": (take.isStill ? length : take.length).map { range(0, $0) } ?? nil,
        "available_image_bounds": nil,
        "target_url": .string(media.url(of: take.file)),
      ])
    return object(
      "Clip.2", shot.title,
      [
        "source_range": range(0, length), "effects": [], "markers": [], "enabled": true,
        "media_references": ["DEFAULT_MEDIA": reference], "active_media_reference_key": "DEFAULT_MEDIA",
      ], about: facts(shot, take))
  }

  private func gap(_ length: Int, _ name: String, _ about: JSONObject) -> JSON {
    object(
      "Gap.1", name,
      ["source_range": range(0, length), "effects": [], "markers": [], "enabled": true], about: about)
  }

  func marker(_ marker: Timeline.Marker) -> JSON {
    object(
      "Marker.2", marker.name,
      [
        "color": .string(marker.colour), "comment": .string(marker.comment), "marked_range": range(marker.frame, 1),
      ])
  }

  private func facts(_ shot: Timeline.Shot, _ take: Timeline.Media? = nil) -> JSONObject {
    var facts: JSONObject = ["shot": .string(shot.address)]
    if let take {
      facts["kind"] = .string(take.kind)
      facts["take"] = .string(take.file.string)
      facts["fingerprint"] = take.fingerprint.map { .string($0) } ?? .null
    }
    // What an older take was made of its own recipe says, or nobody.
    if take?.standing != "older" { facts["prompt"] = .string(shot.prompt) }
    for (key, value) in take?.recipe ?? [:] { facts[key] = value.readableEverywhere }
    if let rate = shot.rate { facts["fps"] = .number(JSONNumber(rate.value)) }
    if !shot.remark.isEmpty { facts["remark"] = .string(shot.remark) }
    return facts
  }

  private func range(_ start: Int, _ length: Int) -> JSON {
    ["OTIO_SCHEMA": "TimeRange.1", "start_time": time(start), "duration": time(length)]
  }

  /// With a point, as OpenTimelineIO writes them: to some readers `24` is another type.
  private func time(_ frames: Int) -> JSON {
    ["OTIO_SCHEMA": "RationalTime.1", "rate": decimal(rate.value), "value": decimal(Double(frames))]
  }

  private func decimal(_ value: Double) -> JSON {
    let number = JSONNumber(value)
    return .number(number.isInteger ? JSONNumber(text: "\(number.text).0") ?? number : number)
  }
}

extension JSON {
  /// Whole numbers that 64 bits with a sign do not hold as text: OpenTimelineIO's readers refuse the whole file for one.
  fileprivate var readableEverywhere: JSON {
    guard case .number(let number) = self, number.isInteger, number.int == nil else { return self }
    return .string(number.text)
  }
}
