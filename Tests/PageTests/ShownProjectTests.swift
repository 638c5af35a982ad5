import Basics
import JSONText
import Testing

@testable import Page

struct ShownProjectTests {
  private func take(_ name: String, rating: JSON = nil, stamp: String = "v1", removed: Bool = false, used: Bool = false)
    -> JSON
  {
    [
      "file": .string("sequences/one/\(name)"), "kind": "still", "fingerprint": nil, "fresh": true, "used": .bool(used),
      "picked": false, "yours": false, "edited": false, "removed": .bool(removed), "presence": "here", "rating": rating,
      "ratings": [["person": "tom", "value": -1]], "time": 7, "type": "image/png", "stamp": .string(stamp),
    ]
  }

  private func card(_ id: String, prompt: String = "rain", takes: [JSON], used: String? = nil) -> JSON {
    [
      "shot": .string("one/\(id)"), "id": .string(id), "name": "", "place": .string("sequences/one/\(id)"),
      "prompt": .string(prompt), "state": "fresh", "detail": "", "held": false, "duration": nil, "file": nil,
      "kinds": [],
      "used": .object(JSONObject(used.map { [("still", .string("sequences/one/\($0)"))] } ?? [])), "picks": [:],
      "takes": .array(takes),
    ]
  }

  private func key(_ take: String) -> String { PageKey.of(ProjectPath(trusted: "sequences/one/\(take)")) }

  @Test func `what comes again as it was is no change`() {
    var project = ShownProject()
    let first = project.set(card("a", takes: [take("a.x.png")]), person: "mara")
    #expect(first.shots == [PageKey.of(shot: "one/a")] && first.takes == [key("a.x.png")])
    #expect(project.set(card("a", takes: [take("a.x.png")]), person: "mara").isEmpty)
  }

  @Test func `a prompt changes its shot, a rating its take, and nothing else`() {
    var project = ShownProject()
    _ = project.set(card("a", takes: [take("a.x.png"), take("a.y.png")]), person: "mara")
    let prompt = project.set(card("a", prompt: "snow", takes: [take("a.x.png"), take("a.y.png")]), person: "mara")
    #expect(prompt.shots == [PageKey.of(shot: "one/a")] && prompt.takes.isEmpty)
    let rating = project.set(
      card("a", prompt: "snow", takes: [take("a.x.png", rating: 1), take("a.y.png")]), person: "mara")
    #expect(rating.shots.isEmpty && rating.takes == [key("a.x.png")])
  }

  @Test func `takes go with what named them, and may come again elsewhere`() {
    var project = ShownProject()
    _ = project.set(card("a", takes: [take("a.x.png"), take("a.y.png")]), person: "mara")
    let fewer = project.set(card("a", takes: [take("a.y.png")]), person: "mara")
    #expect(fewer.goneTakes == [key("a.x.png")] && project.takes.count == 1)
    var gone = project.drop(shot: PageKey.of(shot: "one/a"))
    #expect(gone.goneShots == [PageKey.of(shot: "one/a")] && gone.goneTakes == [key("a.y.png")])
    gone.form(project.set(loose: [take("a.y.png")], person: "mara"))
    #expect(gone.takes == [key("a.y.png")] && gone.goneTakes.isEmpty, "one that is there still has not gone")
    let back = project.set(card("a", takes: [take("a.y.png")]), person: "mara")
    #expect(back.takes == [key("a.y.png")])
    #expect(project.set(loose: [], person: "mara").isEmpty && project.takes.count == 1)
  }

  @Test func `the poster is the used take, else the newest that is not removed`() throws {
    var project = ShownProject()
    _ = project.set(card("a", takes: [take("a.new.png"), take("a.old.png")], used: "a.old.png"), person: "mara")
    #expect(project.shots[PageKey.of(shot: "one/a")]?.poster == key("a.old.png"))
    _ = project.set(card("a", takes: [take("a.new.png", removed: true), take("a.old.png")]), person: "mara")
    #expect(project.shots[PageKey.of(shot: "one/a")]?.poster == key("a.old.png"))
  }

  @Test func `rows say what their columns are called, and all texts are JSON`() throws {
    var project = ShownProject()
    _ = project.set(
      card("a", prompt: "\"</script>\u{2028}", takes: [take("a.x.png", rating: -1, used: true)]), person: "mara")
    project.sequences = [.init(id: "one", title: "One", isReadable: true, shots: [PageKey.of(shot: "one/a")])]
    project.damages[key("a.x.png")] = .init(version: "v1", sentence: "it is cut off")
    let state = try JSONDocument(parsing: project.state(run: "r", revision: 3, event: "r-9")).root.value
    let row = try #require(state["takes"]?.array?.first?.array)
    let columns = (state["takeColumns"]?.array ?? []).compactMap(\.string)
    #expect(row.count == columns.count)
    let fields = Dictionary(uniqueKeysWithValues: zip(columns, row))
    #expect(fields["flags"] == .number(JSONNumber(1 | 2 | 256)) && fields["rating"] == -1 && fields["others"] == -1)
    #expect(fields["v"] == "v1" && fields["shot"] == .string(PageKey.of(shot: "one/a")))
    let shot = try #require(state["shots"]?.array?.first?.array)
    #expect(shot.count == state["shotColumns"]?.array?.count)
    let detail = try JSONDocument(parsing: try #require(project.takeDetail(key("a.x.png")))).root.value
    #expect(detail["damaged"] == "it is cut off")
    project.progress[PageKey.of(shot: "one/a")] = Array("{\"fraction\":0.5}".utf8)
    project.queue[PageKey.of(shot: "one/a")] = 2
    let card = try JSONDocument(parsing: try #require(project.card(PageKey.of(shot: "one/a")))).root.value
    #expect(card["progress"]?["fraction"] == 0.5 && card["place"] == 2)
  }

  @Test func `what was damaged is so for those bytes only`() {
    var project = ShownProject()
    _ = project.set(card("a", takes: [take("a.x.png")]), person: "mara")
    project.damages[key("a.x.png")] = .init(version: "v1", sentence: "it is cut off")
    _ = project.set(card("a", takes: [take("a.x.png", stamp: "v2")]), person: "mara")
    #expect(project.takes[key("a.x.png")].flatMap { project.damage(of: $0) } == nil)
  }
}
