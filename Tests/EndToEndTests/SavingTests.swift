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

  static let neovim = "nvim -u NONE -i NONE --headless"

  /// What VS Code does (`fs.open` with `w`, one write, `fdatasync`), with a window between truncating and writing as long as a busy
  /// machine makes it.
  private static func code(_ edit: String) -> String {
    """
    python3 - $F <<'END'
    import os, sys, time
    text = open(sys.argv[1], "rb").read()\(edit)
    file = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    time.sleep(0.4)
    os.write(file, text)
    os.fdatasync(file)
    os.close(file)
    END
    """
  }

  /// A file without a name that gets one when it is whole, and is put over the old one.
  private static func unnamed(_ edit: String) -> String {
    """
    python3 - $F <<'END'
    import os, sys
    text = open(sys.argv[1], "rb").read()\(edit)
    file = os.open(os.path.dirname(sys.argv[1]), os.O_TMPFILE | os.O_WRONLY)
    os.write(file, text)
    root = os.open("/", os.O_RDONLY)
    os.link(f"/proc/self/fd/{file}", sys.argv[1] + "~", src_dir_fd=root, follow_symlinks=True)
    os.rename(sys.argv[1] + "~", sys.argv[1])
    END
    """
  }

  /// Through memory: the kernel tells of it only when the file is closed.
  private static func mapped(_ edit: String) -> String {
    """
    python3 - $F <<'END'
    import mmap, os, sys
    file = os.open(sys.argv[1], os.O_RDWR)
    memory = mmap.mmap(file, 0)
    memory[:] = memory[:]\(edit)
    memory.close()
    os.close(file)
    END
    """
  }

  static let ways: [Way] = [
    Way(
      name: "neovim, backupcopy=auto", tool: "nvim",
      script: "\(neovim) -c 'set backupcopy=auto' -c '%s/number 2/snow/' -c 'wq' $F",
      unchanged: "\(neovim) -c 'set backupcopy=auto' -c 'wq' $F"),
    Way(
      name: "neovim, backupcopy=yes", tool: "nvim",
      script: "\(neovim) -c 'set backupcopy=yes' -c '%s/number 2/snow/' -c 'wq' $F",
      unchanged: "\(neovim) -c 'set backupcopy=yes' -c 'wq' $F"),
    Way(
      name: "neovim, backupcopy=no", tool: "nvim",
      script: "\(neovim) -c 'set backupcopy=no backup' -c '%s/number 2/snow/' -c 'wq' $F",
      unchanged: "\(neovim) -c 'set backupcopy=no' -c 'wq' $F"),
    Way(
      name: "VS Code, 400 ms between truncating and writing", tool: "python3",
      script: code(".replace(b'number 2', b'snow')"), unchanged: code("")),
    Way(
      name: "a file that gets its name when it is whole", tool: "python3",
      script: unnamed(".replace(b'number 2', b'snow')"), unchanged: unnamed("")),
    Way(
      name: "through memory", tool: "python3", script: mapped(".replace(b'number 2\" }', b'snow\"     }')"),
      unchanged: mapped("")),
    Way(
      name: "Syncthing", tool: "sed",
      script: """
        sed 's/number 2/snow/' $F >../new; : >sequences/.syncthing.sequence_001.json.tmp
        split -n 4 ../new ../part.; for p in ../part.*; do cat $p >>sequences/.syncthing.sequence_001.json.tmp; done
        touch -d '2026-01-02 03:04:05' sequences/.syncthing.sequence_001.json.tmp
        mv sequences/.syncthing.sequence_001.json.tmp $F
        """,
      unchanged: "cp -p $F sequences/.syncthing.sequence_001.json.tmp; mv sequences/.syncthing.sequence_001.json.tmp $F"
    ),
    Way(
      name: "Dropbox", tool: "sed",
      script: "mkdir .dropbox.cache; sed 's/number 2/snow/' $F >.dropbox.cache/new; mv .dropbox.cache/new $F; touch $F",
      unchanged: "cp $F .dropbox.cache/new; mv .dropbox.cache/new $F; touch $F"),
    Way(
      name: "git checkout", tool: "git",
      script: """
        git init -q -b main .; git add $F; git commit -qm rain
        snow=$(sed 's/number 2/snow/' $F | git hash-object -w --stdin); git update-index --cacheinfo 100644,$snow,$F
        git commit -qm snow; git checkout -q -- $F
        """,
      unchanged: "git checkout-index -f -- $F"),
    Way(
      name: "rsync", tool: "rsync", script: "sed 's/number 2/snow/' $F >../new; rsync --checksum ../new $F",
      unchanged: "rsync -I ../new $F"),
    Way(
      name: "rsync --inplace", tool: "rsync",
      script: "sed 's/number 2/snow/' $F >../new; rsync --checksum --inplace ../new $F",
      unchanged: "rsync -I --inplace -t ../new $F"),
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

  @Test(arguments: ways, [false, true])
  func `one changed prompt is one job, and a save without change is none`(_ way: Way, polling: Bool) async throws {
    let film = Film()
    let watcher = try await polling ? film.watch("--poll") : film.watch()
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
    try await film.expectLikeCold()
    let exit = try await watcher.stop()
    #expect(exit == .status(143))
  }
}
