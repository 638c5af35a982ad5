import Basics
import ProjectFiles
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ManyPicksTests {
  @Test func `a stranger's hundred thousand picks are read in one go`() {
    let letters = Array("abcdefghij")
    let picks = (0..<100_000).map { number in
      "\"\(String(String(number).map { letters[Int(String($0)) ?? 0] }))\": \"x.png\""
    }
    let text =
      "{ \"shots\": [ { \"id\": \"a\", \"pick\": { \(picks.joined(separator: ", ")), \"still\": \"y.png\" } } ] }"
    let source = SourceText(file: "sequences/sequence_001.json", bytes: Array(text.utf8))
    let name = SequenceName("sequence_001")
    let reading = name.map { SequenceFile.read(source, name: $0) }
    #expect(reading?.model?.shots.first?.pick.keys.count == 100_001)
    #expect(reading?.model?.shots.first?.pick[.still]?.value == "y.png")
  }
}
