package import Basics
package import Index
package import JSONText
package import Planning
package import ProjectFiles
package import Watching

/// What the folder says now: what is wanted, what is there, and what is missing, kept up to date file by file.
///
/// Looking is level-triggered: whatever was reported, the file is looked at and what it holds now counts. The picture is always
/// the one that a cold reading of the same folder gives; nothing in it comes from what an event said.
package struct Picture {
  package let folder: Folder
  package internal(set) var project: Project
  package internal(set) var takes = TakeCatalogue()
  package internal(set) var planner: Planner
  package internal(set) var problems = ProblemBoard()

  var files = KnownFiles()
  /// By the path of the output.
  var sidecars: [ProjectPath: SidecarFacts] = [:]
  var outputs: [ProjectPath: OutputFacts] = [:]
  package internal(set) var pointers = Pointers()
  /// What the index remembered at the start; an entry is taken out when its file is looked at.
  var remembered: [ProjectPath: IndexedFile]
  private let cached: Planner.CacheLookup
  /// What the index should learn.
  package internal(set) var learnt: [ProjectPath: IndexedFile] = [:]
  package internal(set) var forgotten: Set<ProjectPath> = []

  package init(
    of folder: Folder, planner: Planner, config: UserConfig = UserConfig(),
    remembered: [ProjectPath: IndexedFile] = [:],
    cached: @escaping Planner.CacheLookup = { _, _, _ in nil }
  ) {
    self.folder = folder
    project = Project(config: config)
    self.planner = planner
    self.remembered = remembered
    self.cached = cached
  }

  /// A sidecar without its recipe.
  struct SidecarFacts: Hashable {
    @Boxed var sidecar: Sidecar
    /// In the current form of recipes.
    var fingerprint: Digest
    var modified: Int64
  }

  /// The file that a take's name stands for, with a sidecar or without.
  struct OutputFacts: Hashable {
    var stamp: FileStamp
    /// Read only when somebody needs to know: a project has tens of thousands of them.
    var content: InputFile.Content

    var presence: Take.Presence {
      if case .pointer = content { return .pointer }
      // An empty file is nothing.
      return stamp.size == 0 ? .absent : .here
    }

    /// How its bytes compare with what a sidecar says of them.
    func bytes(of made: Sidecar.Output) -> Take.Bytes {
      switch content {
      case _ where stamp.size == 0: .asMade
      case .here(let digest, _), .pointer(let digest): digest == made.digest ? .asMade : .edited(digest)
      case .incomplete: .cutOff
      case .unread, .reading, .unreadable: stamp.size == Int64(made.bytes) ? .unread : .edited(nil)
      }
    }
  }

  /// What a look changed, and what it could not decide.
  package struct Look {
    /// The shots that were planned again, and those that went.
    package var replanned: Set<ShotAddress> = []
    package var problems = ProblemBoard.Difference()
    /// Files that are broken, cut off or absent and were not taken over; waiting for them may help.
    package var unsettled: [ProjectPath: Patience.Finding] = [:]
    /// Files that read well, for whatever waited for them. Some may stand twice.
    package var settled: [ProjectPath] = []
    /// References whose content must be read on a thread beside, because they are large.
    package var toRead: Set<ProjectPath> = []
    /// When the oldest of the changes that were seen was made, by the file system's clock, nanoseconds since 1970; nil when nothing
    /// had changed. It tells what git brought from what was saved since.
    package var oldestChange: Int64?
    /// What else moved that somebody who shows the project wants to know of.
    package var shown = StandingChange()

    package init() {}

    mutating func noteChange(at time: Int64) { oldestChange = min(oldestChange ?? time, time) }

    package mutating func form(_ other: Look) {
      replanned.formUnion(other.replanned)
      problems.form(other.problems)
      unsettled.merge(other.unsettled) { _, new in new }
      settled += other.settled
      toRead.formUnion(other.toRead)
      shown.form(other.shown)
      if let time = other.oldestChange { noteChange(at: time) }
    }
  }

  /// Whether files that are broken or gone count at once.
  package enum Acceptance: Sendable {
    /// What cannot be read leaves the picture as it is for now, and is named in `Look.unsettled`.
    case whole
    /// Everything counts as it is: at the start, and when waiting was in vain.
    case asItIs
  }

  /// What people call the project: the name in its file, else its folder's.
  package var name: String {
    project.name ?? folder.path.split(separator: "/").last.map(String.init) ?? "project"
  }

  /// Hands out what the index should learn, once.
  package mutating func takeLearnt() -> (changed: [ProjectPath: IndexedFile], removed: [ProjectPath]) {
    defer { (learnt, forgotten) = ([:], []) }
    return (learnt, Array(forgotten))
  }

  /// The recipe in a take's sidecar, in the current form.
  package func recipe(of take: Take) -> JSONObject? {
    Self.recipe(of: take, in: folder, planner.migrations)
  }

  static func recipe(of take: Take, in folder: Folder, _ migrations: RecipeMigrations) -> JSONObject? {
    // That it is a sidecar was found when it became a take; of all that it says only this is wanted.
    guard let content = try? folder.read(take.sidecarPath, limit: Sidecar.maximumSize),
      let recipe = Sidecar.recipe(in: content.bytes)
    else { return nil }
    return migrations.current(recipe)
  }

  /// What a shot wants, in full, whether its takes are there or not.
  package func wants(of address: ShotAddress) -> [Want] { planner.wants(of: address, in: view) }

  var view: Planner.View {
    Planner.View(
      project: project, takes: takes,
      recipe: { [folder, migrations = planner.migrations] take in Self.recipe(of: take, in: folder, migrations) },
      cached: cached)
  }
}
