internal import Basics
internal import JSONText
internal import ProjectFiles

/// What a contact sheet shows, made from the answer to `sheet`: the HTML and the PNG are both drawn from it.
struct Sheet: Sendable {
  struct Section: Sendable {
    /// The sequence's name in files, and what people call it; one of them may stand for both.
    var name: String
    var title: String
    var cards: [Card]
    var shots: Int
    var seconds: Double
    /// Its file cannot be read, so nobody knows its shots.
    var isUnreadable = false
  }

  struct Card: Sendable {
    /// The shot's id in its sequence, and what people call the shot.
    var id: String
    var name: String
    var prompt: String
    var seconds: Double?
    /// Nil shows `message` in its place.
    var picture: ProjectPath?
    var message: String
    /// Set where the picture is not what the shot asks for now.
    var remark: String = ""
    /// The takes' file names.
    var files: [String]
    var opinions: [Opinion] = []
  }

  /// What one person thinks of the take.
  struct Opinion: Sendable {
    var person: String
    var value: Int
    var note: String

    var text: String {
      let verdict = value > 0 ? "liked" : value < 0 ? "disliked" : ""
      let words = [verdict, note.isEmpty ? "" : "\u{201C}\(note)\u{201D}"].filter { !$0.isEmpty }
      return "\(person): \(words.joined(separator: ", "))"
    }
  }

  var name: String
  /// Width by height of the film's frame.
  var aspect: Double
  var sections: [Section]

  /// - Parameter choice: as given to `--takes`; with `used` a shot has one card, else each of its takes has one.
  init(_ answer: JSON, choice: String) {
    name = answer["name"]?.string ?? ""
    let (width, height) = (answer["frame"]?["width"]?.double ?? 16, answer["frame"]?["height"]?.double ?? 9)
    aspect = height > 0 ? width / height : 16.0 / 9
    sections = (answer["sequences"]?.array ?? []).map { sequence in
      let shots = sequence["shots"]?.array ?? []
      return Section(
        name: sequence["sequence"]?.string ?? "", title: sequence["title"]?.string ?? "",
        cards: shots.flatMap { Self.cards($0, choice: choice) }, shots: shots.count,
        seconds: shots.reduce(0) { $0 + ($1["duration"]?.double ?? 0) },
        isUnreadable: sequence["isReadable"]?.bool == false)
    }
  }

  private static func cards(_ shot: JSON, choice: String) -> [Card] {
    let takes = shot["takes"]?.array ?? []
    var blank = Card(
      id: shot["id"]?.string ?? "", name: shot["name"]?.string ?? "", prompt: shot["prompt"]?.string ?? "",
      seconds: shot["duration"]?.double, message: message(shot), files: [])
    if takes.isEmpty { return [blank] }
    func picture(_ take: JSON) -> ProjectPath? {
      let path = take["file"]?.string.flatMap { try? ProjectPath(relayed: $0) }
      return path.flatMap { $0.isImageName && take["presence"]?.string == "here" ? $0 : nil }
    }
    func file(_ take: JSON) -> String { String((take["file"]?.string ?? "").split(separator: "/").last ?? "") }
    func opinions(_ take: JSON) -> [Opinion] {
      (take["ratings"]?.array ?? []).map {
        Opinion(
          person: $0["person"]?.string ?? "", value: $0["value"]?.int ?? 0, note: $0["note"]?.string ?? "")
      }
    }
    if choice != "used" {
      return takes.map { take in
        var card = blank
        card.picture = picture(take)
        card.message = absence(take)
        card.remark = take["standing"]?.string ?? ""
        card.files = [file(take)]
        card.opinions = opinions(take)
        return card
      }
    }
    let shown = takes.first { picture($0) != nil } ?? takes[0]
    blank.picture = picture(shown)
    blank.message = absence(shown)
    if shown["standing"]?.string == "older" { blank.remark = "older take: \(message(shot))" }
    blank.files = takes.map(file)
    blank.opinions = takes.flatMap(opinions)
    return [blank]
  }

  /// Why a shot has no take to show.
  private static func message(_ shot: JSON) -> String {
    let detail = shot["detail"]?.string ?? ""
    switch shot["state"]?.string {
    case "failed": return detail.isEmpty ? "failed" : "failed: \(detail)"
    case "unreadable": return "cannot be read"
    case "held": return "held"
    case "fresh": return "removed"
    default: return detail.isEmpty ? "no take yet" : detail
    }
  }

  /// Why a take cannot be shown.
  private static func absence(_ take: JSON) -> String {
    switch take["presence"]?.string {
    case "pointer": "not here yet: git lfs pull brings it"
    case "absent": "removed"
    default: "\(take["kind"]?.string ?? "take"): no picture"
    }
  }

  // MARK: Words

  /// `2 sequences, 11 shots, 44.5 s`
  var detail: String {
    Self.detail(sections.reduce(0) { $0 + $1.shots }, sections.reduce(0) { $0 + $1.seconds }, sequences: sections.count)
  }

  static func detail(_ shots: Int, _ seconds: Double, sequences: Int? = nil) -> String {
    [sequences.map { count($0, "sequence") }, count(shots, "shot"), seconds > 0 ? duration(seconds) : nil]
      .compactMap { $0 }.joined(separator: ", ")
  }

  /// `3.5 s`, `2 min 4 s`
  static func duration(_ seconds: Double) -> String {
    let tenths = Int(min(max(seconds * 10, 0), 1e12).rounded())
    let (minutes, rest) = tenths.quotientAndRemainder(dividingBy: 600)
    let text = rest % 10 == 0 ? "\(rest / 10) s" : "\(rest / 10).\(rest % 10) s"
    return minutes == 0 ? text : rest == 0 ? "\(minutes) min" : "\(minutes) min \(text)"
  }
}

extension Sheet.Section {
  var heading: String { title.isEmpty ? name : title }
  var detail: String {
    (title.isEmpty ? "" : "\(name), ") + (isUnreadable ? "cannot be read" : Sheet.detail(shots, seconds))
  }
}

extension Sheet.Card {
  /// What is said of the take, a line each, the most telling first.
  var facts: [String] {
    let size = seconds.map { Sheet.duration($0) }
    var lines = [([size] + files.map(Optional.some)).compactMap { $0 }.joined(separator: " \u{B7} ")]
    if !remark.isEmpty { lines.append(remark) }
    lines += opinions.map(\.text)
    return lines.filter { !$0.isEmpty }
  }
}
