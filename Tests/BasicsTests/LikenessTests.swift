import Basics
import Testing

struct LikenessTests {
  @Test(arguments: [
    ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("status", "status", 0), ("stauts", "status", 1),
    ("statu", "status", 1),
    ("statuss", "status", 1), ("xtatus", "status", 1), ("kitten", "sitting", 3), ("ca", "abc", 3), ("ab", "ba", 1),
  ]) func `slips are counted`(left: String, right: String, slips: Int) {
    #expect(Likeness.distance(left, right) == slips)
    #expect(Likeness.distance(right, left) == slips)
  }

  @Test func `the nearest name wins, the earlier of two equally near`() {
    #expect(Likeness.likely("retak", among: ["retry", "retake"]) == "retake")
    #expect(Likeness.likely("pik", among: ["pick", "pin"]) == "pick")
    #expect(Likeness.likely("pik", among: ["pin", "pick"]) == "pin")
    #expect(Likeness.likely("STATUS", among: ["status"]) == "status")
  }

  @Test func `words too short to tell get no guess`() {
    #expect(Likeness.likely("x", among: ["y", "go"]) == nil)
    #expect(Likeness.likely("", among: ["a"]) == nil)
    #expect(Likeness.likely("abc", among: []) == nil)
  }

  @Test func `case, underscores, hyphens and spaces are no slips`() {
    #expect(Likeness.likely("negative_prompt", among: ["negativePrompt", "prompt"]) == "negativePrompt")
    #expect(Likeness.likely("Dolly In", among: ["dolly-out", "dolly-in"]) == "dolly-in")
    #expect(Likeness.likely("ref", among: ["frame", "references"]) == "references")
  }
}
