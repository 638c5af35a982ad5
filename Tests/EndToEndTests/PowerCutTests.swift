import Basics
import JSONText
import TestSupport
import Testing

/// Power cuts, by a recorded log of all writes: see Tests/powercut.
@Suite(.fewAtATime, .timeLimit(.minutes(60)), .enabled(if: Strace.isInstalled, "strace is not installed"))
struct PowerCutTests {
  @Test(arguments: ["storyboard", "program"])
  func `whatever a power cut leaves, takes are whole, the next run makes the rest, and what was made is not made again`(
    _ engine: String
  ) async throws {
    try await Soak.run("18", "power cut after each call of a recorded `reel make`; \(engine)") { row in
      let film = Film(shots: 0, limit: .seconds(3000))
      let every = Soak.isOn ? max(1, Int(1 / (Soak.scale ?? 1))) : 60
      // Not always the same ones.
      let first = Soak.isOn ? 0 : Int.random(in: 0..<every)
      let cut = try await film.sh(
        """
        mkdir ../cut; exec python3 -B \(Repository.path)/Tests/powercut/powercut.py --reel "$REEL" --engine \(engine) \
          --every \(every) --first \(first) ../cut
        """)
      let lines = cut.output.split(separator: "\n")
      guard let last = lines.last, let said = try? JSONDocument(parsing: Array(last.utf8)).root.value,
        let checked = said["checked"]?.int
      else { throw Failure("\(cut.output)\n\(cut.error)") }
      if cut.status != 0 { row.faults = lines.filter { $0.hasPrefix("state ") }.map(String.init) + [cut.error] }
      if checked == 0 { row.faults.append("no state was looked at") }
      func number(_ key: String) -> Int { said[key]?.int ?? 0 }
      row.counts = [
        "\(number("calls")) calls that change files",
        "\(number("states")) different states, \(checked) of them checked",
        "\(number("visible")) visible takes in them", "\(number("safe")) outputs that were safe with their engine",
      ]
    }
  }
}
