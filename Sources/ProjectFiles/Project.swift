package import Basics

/// What is wanted: everything that people wrote, as read last, and the files it may name.
///
/// Kept file by file, so that a change of one costs what that file holds. What follows from a change comes back as `Touched`
/// marks; the planner knows which shots those mean.
package struct Project: Sendable {
  /// Nil until project.json was read, and after it went away.
  package private(set) var file: Reading<ProjectFile>?
  /// The engines that hold, by name: the project's, with the user's own laid over them.
  package private(set) var engines: [String: EngineDefinition] = [:]
  /// What the user's own config.json says, as it was when the project was opened.
  package let config: UserConfig
  /// The sequences with all their shots, those in files of their own among them.
  package private(set) var sequences: [SequenceName: Reading<SequenceFile>] = [:]
  /// What was read of sequences and of shots in files of their own, before they are put together.
  var shotFiles = ShotFiles()
  package private(set) var library: [String: Reading<LibraryEntry>] = [:]
  /// What people think of takes. It decides nothing, so nothing is planned again when it changes.
  package private(set) var ratings: [Person: Reading<Ratings>] = [:]
  package private(set) var workflows: [ProjectPath: Reading<Workflow>] = [:]
  /// The node classes of all workflows that can be read, sorted.
  package private(set) var nodeClasses: [String] = []
  package private(set) var inputs: [ProjectPath: InputFile] = [:]
  /// Files whose names say that something is off: conflict copies of sync tools, stray names.
  package private(set) var misnamed: Set<ProjectPath> = []

  /// The shots that bear an id, over all sequences: what makes an id unambiguous.
  private var bearers: [ShotID: Few<ShotAddress>] = [:]
  private var imagesByName: [String: Set<ProjectPath>] = [:]
  private var imagesByShot: [ShotAddress: Set<ProjectPath>] = [:]
  private(set) var inputsByFolder: [ProjectPath: Set<ProjectPath>] = [:]
  var templates = TemplateShots()

  package init(config: UserConfig = UserConfig()) {
    self.config = config
    engines = config.engines
  }
}

/// What a change of a file touches, before anyone knows which shots that are.
package enum Touched: Hashable, Sendable {
  case everything
  case sequence(SequenceName)
  /// Shots whose own text in their sequence's file changed. All else in the file says what it said, if perhaps in other places.
  case shots(SequenceName, Set<ShotID>)
  /// All shots that use a library entry, or would if it were there.
  case entry(String)
  /// All shots that use a file; for a folder, those to which the names in it matter.
  case path(ProjectPath)
  /// A shot or entry by its bare name: what images in `inbox/` belong to it may have changed.
  case name(String)
  case shot(ShotAddress)
}

// MARK: Changes

extension Project {
  package mutating func set(_ reading: Reading<ProjectFile>?) -> Set<Touched> {
    file = reading
    engines = (reading?.model?.engines ?? [:]).merging(config.engines) { _, own in own }
    return [.everything]
  }

  package mutating func set(_ reading: Reading<SequenceFile>?, for name: SequenceName) -> Set<Touched> {
    shotFiles.set(reading, for: name)
    return place(shotFiles.whole(name), for: name)
  }

  /// Takes over a sequence with all its shots.
  mutating func place(_ reading: Reading<SequenceFile>?, for name: SequenceName) -> Set<Touched> {
    if let earlier = sequences[name], let reading, let changed = earlier.changedShots(in: reading) {
      sequences[name] = reading
      return [.shots(name, changed)]
    }
    let before = Set(shotAddresses(of: name))
    sequences[name] = reading
    followTemplates(of: name)
    let after = Set(shotAddresses(of: name))
    var touched: Set<Touched> = [.sequence(name)]
    for address in before.symmetricDifference(after) { touched.formUnion(setBearer(address, after.contains(address))) }
    return touched
  }

  /// A shot came or went: an image's name may mean several shots by that, or just one again.
  mutating func setBearer(_ address: ShotAddress, _ isThere: Bool) -> Set<Touched> {
    guard let id = address.shot else { return [] }
    if isThere {
      bearers.insert(address, into: id)
    } else {
      bearers.remove(address, from: id)
    }
    var touched = namesTouched(by: id.text)
    for path in imagesByShot[address] ?? [] {
      guard let claims = InboxClaims(path) else { continue }
      for name in claims.names { touched.insert(.name(name)) }
      for shot in claims.shots { touched.insert(.shot(shot)) }
    }
    return touched
  }

  package mutating func set(_ reading: Reading<LibraryEntry>?, for name: String) -> Set<Touched> {
    let cameOrWent = (library[name] == nil) != (reading == nil)
    library[name] = reading
    var touched: Set<Touched> = [.entry(name)]
    if cameOrWent {
      touched.formUnion(namesTouched(by: name))
      touched.insert(.path("library"))
    }
    return touched
  }

  package mutating func set(_ reading: Reading<Workflow>?, at path: ProjectPath) -> Set<Touched> {
    let cameOrWent = (workflows[path] == nil) != (reading == nil)
    workflows[path] = reading
    nodeClasses = Set(workflows.values.flatMap { $0.model?.nodes.map(\.type) ?? [] }).sorted()
    var touched: Set<Touched> = [.path(path)]
    // Shots that miss one are told which of those that are there was likely meant.
    if cameOrWent { touched.insert(.path("workflows")) }
    return touched
  }

  package mutating func set(_ reading: Reading<Ratings>?, for person: Person) -> Set<Touched> {
    ratings[person] = reading
    return []
  }

  /// All names that the images which may mean `name` may mean.
  private func namesTouched(by name: String) -> Set<Touched> {
    var touched: Set<Touched> = []
    for path in imagesByName[name] ?? [] {
      for claim in InboxClaims(path)?.names ?? [] { touched.insert(.name(claim)) }
    }
    return touched
  }

  /// A file that is no text of ours came, changed, was hashed, or went (nil).
  package mutating func set(_ input: InputFile?, at path: ProjectPath) -> Set<Touched> {
    let cameOrWent = (inputs[path] == nil) != (input == nil)
    if inputs[path] == input { return [] }
    inputs[path] = input
    var touched: Set<Touched> = [.path(path)]
    guard cameOrWent else { return touched }
    if let folder = path.parent {
      touched.insert(.path(folder))
      if input == nil {
        inputsByFolder[folder]?.remove(path)
        if inputsByFolder[folder]?.isEmpty == true { inputsByFolder[folder] = nil }
      } else {
        inputsByFolder[folder, default: []].insert(path)
      }
    }
    touched.formUnion(followPicture(path, isThere: input != nil))
    guard let claims = InboxClaims(path) else { return touched }
    for name in claims.names {
      if input == nil {
        imagesByName[name]?.remove(path)
        if imagesByName[name]?.isEmpty == true { imagesByName[name] = nil }
      } else {
        imagesByName[name, default: []].insert(path)
      }
      touched.insert(.name(name))
    }
    for address in claims.shots {
      if input == nil {
        imagesByShot[address]?.remove(path)
        if imagesByShot[address]?.isEmpty == true { imagesByShot[address] = nil }
      } else {
        imagesByShot[address, default: []].insert(path)
      }
      touched.insert(.shot(address))
    }
    return touched
  }

  package mutating func setMisnamed(_ path: ProjectPath, _ isThere: Bool) {
    if isThere { misnamed.insert(path) } else { misnamed.remove(path) }
  }
}

// MARK: Questions

extension Project {
  /// What people call the project: its name, else nothing.
  package var name: String? { file?.model?.name }

  /// The sequences in the order of the film: by `order`, then by file name; those without an order last.
  package var orderedSequences: [SequenceName] {
    sequences.keys.sorted { left, right in
      let (a, b) = (sequences[left]?.model?.order, sequences[right]?.model?.order)
      if let a, let b, a != b { return a < b }
      if (a == nil) != (b == nil) { return a != nil }
      return left < right
    }
  }

  /// The text of a file of ours as it was read last; nil for files that are none, or are not there.
  package func source(of path: ProjectPath) -> SourceText? {
    switch FileRole(of: path) {
    case .project: file?.source
    case .sequence(let name): sequences[name]?.source
    case .entry(let name): library[name]?.source
    case .shot: shotFiles.readings[path]?.source
    case .ratings(let person): ratings[person]?.source
    case .workflow: workflows[path]?.source
    default: nil
    }
  }

  /// The keys as they hold: project, sequence, shot and one of its kinds laid over each other, as far down as is asked.
  package func settings(of sequence: SequenceFile, _ shot: Shot? = nil, _ kind: Kind? = nil) -> ResolvedSettings {
    var settings = ResolvedSettings()
    if let file = file?.model { settings.apply(file.settings, from: ProjectFile.path) }
    settings.apply(sequence.settings, from: sequence.name.file)
    if let shot { settings.apply(shot.settings, from: shot.file) }
    if let shot, let kind, let request = shot.kinds[kind] { settings.apply(request.settings, from: shot.file) }
    return settings
  }

  /// The addresses of all shots that bear an id.
  package func addresses(of id: ShotID) -> Set<ShotAddress> { bearers[id]?.elements ?? [] }

  /// The files in the folder of a path, by name, to tell what a path that is not there was meant to be.
  package func names(beside path: ProjectPath) -> [String] {
    (path.parent.flatMap { inputsByFolder[$0] } ?? []).map(\.name).sorted()
  }

  package func content(of path: ProjectPath) -> InputFile.Content? { inputs[path]?.content }

  /// How many shots and entries bear a name.
  private func bearerCount(_ name: String) -> Int {
    (bearers[ShotID(name)]?.count ?? 0) + (library[name] == nil ? 0 : 1)
  }

  /// The images that belong to a shot by their names, in byte order of their paths.
  package func inboxImages(of address: ShotAddress) -> [ProjectPath] {
    guard let id = address.shot else { return [] }
    var images = (imagesByShot[address] ?? []).filter { shotMeant(by: $0) == address }
    if let byName = imagesByName[id.text], bearerCount(id.text) == 1 {
      images.formUnion(byName.filter { nameMeant(by: $0) == id.text })
    }
    return images.sorted()
  }

  /// The images that belong to a library entry by their names, in byte order of their paths.
  package func inboxImages(ofEntry name: String) -> [ProjectPath] {
    guard let byName = imagesByName[name], bearerCount(name) == 1 else { return [] }
    return byName.filter { nameMeant(by: $0) == name }.sorted()
  }

  /// The shot of a sequence that a path like `inbox/sequence_001/shot_002/x.png` means: the longest id that is there.
  private func shotMeant(by path: ProjectPath) -> ShotAddress? {
    InboxClaims(path)?.shots.first { address in
      address.shot.map { bearers[$0]?.contains(address) ?? false } ?? false
    }
  }

  /// The longest bare name in a path that anybody bears; nil when the path already means a shot of a sequence.
  private func nameMeant(by path: ProjectPath) -> String? {
    guard let claims = InboxClaims(path) else { return nil }
    if shotMeant(by: path) != nil { return nil }
    return claims.names.first { bearerCount($0) > 0 }
  }

  /// The name by which an image in `inbox/` means several shots or entries; nil when it means one, or none. It is not used then.
  package func ambiguousName(of image: ProjectPath) -> String? {
    guard inputs[image] != nil, let name = nameMeant(by: image), bearerCount(name) > 1 else { return nil }
    return name
  }

  /// The images in `inbox/` that may mean a shot or entry by its bare name.
  package func images(named name: String) -> Set<ProjectPath> { imagesByName[name] ?? [] }

  /// The images in `inbox/`, used or not.
  package var inboxImageCount: Int { inputs.keys.reduce(0) { $0 + (InboxClaims($1) == nil ? 0 : 1) } }
}
