import Basics
import Glibc
import Testing
import Watching

extension KernelTests {
  /// Each way in which programs save a file, by what the kernel tells of it.
  @Suite struct Saving {
    enum Style: String, CaseIterable {
      case inPlace = "truncated and written in place"
      case renamedOver = "a hidden file renamed over it"
      case renamedFromIgnored = "a temporary name renamed over it"
      case movedAwayFirst = "moved to a backup, then written anew"
      case jetBrains = "JetBrains' safe write"
      case sed = "sed -i"
      case acrossFileSystems = "deleted and copied from elsewhere"
      case hardLink = "a hard link made in its place"
      case symlink = "a link put in its place"
      case unnamed = "an unnamed file linked in"
      case mapped = "written through a mapping"
      case appended = "appended to"
      case touched = "touched only"
      case timeSetBack = "written, its time set back"
    }

    @Test(arguments: Style.allCases, WatcherKind.allCases)
    func `a saved file is told`(style: Style, kind: WatcherKind) async throws {
      let tree = try TemporaryTree()
      try tree.sh("mkdir sequences; echo one > sequences/a.json; echo other > sequences/b.json")
      let observer = try Observer(kind, tree.folder)
      try await observer.sync()
      observer.expectTruth()

      try save(style, tree)
      let dirty = try await observer.sync()
      #expect(dirty.covers("sequences/a.json"))
      // The poller tells again for a while what was new at its start.
      if kind == .inotify { #expect(!dirty.covers("sequences/b.json") && !dirty.everything) }
      observer.expectTruth()
    }

    @Test func `a file that is written piece by piece is told once, when it is closed`() async throws {
      let tree = try TemporaryTree()
      try tree.sh("mkdir sequences; echo one > sequences/a.json")
      let times = Settling.Times(quiet: .milliseconds(20), latest: .seconds(20))
      let observer = try Observer(starting: InotifyWatcher(folder: tree.folder, times: times), tree.folder)
      try await observer.sync()
      let file = open(tree.absolute("sequences/a.json"), O_WRONLY)
      for piece in ["t", "w", "o"] {
        #expect(Glibc.write(file, piece, 1) == 1)
        try await Task.sleep(for: .milliseconds(60))
      }
      close(file)
      var dirty = DirtyPaths()
      while !dirty.covers("sequences/a.json"), let event = await observer.next() {
        if case .dirty(let found) = event { dirty.formUnion(found) }
      }
      #expect(!(try await observer.sync()).covers("sequences/a.json"))
      observer.expectTruth()
    }

    private func save(_ style: Style, _ tree: TemporaryTree) throws {
      switch style {
      case .inPlace: try tree.sh("echo second > sequences/a.json")
      case .renamedOver: try tree.sh("echo second > sequences/.a.json.x7; mv sequences/.a.json.x7 sequences/a.json")
      case .renamedFromIgnored:
        try tree.sh("echo second > sequences/.goutputstream-AB; mv sequences/.goutputstream-AB sequences/a.json")
      case .movedAwayFirst:
        try tree.sh("cd sequences; mv a.json a.json~; echo second > a.json; rm a.json~")
      case .jetBrains:
        try tree.sh(
          """
          cd sequences; echo second > a.json___jb_tmp___; mv a.json a.json___jb_old___
          mv a.json___jb_tmp___ a.json; rm a.json___jb_old___
          """)
      case .sed: try tree.sh("sed -i s/one/second/ sequences/a.json")
      case .acrossFileSystems: try tree.sh("rm sequences/a.json; echo second > ../x; cat ../x > sequences/a.json")
      case .hardLink: try tree.sh("echo second > ../x; rm sequences/a.json; ln ../x sequences/a.json")
      case .symlink: try tree.sh("rm sequences/a.json; ln -s b.json sequences/a.json")
      case .unnamed:
        let raw = open(tree.absolute("sequences"), O_WRONLY | 0o20_200_000 /* O_TMPFILE */, 0o644)
        try #require(raw >= 0)
        let file = Descriptor(owning: raw)
        try file.writeAll("second".utf8, path: "unnamed")
        #expect(unlink(tree.absolute("sequences/a.json")) == 0)
        let linked = linkat(
          AT_FDCWD, "/proc/self/fd/\(file.raw)", AT_FDCWD, tree.absolute("sequences/a.json"),
          0x400 /* SYMLINK_FOLLOW */)
        try #require(linked == 0)
      case .mapped:
        let file = try tree.folder.open("sequences/a.json", O_RDWR)
        let memory = mmap(nil, 4, PROT_READ | PROT_WRITE, MAP_SHARED, file.raw, 0)
        try #require(memory != MAP_FAILED)
        memory?.storeBytes(of: UInt8(ascii: "X"), as: UInt8.self)
        #expect(munmap(memory, 4) == 0)
      case .appended: try tree.sh("echo more >> sequences/a.json")
      case .touched: try tree.sh("touch sequences/a.json")
      case .timeSetBack: try tree.sh("echo second > sequences/a.json; touch -d '2001-01-01' sequences/a.json")
      }
    }

    @Test(arguments: WatcherKind.allCases)
    func `names that are never input tell nothing`(kind: WatcherKind) async throws {
      let tree = try TemporaryTree()
      try tree.sh("mkdir inbox .git; touch inbox/real.png")
      let observer = try Observer(kind, tree.folder)
      try await observer.sync()

      try tree.sh(
        """
        cd inbox; touch a~ .a.json.swp .a.json.swpx 4913 .#a '#a#' .syncthing.a.png.tmp .reel-12-ab.tmp x.part .nfs0001
        mkdir ../.git/refs ../.stversions; touch ../.git/index ../.stversions/a.json; mkdir ../.reel/schemas
        touch ../.reel/schemas/project.schema.json; mv a~ b~; rm 4913
        """)
      let dirty = try await observer.sync()
      // The poller tells again for two seconds what was new at its start.
      #expect(dirty.files.subtracting(kind == .polling ? ["inbox/real.png"] : []).isEmpty)
      #expect(dirty.folders.isEmpty && !dirty.everything)
      observer.expectTruth()
    }

    @Test(
      .enabled(if: isInstalled("vim"), "vim is not installed"), arguments: ["auto", "yes", "no"], WatcherKind.allCases)
    func `vim saves, whatever its backupcopy`(backupCopy: String, kind: WatcherKind) async throws {
      let tree = try TemporaryTree()
      try tree.sh("echo one > project.json; touch other.json")
      let observer = try Observer(kind, tree.folder)
      try await observer.sync()
      try tree.sh(
        "vim -Nu NONE -i NONE -es -c 'set backupcopy=\(backupCopy) writebackup' -c 's/one/second/' -c wq project.json </dev/null"
      )
      let dirty = try await observer.sync()
      #expect(dirty.covers("project.json"))
      #expect(dirty.files.isSubset(of: kind == .polling ? ["project.json", "other.json"] : ["project.json"]))
      #expect(try tree.folder.read("project.json", limit: 100).bytes == Array("second\n".utf8))
      observer.expectTruth()
    }

    @Test(.enabled(if: isInstalled("git"), "git is not installed"), arguments: WatcherKind.allCases)
    func `a git checkout is told whole`(kind: WatcherKind) async throws {
      let tree = try TemporaryTree()
      try tree.sh(
        """
        export HOME="$PWD/.." GIT_CONFIG_NOSYSTEM=1; git init -q -b main .; git config user.email a@b; git config user.name a
        mkdir sequences old; for i in $(seq 40); do echo $i > sequences/s_$i.json; done; echo x > old/x.json
        git add sequences old; git commit -qm one; git checkout -qb other
        for i in $(seq 40); do echo new $i > sequences/s_$i.json; done; git rm -qr old
        mkdir -p new/deep; echo y > new/deep/y.json; git add sequences new; git commit -qm two; git checkout -q main
        """)
      let observer = try Observer(kind, tree.folder)
      try await observer.sync()
      observer.expectTruth()
      for branch in ["other", "main", "other"] {
        try tree.sh("git checkout -q \(branch)")
        let dirty = try await observer.sync()
        for number in 1...40 { #expect(dirty.covers(ProjectPath(trusted: "sequences/s_\(number).json"))) }
        observer.expectTruth()
      }
    }
  }
}
