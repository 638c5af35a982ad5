internal import Basics
internal import JSONText
internal import Planning
internal import ProjectFiles

/// Takes that `reel gc --takes` may put away.
extension Standing {
  /// `{"version":1,"takes":[{"file","bytes","sha256","age"}],"kept":[…]}`: takes that nothing needs, in byte order of their paths, and why none
  /// of some can be named. Looks at every take of the project.
  func unneededAnswer() -> JSON {
    let rated: Set<ProjectPath>
    switch RatedTakes.names(in: picture.folder) {
    case .success(let names): rated = names
    case .failure(let fault): return ["version": 1, "takes": [], "kept": [.string(fault.description)]]
    }
    // What such a file uses nobody knows, and it may be any take.
    let unreadable =
      (picture.project.file?.model.map { !$0.isFaulty } ?? false ? [] : [ProjectFile.path])
      + picture.project.sequences.filter { $0.value.model == nil }.keys.sorted().map(\.file)
    if !unreadable.isEmpty {
      let names = unreadable.map(\.string).joined(separator: ", ")
      return ["version": 1, "takes": [], "kept": [.string("all takes, while \(names) cannot be read")]]
    }
    let frozen = frozenSequences
    let owners = needyOwners
    let now = FileStamp.now()
    let takes = picture.takes.byPath.values.sorted { $0.path < $1.path }.filter { take in
      guard take.presence == .here, !take.isRemoved, !take.isEdited, let owner = TakeOwner(of: take.path) else {
        return false
      }
      if picture.planner.isWanted(take.fingerprint) || picture.planner.isUsed(take.path) { return false }
      if rated.contains(ProjectPath(trusted: Array(take.path.nameBytes))) { return false }
      if frozen.contains(owner.folder) { return false }
      switch owners[owner] {
      case .all?: return false
      case .newest?: return picture.takes.takes(of: owner).first != take
      case nil: return true
      }
    }
    return [
      "version": 1,
      "takes": .array(
        takes.map { take in
          [
            "file": .string(take.path.string), "bytes": .number(JSONNumber(take.output.bytes)),
            "sha256": .string(take.output.digest.hex),
            "age": .number(JSONNumber(Int(max(0, now - take.modified) / 1_000_000_000))),
          ]
        }),
      "kept": .array(
        frozen.sorted().map { .string("the takes in \($0), as long as some of its shots cannot be read") }),
    ]
  }

  /// The folders of sequences of which not every shot is known: a pick among what is not known may name any take there.
  private var frozenSequences: Set<ProjectPath> {
    var folders: Set<ProjectPath> = []
    for (address, plan) in picture.planner.shots where plan.isFrozen { folders.insert(address.sequence.folder) }
    for (name, reading) in picture.project.sequences where reading.model?.hasNamelessShots ?? true {
      folders.insert(name.folder)
    }
    return folders
  }

  private enum Need {
    /// What will be wanted is not known yet.
    case all
    /// It is shown until there is a current one.
    case newest
  }

  /// Shots' kinds whose wants are not all met.
  private var needyOwners: [TakeOwner: Need] {
    var owners: [TakeOwner: Need] = [:]
    for plan in picture.planner.shots.values {
      for planned in plan.wants {
        let owner = TakeOwner(plan.address, planned.kind)
        if planned.key == nil {
          owners[owner] = .all
        } else if !planned.isMet, owners[owner] == nil {
          owners[owner] = .newest
        }
      }
    }
    return owners
  }
}

/// The takes that anybody rated, by their file names.
enum RatedTakes {
  static let folder: ProjectPath = "ratings"

  /// A ratings file that cannot be read may hold anything: then no take is known to be without a rating.
  static func names(in project: Folder) -> Result<Set<ProjectPath>, Fault> {
    var names: Set<ProjectPath> = []
    guard let files = try? Tree.entries(of: folder, in: project) else { return .success([]) }
    for file in files where file.path.fileExtension == "json" {
      guard let content = try? project.read(file.path, limit: JSONFile.maximumSize),
        let ratings = try? JSONDocument(parsing: content.bytes).root.value.object
      else { return .failure(Fault(description: "all takes, while \(file.path) cannot be read")) }
      for name in ratings.keys { names.insert(ProjectPath(trusted: name)) }
    }
    return .success(names)
  }

  struct Fault: Error, CustomStringConvertible {
    var description: String
  }
}
