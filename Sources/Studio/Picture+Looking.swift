package import Basics
internal import Glibc
internal import Planning
package import ProjectFiles
package import Watching

extension Picture {
  /// Looks again at what may have changed and plans again what that touches.
  package mutating func look(at dirty: DirtyPaths, accepting acceptance: Acceptance) -> Look {
    var marks = Marks()
    if dirty.everything {
      lookBelow(.root, acceptance, &marks)
      // What the index knows of files that are gone is of no use any more.
      forgotten.formUnion(remembered.keys)
      remembered = [:]
    } else {
      for path in dirty.folders { lookBelow(path, acceptance, &marks) }
      for path in dirty.files { look(at: path, acceptance, &marks) }
    }
    return replan(marks, acceptance)
  }

  /// Takes over a content that was read on a thread beside; nil when it could not be read in one piece.
  /// - Parameter began: when that began, by the file system's clock.
  package mutating func take(
    _ input: InputFile?, readAt path: ProjectPath, since began: Int64, accepting acceptance: Acceptance
  ) -> Look {
    var marks = Marks()
    switch kind(at: path) {
    case .file(let stamp)?:
      if let input, input.stamp == stamp {
        take(input, at: path, readSince: began, acceptance, &marks)
      } else if input != nil {
        // It changed after it was read, and whoever told so was not heard, as it was still being read then.
        marks.look.toRead.insert(path)
      } else {
        take(InputFile(stamp: stamp, content: .incomplete), at: path, readSince: began, acceptance, &marks)
      }
    case nil, .folder?, .other?: lose(path, acceptance, &marks)
    }
    return replan(marks, acceptance)
  }

  /// Plans a shot again though no file moved: what is not in the project was found to be otherwise.
  package mutating func planAgain(_ address: ShotAddress) -> Look {
    replan(Marks(touched: [.shot(address)]), .whole)
  }

  /// What one round of looking touched.
  struct Marks {
    var touched: Set<Touched> = []
    var takePaths: Set<ProjectPath> = []
    var fingerprints: Set<Digest> = []
    /// Outputs of which it may have changed whether a sidecar makes them takes.
    var outputs: Set<ProjectPath> = []
    /// Files whose own diagnostics may have changed.
    var files: Set<ProjectPath> = []
    var look = Look()
  }
}

// MARK: Files

extension Picture {
  private mutating func lookBelow(_ start: ProjectPath, _ acceptance: Acceptance, _ marks: inout Marks) {
    let known = files.below(start) + (files[start] == nil ? [] : [start])
    let entries = WatchedTree.entries(of: folder, below: start)
    files.reserve(entries.count)
    for found in readAhead(entries) {
      let path = found.entry.path
      // What could not be looked at in passing is asked for by itself.
      examine(path, found.entry.kind == .other ? kind(at: path) : found.entry.kind, found, acceptance, &marks)
    }
    if known.isEmpty { return }
    let there = Set(entries.lazy.map(\.path))
    for path in known where !there.contains(path) { lose(path, acceptance, &marks) }
  }

  private mutating func look(at path: ProjectPath, _ acceptance: Acceptance, _ marks: inout Marks) {
    guard WatchedTree.isReported(path) else { return }
    let kind = kind(at: path)
    // A folder that went away takes along what was in it, and nobody else may tell of that.
    if kind != .folder, files.isFolder(path) { lookBelow(path, acceptance, &marks) }
    examine(path, kind, nil, acceptance, &marks)
  }

  /// What lies at a path, nil when nothing does. What cannot even be looked at is there, but of no use; a file that is known and
  /// cannot be looked at for a moment is as it was: its take has not gone. Files behind a link to a folder are not there, as they
  /// are not for who reads the whole tree.
  func kind(at path: ProjectPath) -> Folder.Kind? {
    do throws(FileError) {
      return try FileError.twiceRefused { () throws(FileError) in try Tree.kind(of: path, in: folder) }
    } catch {
      if error.isOfTheMoment, let known = files[path] { return .file(known.stamp) }
      return .other
    }
  }

  private mutating func examine(
    _ path: ProjectPath, _ kind: Folder.Kind?, _ found: FoundFile?, _ acceptance: Acceptance, _ marks: inout Marks
  ) {
    guard case .file(let stamp)? = kind else {
      if kind == .other, path.isImageName, FileRole(of: path) == .other {
        refuse(path, &marks)
      } else if files[path] != nil {
        // What has been put in its place does not go away by waiting.
        lose(path, kind == nil ? acceptance : .asItIs, &marks)
      } else {
        marks.look.settled.append(path)
      }
      return
    }
    if let known = files[path], known.stillHold(at: stamp), !isStillToRead(path) {
      marks.look.settled.append(path)
      return
    }
    let role = found?.role ?? FileRole(of: path)
    switch (role, found?.content) {
    case (.sequence(let name), .sequence(let text)?) where project.sequences[name] == nil:
      take(text, of: name, acceptance, &marks)
    case (.sidecar(let output), .sidecar(let text)?): readSidecar(path, of: output, stamp, text, acceptance, &marks)
    default: read(path, as: role, stamp, acceptance, &marks)
    }
  }

  private mutating func read(
    _ path: ProjectPath, as role: FileRole, _ stamp: FileStamp, _ acceptance: Acceptance, _ marks: inout Marks
  ) {
    switch role {
    case .project, .sequence, .shot, .entry, .ratings, .workflow: readText(path, acceptance, &marks)
    case .sidecar(let output): readSidecar(path, of: output, stamp, nil, acceptance, &marks)
    case .output: readOutput(path, stamp, acceptance, &marks)
    case .misnamed:
      project.setMisnamed(path, true)
      know(path, stamp, &marks)
      marks.files.insert(path)
    case .other: readInput(path, stamp, acceptance, &marks)
    }
  }

  /// A link that leads out of the project, or no regular file, where a picture should be: the shots that use it are told why not.
  private mutating func refuse(_ path: ProjectPath, _ marks: inout Marks) {
    var error = FileError(code: EINVAL, action: "read", path: path.string)
    do throws(FileError) {
      _ = try folder.read(path, limit: 0)
    } catch let reason {
      error = reason
    }
    let nothing = FileStamp(size: 0, modified: 0, changed: 0, inode: 0, device: 0)
    know(path, nothing, &marks)
    marks.touched.formUnion(setInput(InputFile(stamp: nothing, content: .unreadable(error)), at: path))
  }

  /// Whether a reference was seen and is used, but what it holds is not known yet.
  private func isStillToRead(_ path: ProjectPath) -> Bool {
    switch project.inputs[path]?.content {
    case .unread?, .reading?: planner.isUsed(path)
    default: takes.byPath[path]?.isToRead ?? false && planner.isUsed(path)
    }
  }

  /// Notes that a file was read and that what it holds is in the picture.
  mutating func know(
    _ path: ProjectPath, _ stamp: FileStamp, readAt time: Int64 = FileStamp.now(), _ marks: inout Marks
  ) {
    if files[path]?.stamp != stamp { marks.look.noteChange(at: stamp.changed) }
    files[path] = KnownFiles.Facts(stamp: stamp, readAt: time)
    marks.look.settled.append(path)
  }

  /// When a file went: its folder tells. One whose folder went with it counts as gone long ago.
  private func removalTime(of path: ProjectPath) -> Int64 {
    guard let parent = path.parent, let directory = try? folder.open(parent, O_RDONLY | O_DIRECTORY) else { return 0 }
    var status = stat()
    return fstat(directory.raw, &status) == 0 ? FileStamp(status).changed : 0
  }

  /// Takes a file out of the picture, or names it as unsettled when it may come back at once.
  mutating func lose(_ path: ProjectPath, _ acceptance: Acceptance, _ marks: inout Marks) {
    if acceptance == .whole {
      marks.look.unsettled[path] = .absent
      return
    }
    marks.look.settled.append(path)
    if files[path] != nil { marks.look.noteChange(at: removalTime(of: path)) }
    files[path] = nil
    remembered[path] = nil
    learnt[path] = nil
    forgotten.insert(path)
    marks.files.insert(path)
    switch FileRole(of: path) {
    case .project: marks.touched.formUnion(project.set(nil))
    case .sequence(let name): marks.touched.formUnion(project.set(nil, for: name))
    case .shot: marks.touched.formUnion(project.set(nil as Reading<ShotFile>?, at: path))
    case .entry(let name): marks.touched.formUnion(project.set(nil as Reading<LibraryEntry>?, for: name))
    case .ratings(let person):
      marks.look.shown.noteRatings(project.ratings[person]?.model, nil)
      marks.touched.formUnion(project.set(nil as Reading<Ratings>?, for: person))
    case .workflow: marks.touched.formUnion(project.set(nil as Reading<Workflow>?, at: path))
    case .sidecar(let output):
      sidecars[output] = nil
      settleTake(at: output, &marks)
    case .output:
      outputs[path] = nil
      settleTake(at: path, &marks)
    case .misnamed: project.setMisnamed(path, false)
    case .other: marks.touched.formUnion(setInput(nil, at: path))
    }
  }
}

// MARK: What follows

extension Picture {
  /// Plans what was touched, reads the references that this made known, and collects problems.
  private mutating func replan(_ marks: Marks, _ acceptance: Acceptance) -> Look {
    var look = marks.look
    var marks = marks
    while true {
      let gathered = project.gatherShots()
      marks.touched.formUnion(gathered.touched)
      marks.files.formUnion(gathered.files)
      settleBareOutputs(&marks)
      let planned = plan(marks)
      look.replanned.formUnion(planned)
      look.shown.note(marks.touched, takes: marks.takePaths)
      for path in filesWithOtherProblems(marks) {
        look.problems.form(problems.set(diagnostics(of: path), of: .file(path)))
      }
      for address in planned {
        look.problems.form(problems.set(planner.shots[address]?.diagnostics ?? [], of: .shot(address)))
      }
      marks = Marks()
      for address in planned {
        // Those of a frozen shot, too: what is said of it must not hang on what was read before it froze.
        for path in planner.shots[address]?.uses.paths ?? [] { readNow(path, acceptance, &marks) }
      }
      look.toRead.formUnion(marks.look.toRead)
      if let time = marks.look.oldestChange { look.noteChange(at: time) }
      look.shown.form(marks.look.shown)
      look.settled += marks.look.settled
      // A reference is taken down as seen before a shot turns out to use it, and only then its end is missed.
      let unsettled = marks.look.unsettled
      if !unsettled.isEmpty { look.settled.removeAll { unsettled[$0] != nil } }
      look.unsettled.merge(marks.look.unsettled) { _, new in new }
      if marks.touched.isEmpty, marks.takePaths.isEmpty, marks.outputs.isEmpty { return look }
    }
  }

  /// In a function of its own: the view shares the project's tables, which would be copied if they were changed while it lives.
  private mutating func plan(_ marks: Marks) -> Set<ShotAddress> {
    let view = self.view
    return planner.update(
      marks.touched, takesAt: marks.takePaths, fingerprints: marks.fingerprints, in: view)
  }

  /// The files that were read, and images whose names may mean something else by now.
  private func filesWithOtherProblems(_ marks: Marks) -> Set<ProjectPath> {
    marks.touched.reduce(into: marks.files) { files, touched in
      if case .name(let name) = touched { files.formUnion(project.images(named: name)) }
    }
  }
}
