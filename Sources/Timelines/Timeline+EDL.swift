internal import Basics

/// An edit decision list in the form of CMX 3600: an event for each shot, and one for its voice.
///
///     001  17263C00 V     C        00:00:00:00 00:00:04:00 01:00:00:00 01:00:04:00
///     * FROM CLIP NAME: shot_001.still-f73c8f72-1817263c.png
///
/// The reel, which holds eight characters, is the hash of the output that stands in a take's name, so takes with the same bytes are on
/// one reel. Where nothing was made the event is black (`BL`) and a locator says what is missing. The film begins at hour one, as tapes
/// did.
extension Timeline {
  func edl(_ media: MediaAddress) throws(TimelineForm.Refusal) -> [UInt8] {
    guard rate.hasTimeCode else {
      throw TimelineForm.Refusal(
        message: "an EDL counts in time codes, and there are none for \(rate.value) frames a second",
        hint: "--otio and --fcpxml take any rate; or change `fps` in project.json's `frame`")
    }
    let hour = TimeCode.frame(ofHour: 1, at: rate)
    guard TimeCode(frame: hour + length, at: rate) != nil else {
      throw TimelineForm.Refusal(
        message: "an EDL ends with the 24th hour, and this film does not", hint: "export sequences one by one")
    }
    var lines = [
      "TITLE: \(EDLText.line(name, atMost: 70))", "FCM: \(rate.dropsFrames ? "DROP FRAME" : "NON-DROP FRAME")", "",
    ]
    var number = 0
    func code(_ frame: Int) -> String { TimeCode(frame: frame, at: rate)?.description ?? "" }
    func event(_ reel: String, _ channel: String, _ start: Int, _ length: Int) {
      number += 1
      let digits = String(number)
      let padded = String(repeating: "0", count: max(0, 3 - digits.count)) + digits
      let track = channel + String(repeating: " ", count: max(0, 6 - channel.count))
      let name = reel + String(repeating: " ", count: max(0, 8 - reel.count))
      lines.append(
        "\(padded)  \(name) \(track)C        \(code(0)) \(code(length)) \(code(hour + start)) "
          + code(hour + start + length))
    }
    func source(_ take: Media) {
      lines.append("* FROM CLIP NAME: \(EDLText.line(take.file.name))")
      lines.append("* FROM FILE: \(EDLText.line(media.location(of: take.file), atMost: 4096))")
    }
    for section in sections {
      for shot in section.shots {
        event(
          shot.picture.map { EDLText.reel(of: $0.file) } ?? "BL", "V", shot.start,
          shot.picture == nil ? shot.length : shot.shown)
        if let picture = shot.picture { source(picture) }
        lines.append("* SHOT: \(EDLText.line(shot.address))")
        if !shot.remark.isEmpty {
          let colour = shot.picture == nil ? "RED" : "YELLOW"
          let remark = EDLText.line("\(shot.title): \(shot.remark)")
          lines.append("* LOC: \(code(hour + shot.start)) \(colour)     \(remark)")
        }
        if shot.picture != nil, shot.shown < shot.length {
          event("BL", "V", shot.start + shot.shown, shot.length - shot.shown)
        }
        if let voice = shot.voice {
          event(EDLText.reel(of: voice.file), "A", shot.start, shot.spoken)
          source(voice)
          lines.append("* SHOT: \(EDLText.line(shot.address))")
        }
      }
    }
    return Array((lines.joined(separator: "\r\n") + "\r\n").utf8)
  }
}

/// Strangers' text on its way into a list that knows lines and nothing else.
enum EDLText {
  /// On one line, without what moves a cursor; cut at a length in characters.
  static func line(_ text: String, atMost length: Int = 250) -> String {
    var line = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0..<0x20, 0x7F...0x9F, 0x2028, 0x2029: line.append(" ")
      default: line.unicodeScalars.append(scalar)
      }
    }
    return String(line.prefix(length))
  }

  /// Eight letters and digits: the output's hash in the name of a take, else the beginning of the hash of the path.
  static func reel(of file: ProjectPath) -> String {
    let stem = file.name.split(separator: ".").dropLast().last ?? ""
    let last = stem.split(separator: "-").last ?? ""
    let isHash =
      last.utf8.count == 8 && last.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    return (isHash ? String(last) : String(Digest(of: file.bytes).hex.prefix(8))).uppercased()
  }
}
