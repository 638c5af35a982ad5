import Basics
import JSONText
import TestSupport
import Testing

/// Saves that change no recipe, and files that stay broken.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct UnchangedTests {
  @Test func `the same bytes, another time, layout, order of keys, number spelling, note or line ending: no job`()
    async throws
  {
    let film = Film(shots: 2)
    let name = "sequences/sequence_001.json"
    film.write(
      name,
      #"{"shots": [{"id": "a", "prompt": "rain", "seed": 7, "duration": 2}, {"id": "b", "prompt": "snow", "note": "x"}]}"#
    )
    let watcher = try await film.watch()
    let steps: [(String, String)] = [
      ("the same bytes", "cp \(name) ../same; cat ../same >\(name)"),
      ("touch", "touch \(name); touch -d 1970-01-02 \(name); touch -d 2100-01-01 \(name)"),
      ("laid out anew", "sed -i 's/, /,\\n      /g' \(name)"),
      ("keys in another order", #"sed -i 's/"id": "b",/"note": "y", "id": "b",/; s/, *"note": "x"//' \#(name)"#),
      ("1.0 for 1", #"sed -i 's/"duration": 2/"duration": 2.0/; s/"seed": 7/"seed": 7.0/' \#(name)"#),
      ("a note", #"sed -i 's/"note": "y"/"note": "another"/' \#(name)"#),
      ("CRLF", "sed -i 's/$/\\r/' \(name)"),
      ("a mark at the beginning", #"printf '\357\273\277' >../bom; cat \#(name) >>../bom; cat ../bom >\#(name)"#),
    ]
    for (what, script) in steps {
      try await film.must(script)
      let happened = try await watcher.settle()
      #expect(happened.jobs == [], "\(what)\n\(film.story)")
      #expect(happened.shots("cancelled") == [], "\(what)")
      #expect(happened.problems.filter { $0.hasPrefix("json") } == [], "\(what)\n\(film.story)")
    }
    #expect(film.takes.count == 2)
  }

  @Test func `a file that stays broken is one error, freezes its shots, and is valid again afterwards`() async throws {
    let film = Film(shots: 3)
    let watcher = try await film.watch()
    let name = "sequences/sequence_001.json"
    let good = film.text(name)
    film.write(name, good.replacing("number 3\"", with: "number 4\",").replacing("]\n", with: "\n"))
    let broken = try await watcher.settle()
    #expect(broken.of("problem").count == 1, "\(film.story)")
    #expect(broken.of("problem").first?["file"]?.string == name)
    #expect(broken.of("problem").first?["severity"]?.string == "error")
    #expect(broken.of("problem").first?["line"]?.int ?? 0 > 0)
    #expect(broken.jobs == [])
    for options in [[], ["--cold"]] {
      let status = try await film.run(BuiltProgram.path("reel"), ["status", "--json"] + options)
      #expect(status.json["shots"]?["unreadable"]?.int == 1, "\(status.output)")
      #expect(status.json["shots"]?["total"]?.int == 1)
    }
    film.write(name, good.replacing("number 3", with: "snow"))
    let mended = try await watcher.settle()
    #expect(mended.of("solved").count == 1, "\(film.story)")
    #expect(mended.jobs == ["sequence_001/shot_003"])
  }

  @Test func `work starts while a file is saved again and again, and the last version wins`() async throws {
    let film = Film(shots: 1)
    let watcher = try await film.watch()
    try await film.must("cp sequences/sequence_001.json ../first")
    let saver = try film.start(
      "/bin/sh",
      [
        "-c",
        """
        i=0
        while [ $i -lt 100 ]; do
          i=$((i+1))
          sed "s/number 1/version $i./" ../first >sequences/sequence_001.json
          sleep 0.03
        done
        """,
      ])
    _ = try await watcher.next("finished")
    #expect(saver.child.exit == nil, "work began only after the last save")
    #expect(try await saver.exit().isSuccess)
    let happened = try await watcher.settle()
    #expect(happened.of("problem").isEmpty, "\(film.story)")
    #expect(happened.reasons.last?.hasSuffix(#"-> "rain version 100.""#) == true, "\(happened.reasons)")
    let plan = try await film.reel("plan")
    #expect(plan.output == "Nothing to do.\n")
  }
}
