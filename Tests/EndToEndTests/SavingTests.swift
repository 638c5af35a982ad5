import Basics
import JSONText
import TestSupport
import Testing

/// One prompt saved in all the ways in which programs save: one job each time, and none when nothing changed.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct SavingTests {
  /// Takes the file from rain to snow in shot_002. `$F` is the file.
  struct Way: CustomTestStringConvertible, Sendable {
    var name: String
    var tool: String
    var script: String
    /// The same way of saving without a change; nil where the way has none.
    var unchanged: String?

    var testDescription: String { name }
  }

  static let vim = "vim -u NONE -N -es --cmd 'set nocp writebackup'"
  static let emacs = "emacs --batch -Q \"$F\" --eval"

  static let ways: [Way] = [
    Way(
      name: "vim, backupcopy=auto", tool: "vim",
      script: "\(vim) -c 'set backupcopy=auto' -c '%s/number 2/snow/' -c 'wq' $F",
      unchanged: "\(vim) -c 'set backupcopy=auto' -c 'wq' $F"),
    Way(
      name: "vim, backupcopy=yes", tool: "vim",
      script: "\(vim) -c 'set backupcopy=yes' -c '%s/number 2/snow/' -c 'wq' $F",
      unchanged: "\(vim) -c 'set backupcopy=yes' -c 'wq' $F"),
    Way(
      name: "vim, backupcopy=no", tool: "vim",
      script: "\(vim) -c 'set backupcopy=no backup' -c '%s/number 2/snow/' -c 'wq' $F",
      unchanged: "\(vim) -c 'set backupcopy=no' -c 'wq' $F"),
    Way(
      name: "emacs", tool: "emacs",
      script: "\(emacs) '(progn (search-forward \"number 2\") (replace-match \"snow\") (save-buffer))'",
      unchanged: "\(emacs) '(progn (set-buffer-modified-p t) (save-buffer))'"),
    Way(name: "sed -i", tool: "sed", script: "sed -i 's/number 2/snow/' $F", unchanged: "sed -i 's/nowhere/snow/' $F"),
    Way(
      name: "perl -i", tool: "perl", script: "perl -i -pe 's/number 2/snow/' $F",
      unchanged: "perl -i -pe 's/nowhere/snow/' $F"),
    Way(
      name: "in place, emptied 300 ms before", tool: "sed",
      script: "sed 's/number 2/snow/' $F >../new; : >$F; sleep 0.3; cat ../new >$F",
      unchanged: "cp $F ../new; : >$F; sleep 0.3; cat ../new >$F"),
    Way(
      name: "JetBrains", tool: "sed",
      script:
        "sed 's/number 2/snow/' $F >${F}___jb_tmp___; mv $F ${F}___jb_old___; mv ${F}___jb_tmp___ $F; rm ${F}___jb_old___",
      unchanged: "cp $F ${F}___jb_tmp___; mv $F ${F}___jb_old___; mv ${F}___jb_tmp___ $F; rm ${F}___jb_old___"),
    Way(
      name: "GNOME", tool: "sed",
      script: "sed 's/number 2/snow/' $F >sequences/.goutputstream-A1B2C3; mv sequences/.goutputstream-A1B2C3 $F",
      unchanged: "cp $F sequences/.goutputstream-A1B2C3; mv sequences/.goutputstream-A1B2C3 $F"),
    Way(
      name: "Kate", tool: "sed",
      script:
        "echo swap >sequences/.sequence_001.json.kate-swp; sed 's/number 2/snow/' $F >sequences/sequence_001.json.Xy12Zw; "
        + "mv sequences/sequence_001.json.Xy12Zw $F; rm sequences/.sequence_001.json.kate-swp",
      unchanged: "cp $F sequences/sequence_001.json.Xy12Zw; mv sequences/sequence_001.json.Xy12Zw $F"),
    Way(
      name: "cp", tool: "cp", script: "sed 's/number 2/snow/' $F >../new; cp ../new $F",
      unchanged: "cp $F ../new; cp ../new $F"),
    Way(
      name: "mv from elsewhere", tool: "mv", script: "sed 's/number 2/snow/' $F >../new; mv ../new $F",
      unchanged: "cp $F ../new; mv ../new $F"),
    Way(
      name: "removed, then written", tool: "sed",
      script: "sed 's/number 2/snow/' $F >../new; rm $F; sleep 0.2; cat ../new >$F",
      unchanged: "cp $F ../new; rm $F; sleep 0.2; cat ../new >$F"),
    Way(
      name: "ten pieces 50 ms apart", tool: "split",
      script:
        "sed 's/number 2/snow/' $F >../new; (cd .. && split -n 10 new piece.); : >$F; "
        + "for p in ../piece.*; do cat $p >>$F; sleep 0.05; done",
      unchanged:
        "(cd .. && rm -f piece.* && split -n 10 film/$F piece.); : >$F; for p in ../piece.*; do cat $p >>$F; sleep 0.05; done"
    ),
    Way(
      name: "a link made over it", tool: "ln",
      script: "sed 's/number 2/snow/' $F >../new; ln -f ../new $F", unchanged: nil),
  ].filter { Tool.isThere($0.tool) }

  @Test(arguments: ways)
  func `one changed prompt is one job, and a save without change is none`(_ way: Way) async throws {
    let film = Film()
    let watcher = try await film.watch()
    _ = try await watcher.settle()
    try await film.must("F=sequences/sequence_001.json\n\(way.script)\ngrep -q snow $F")
    let first = try await watcher.settle()
    #expect(first.jobs == ["sequence_001/shot_002"], "\(film.story)")
    #expect(first.reasons == [#"changed: prompt "rain number 2" -> "rain snow""#])
    #expect(first.of("problem").isEmpty, "\(film.story)")
    if let unchanged = way.unchanged {
      try await film.must("F=sequences/sequence_001.json\n\(unchanged)")
      let second = try await watcher.settle()
      #expect(second.jobs == [], "\(film.story)")
      #expect(second.of("problem").isEmpty, "\(film.story)")
    }
    let exit = try await watcher.stop()
    #expect(exit == .status(143))
  }
}
