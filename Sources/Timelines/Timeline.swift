package import Basics
package import JSONText

/// The film as editing programs see it: one picture after another, and voices beneath.
///
/// Tracks are flat, and where a sequence begins a marker stands: nested stacks would say more of the film, but Kdenlive's importer passes
/// over them, and a compound clip for each sequence is in an editor's way. A shot of which nothing was made keeps its place as a gap.
package struct Timeline: Sendable {
  package var name: String
  package var rate: FrameRate
  /// Pixels.
  package var width: Int
  package var height: Int
  package var sections: [Section]

  /// A shot whose duration nobody wrote lasts so long, in seconds, as in the page's replay.
  package static let usualSeconds = 3.0

  /// A sequence of the film.
  package struct Section: Sendable {
    /// Its name in files, and what people call it.
    package var name: String
    package var title: String
    /// Where it begins, in frames of the timeline.
    package var start: Int
    package var isReadable: Bool
    package var shots: [Shot]

    package var heading: String { title.isEmpty ? name : title }
  }

  package struct Shot: Sendable {
    /// `sequence_001/shot_002`, and its parts.
    package var address: String
    package var id: String
    package var name: String
    package var prompt: String
    /// Frames of the timeline.
    package var start: Int
    package var length: Int
    package var picture: Media?
    package var voice: Media?
    /// Why its picture is not there, or not what the shot asks for now; empty where nothing is to be said.
    package var remark: String
    /// The rate that its films have; nil where it is the timeline's.
    package var rate: FrameRate?

    /// The frames of it that its picture and its voice are there for: what is shorter than the shot ends before it.
    package var shown: Int { min(length, picture?.length ?? length) }
    package var spoken: Int { min(length, voice?.length ?? length) }

    /// `shot_002 Harbour at dawn`
    package var title: String { name.isEmpty ? id : "\(id) \(name)" }
  }

  /// A take in the timeline.
  package struct Media: Sendable {
    package var file: ProjectPath
    /// `still`, `clip`, `talk` or `voice`.
    package var kind: String
    /// `used` or `older`.
    package var standing: String
    /// Nil for a file that a person put there.
    package var fingerprint: String?
    /// Pixels.
    package var width: Int?
    package var height: Int?
    /// How long it is in frames of the timeline, whole ones; nil for stills, which stand as long as they are wanted, and where the file does
    /// not say.
    package var length: Int?
    /// What of its recipe tells how it came about: `prompt`, `negativePrompt`, `model`, `seed`.
    package var recipe: JSONObject

    package var isStill: Bool { kind == "still" }
  }

  package var shots: [Shot] { sections.flatMap(\.shots) }
  /// Frames.
  package var length: Int { sections.last.map { $0.shots.last.map { $0.start + $0.length } ?? $0.start } ?? 0 }
  package var hasVoices: Bool { sections.contains { $0.shots.contains { $0.voice != nil } } }
}

extension Timeline {
  /// Reads the answer to `timeline`.
  /// - Parameters:
  ///   - recipe: the recipe in a take's sidecar.
  ///   - seconds: how long a film or a sound is.
  package init(_ answer: JSON, recipe: (ProjectPath) -> JSONObject?, seconds: (ProjectPath) -> Double?) {
    name = answer["name"]?.string ?? ""
    let frame = answer["frame"]
    (width, height) = (frame?["width"]?.int ?? 1280, frame?["height"]?.int ?? 720)
    let rate = frame?["fps"]?.double.map { FrameRate($0) } ?? .standard
    self.rate = rate
    sections = []
    var frames = 0
    for sequence in answer["sequences"]?.array ?? [] {
      var section = Section(
        name: sequence["sequence"]?.string ?? "", title: sequence["title"]?.string ?? "", start: frames,
        isReadable: sequence["isReadable"]?.bool ?? true, shots: [])
      for entry in sequence["shots"]?.array ?? [] {
        var shot = Shot(entry, start: frames, rate)
        shot.picture = Media(entry["picture"], rate, recipe, seconds)
        shot.voice = Media(entry["voice"], rate, recipe, seconds)
        shot.setRemark(entry)
        frames += shot.length
        section.shots.append(shot)
      }
      sections.append(section)
    }
  }
}

extension Timeline.Shot {
  fileprivate init(_ entry: JSON, start: Int, _ rate: FrameRate) {
    address = entry["shot"]?.string ?? ""
    id = entry["id"]?.string ?? ""
    name = entry["name"]?.string ?? ""
    prompt = entry["prompt"]?.string ?? ""
    self.start = start
    length = rate.frames(in: entry["duration"]?.double ?? Timeline.usualSeconds)
    remark = ""
    let own = entry["fps"]?.double.map { FrameRate($0) }
    self.rate = own == rate ? nil : own
  }

  fileprivate mutating func setRemark(_ entry: JSON) {
    let state = entry["state"]?.string ?? ""
    var detail = entry["detail"]?.string ?? ""
    // A shot that has all its takes and none to show had them removed.
    if detail.isEmpty { detail = state == "fresh" ? "removed" : state }
    let kinds = (entry["kinds"]?.array ?? []).compactMap(\.string)
    var remarks: [String] = []
    if let picture {
      if picture.standing == "older" { remarks.append("older take: \(detail)") }
      if let best = kinds.first(where: { $0 != "voice" }), best != picture.kind {
        remarks.append("\(picture.kind) in place of the \(best): \(detail)")
      }
    } else {
      remarks.append(detail)
    }
    if kinds.contains("voice"), voice == nil { remarks.append("its voice is missing") }
    if let picture, shown < length { remarks.append("the \(picture.kind) ends before the shot does") }
    remark = remarks.joined(separator: "; ")
  }
}

extension Timeline.Media {
  fileprivate init?(
    _ entry: JSON?, _ rate: FrameRate, _ recipe: (ProjectPath) -> JSONObject?, _ seconds: (ProjectPath) -> Double?
  ) {
    guard let entry, let file = entry["file"]?.string.flatMap({ try? ProjectPath(relayed: $0) }) else { return nil }
    self.file = file
    kind = entry["kind"]?.string ?? ""
    standing = entry["standing"]?.string ?? ""
    fingerprint = entry["fingerprint"]?.string
    (width, height) = (entry["width"]?.int, entry["height"]?.int)
    if kind != "still" {
      // A container rounds too: what lacks a twentieth of a frame is whole.
      length = seconds(file).map { max(1, Int(($0 * rate.value + 0.05).rounded(.down))) }
    }
    self.recipe = [:]
    guard fingerprint != nil, let made = recipe(file) else { return }
    for key in ["prompt", "negativePrompt", "model", "seed"] { if let value = made[key] { self.recipe[key] = value } }
  }
}
