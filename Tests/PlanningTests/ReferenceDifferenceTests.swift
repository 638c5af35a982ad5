import Basics
import JSONText
import Planning
import ProjectFiles
import Testing

struct ReferenceDifferenceTests {
  private func sentences(_ before: [JSON], _ after: [JSON]) -> [String] {
    let paths: [String] = ["inbox/a.png", "inbox/b.png", "inbox/c.png"]
    return RecipeDifference.between(
      ["references": .array(before)], ["references": .array(after)],
      references: paths.map { .init(trusted: $0) }
    ).map(\.sentence)
  }

  @Test func `every difference of references has a sentence`() {
    #expect(sentences(["1"], ["2"]) == ["inbox/a.png has new content"])
    #expect(sentences(["1"], ["1", "2"]) == ["inbox/b.png was added to the references"])
    #expect(sentences(["1"], ["1", "1"]) == ["number of references 1 -> 2"])
    #expect(sentences(["1", "1"], ["1"]) == ["number of references 2 -> 1"])
    #expect(sentences(["1", "2"], ["2"]) == ["number of references 2 -> 1"])
    #expect(sentences(["1"], ["1"]) == [])
    for (before, after) in [(["1", "2"], ["2", "1"]), (["1", "1", "2"], ["1", "2", "2"])] as [([JSON], [JSON])] {
      #expect(sentences(before, after).count == 1)
    }
  }
}
