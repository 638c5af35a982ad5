import JSONText
import TestSupport
import Testing

/// Two commands that change one file at the same moment.
@Suite(.enabled(if: Strace.isInstalled, "strace is not installed"))
struct EditTurnTests {
  /// Each begins at once and has its rename held up for as long as the other needs to read the file.
  private func together(_ film: Film, _ commands: String...) async throws -> Film.Outcome {
    let slowly = "strace -f -qqq -o /dev/null -e trace=/^rename -e inject=/^rename:delay_enter=700000 $REEL"
    let started = commands.map { "\(slowly) \($0) & pids=\"$pids $!\"" }
    return try await film.sh(
      (["pids="] + started + ["status=0", "for pid in $pids; do wait $pid || status=1; done", "exit $status"])
        .joined(separator: "\n"))
  }

  @Test func `two ratings at the same moment are both there`() async throws {
    let film = Film(shots: 3)
    film.write("../home/.gitconfig", "[user]\n\temail = mara@example.org\n")
    #expect(try await film.reel("make").status == 0)
    #expect(try await film.reel("like", film.takes[0]).status == 0)
    let both = try await together(film, "like \(film.takes[1])", "dislike \(film.takes[2])")
    #expect(both.status == 0, "\(both.error)")
    let ratings = try await film.reel("takes", "--json").json["takes"]?.array?.map { $0["rating"]?.int }
    #expect(ratings.map(Set.init) == [1, -1] && ratings?.count { $0 == 1 } == 2, "\(film.story)")
  }

  @Test func `two picks and a hold in one sequence file at the same moment are all there`() async throws {
    let film = Film(shots: 3)
    #expect(try await film.reel("make").status == 0)
    let names = film.takes.map { String($0.split(separator: "/").last ?? "") }
    let all = try await together(film, "pick \(film.takes[0])", "pick \(film.takes[1])", "hold shot_003")
    #expect(all.status == 0, "\(all.error)")
    let text = film.text("sequences/sequence_001.json")
    #expect(text.contains("{ \"still\": \"\(names[0])\" }"), "\(text)")
    #expect(text.contains("{ \"still\": \"\(names[1])\" }"), "\(text)")
    #expect(text.contains("\"hold\": true"), "\(text)")
  }
}
