internal import Basics
internal import Glibc
internal import JSONText
internal import ProjectFiles
internal import Timelines

/// `reel export --otio`, `--edl` and `--fcpxml`: the film as a timeline for editing programs, made of the answer to `timeline`.
struct TimelineExport {
  let form: TimelineForm
  let timeline: Timeline
  let text: [UInt8]

  /// Reads the sidecars of the takes, for what they were made with, and the heads of films and sounds, for how long they are.
  /// - Parameter folder: where the timeline will lie, absolute and without links; nil where nobody knows.
  init(_ form: TimelineForm, _ answer: JSON, project: String, in folder: String?) throws(Refusal) {
    self.form = form
    let project = try Self.open(project)
    timeline = Timeline(
      answer,
      recipe: { path in
        let sidecar = ProjectPath(trusted: path.bytes + Array(".json".utf8))
        return (try? project.read(sidecar, limit: Sidecar.maximumSize)).flatMap { Sidecar.recipe(in: $0.bytes) }
      }, seconds: { MediaLength.seconds(of: $0, in: project) })
    do throws(TimelineForm.Refusal) {
      text = try form.text(of: timeline, MediaAddress(project: project.path, from: folder))
    } catch {
      throw Refusal(error.message, .failed, hint: error.hint)
    }
  }

  private static func open(_ project: String) throws(Refusal) -> Folder {
    do throws(FileError) {
      return try Folder(opening: project)
    } catch {
      throw Refusal(exporting: error)
    }
  }

  /// What it holds, in numbers.
  var facts: JSONObject {
    let shots = timeline.shots
    return [
      "shots": .number(JSONNumber(shots.count)), "pictures": .number(JSONNumber(shots.count { $0.picture != nil })),
      "gaps": .number(JSONNumber(shots.count { $0.picture == nil })),
      "voices": .number(JSONNumber(shots.count { $0.voice != nil })),
      "frames": .number(JSONNumber(timeline.length)), "fps": .number(JSONNumber(timeline.rate.value)),
      "seconds": .number(JSONNumber(timeline.rate.seconds(of: timeline.length))),
    ]
  }

  /// `11 shots, 44.5 s at 24 fps, 2 gaps`
  var summary: String {
    let shots = timeline.shots
    let gaps = shots.count { $0.picture == nil }
    let rate = (timeline.rate.value * 1000).rounded() / 1000
    let length = Sheet.duration(timeline.rate.seconds(of: timeline.length))
    return "\(count(shots.count, "shot")), \(length) at \(JSONNumber(rate).text) fps"
      + (gaps == 0 ? "" : ", \(count(gaps, "gap"))")
  }

  /// Writes it where it is to go.
  /// - Parameter target: nil is standard output.
  func run(_ order: ExportCommand.Order, _ target: ExportTarget?, _ answer: JSON) throws(Refusal) -> Outcome {
    var outcome = Outcome(format: form.rawValue, answer)
    for (key, value) in facts { outcome.facts[key] = value }
    outcome.summary = summary
    outcome.pointers = (answer["pointers"]?.array ?? []).compactMap(\.string)
    if let target {
      outcome.files = [(order.written, try target.write(text))]
      return outcome
    }
    let output = Descriptor(owning: dup(STDOUT_FILENO))
    do throws(FileError) {
      try output.writeAll(text, path: "standard output")
    } catch {
      if error.code != EPIPE { throw Refusal(exporting: error) }
      outcome.isAbandoned = true
    }
    outcome.files = [("-", Int64(text.count))]
    return outcome
  }
}
