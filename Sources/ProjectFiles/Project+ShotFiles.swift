package import Basics

/// Shots in files of their own, as a project sees them.
extension Project {
  /// A shot's own file came, changed or went (nil). What follows for sequences is found out by `gatherShots`, once for all files
  /// of a look: a sequence may have thousands.
  /// - Returns: nothing yet.
  package mutating func set(_ reading: Reading<ShotFile>?, at path: ProjectPath) -> Set<Touched> {
    shotFiles.set(reading, at: path)
    return []
  }

  /// Puts the sequences together again whose shots came, changed or went in other files.
  /// - Returns: what that touches, and the files of which something else may be wrong now.
  package mutating func gatherShots() -> (touched: Set<Touched>, files: Set<ProjectPath>) {
    let pending = shotFiles.takePending()
    var touched: Set<Touched> = []
    var files: Set<ProjectPath> = []
    for id in pending.shots { files.formUnion(shotFiles.files(of: id)) }
    for name in pending.sequences {
      let before = sequences[name]?.model
      let marks = place(shotFiles.whole(name), for: name)
      files.insert(name.file)
      guard let before, let after = sequences[name]?.model, before.namesAllShots == after.namesAllShots,
        !(before.shots + after.shots).contains(where: { $0.isTemplate && pending.shots.contains($0.id) })
      else {
        touched.formUnion(marks)
        continue
      }
      touched.formUnion(marks.subtracting([.sequence(name)]))
      var ids = Set(before.shots.map(\.id)).symmetricDifference(after.shots.map(\.id)).union(pending.shots)
      for shot in after.shots where before.shot(shot.id)?.isFaulty != shot.isFaulty { ids.insert(shot.id) }
      for id in ids where before.shot(id) != nil || after.shot(id) != nil {
        touched.insert(.shot(ShotAddress(name, id)))
      }
    }
    return (touched, files)
  }

  /// What is wrong with a shot's own file.
  package func problems(ofShotFile path: ProjectPath) -> [Diagnostic] { shotFiles.problems(of: path) }

  /// What a person who asks should know of a project of the StoryCore editor, though nothing is wrong: files of shots that no
  /// sequence has, and references that are none to reel. Goes through the whole project.
  package var editorNotes: [Diagnostic] {
    let orphans = shotFiles.orphans.map { path in
      Diagnostic(
        .note, "orphan-shot", "no sequence has this shot", file: path,
        notes: ["name it under `shot_ids`, or give it the `sequence_id` of a sequence that has its shots in files"])
    }
    let shots = sequences.values.flatMap { $0.model?.shots ?? [] }
    return orphans
      + shots.flatMap { shot in
        shot.unusableReferences.map { reference in
          Diagnostic(
            .note, "unusable-reference",
            "the reference `\(reference.value)` is no picture of the project, and is not used",
            file: shot.file,
            place: source(of: shot.file)?.place(
              reference.range, label: "put the picture into inbox/ and name it in `references`"))
        }
      }
  }
}
