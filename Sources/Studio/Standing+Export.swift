internal import Basics
internal import JSONText
internal import Planning
internal import ProjectFiles

/// What `reel export` hands over: files by their paths and roles, and what is lacking. The command reads the files itself.
extension Standing {
  /// `export`, `sheet` and `timeline`, of the shots and sequences in `shots`, or of the whole project without.
  func handOver(_ call: ControlCall) -> ControlReply {
    guard let choice = TakeChoice(rawValue: call.fields["takes"]?.string ?? TakeChoice.used.rawValue) else {
      return .failure(code: "bad-call", message: "`takes` is one of used, liked and all")
    }
    var chosen: [ShotAddress]?
    if let names = call.fields["shots"]?.array?.compactMap(\.string), !names.isEmpty {
      do throws(NameError) {
        var addresses: Set<ShotAddress> = []
        for name in names { addresses.formUnion(try self.addresses(named: name)) }
        chosen = inFilmOrder(addresses)
      } catch {
        return .failure(code: "no-shot", message: error.description)
      }
    }
    switch call.name {
    case "sheet": return .success(sheetAnswer(choice, chosen))
    case "timeline":
      if choice == .used { return .success(timelineAnswer(chosen)) }
      return .failure(code: "bad-call", message: "a timeline holds what the film uses: `takes` is used")
    default: return .success(exportAnswer(choice, chosen))
    }
  }

  /// `{"version":1,"name","files":[{"path","role"}],"lacking":[…],"leftOut":[…]}`, in byte order of the paths.
  ///
  /// `role` is `source` for what people wrote or put there, `rating`, `take` or `sidecar`; `pointer` stands with what is only a git-lfs
  /// pointer. With sources everything goes that the chosen shots' sequences need to be read and made again; a sequence goes whole, as
  /// a file cannot be taken apart.
  func exportAnswer(_ choice: TakeChoice, _ chosen: [ShotAddress]?) -> JSON {
    let addresses = chosen ?? addressesInFilmOrder
    var files = ExportedFiles(picture)
    let dropped = droppedTakes(choice)
    addSources(to: &files, sequences: chosen.map { Set($0.map(\.sequence)) })
    for address in addresses {
      for take in takes(of: address, choice) { files.add(take) }
      if choice == .used, let plan = picture.planner.shots[address] {
        // A pick may be a file without a sidecar.
        for used in plan.used.values where picture.takes.byPath[used.path] == nil { files.add(used.path, "take") }
      }
      for path in dropped[address] ?? [] { files.add(path, "take") }
    }
    if chosen == nil, choice != .used {
      // Of shots that are gone, too.
      for take in picture.project.droppedTakes where isChosen(take.path, choice) { files.add(take.path, "take") }
      for take in picture.takes.byPath.values where files.isUnknown(take.path) && isChosen(take.path, choice) {
        files.add(take)
      }
    }
    return [
      "version": 1, "name": .string(picture.name), "files": .array(files.answer),
      "lacking": .array(choice == .used ? addresses.flatMap(lacking) : []), "leftOut": .array(files.leftOut),
    ]
  }

  // MARK: Takes

  /// The takes of a shot, or of a sequence as a whole, that belong to a choice; the newest of a kind first.
  func takes(of address: ShotAddress, _ choice: TakeChoice) -> [Take] {
    let all = picture.planner.kinds.ordered.flatMap { picture.takes.takes(of: TakeOwner(address, $0.kind)) }
    guard choice == .used else { return all.filter { isChosen($0.path, choice) } }
    guard let plan = picture.planner.shots[address] else { return [] }
    var paths = Set(plan.used.values.map(\.path))
    for kind in picture.planner.kinds.ordered.map(\.kind) {
      if let older = standIn(for: kind, plan) { paths.insert(older.path) }
    }
    for want in plan.wants {
      if case .fresh(let take) = want.state { paths.insert(take.path) }
    }
    return all.filter { paths.contains($0.path) }
  }

  /// The newest older take of a kind, which is shown until the one to be used is there.
  func standIn(for kind: Kind, _ plan: ShotPlan) -> Take? {
    if plan.used[kind] != nil { return nil }
    return picture.takes.takes(of: TakeOwner(plan.address, kind)).first { !$0.isRemoved && $0.presence != .absent }
  }

  private func isChosen(_ path: ProjectPath, _ choice: TakeChoice) -> Bool {
    switch choice {
    case .used, .all: true
    case .liked: picture.project.isLiked(path)
    }
  }

  /// The takes without a sidecar that people put beside those of shots, and that belong to a choice; a used one goes as the pick it is.
  func droppedTakes(_ choice: TakeChoice) -> [ShotAddress: [ProjectPath]] {
    if choice == .used { return [:] }
    let dropped = picture.project.droppedTakes
    if dropped.isEmpty { return [:] }
    // By the place and the name that a file would have: an id may have another as a file name.
    var owners: [TakeOwner: ShotAddress] = [:]
    for address in picture.planner.shots.keys { owners[TakeOwner(address, .still)] = address }
    var found: [ShotAddress: [ProjectPath]] = [:]
    for take in dropped where isChosen(take.path, choice) {
      let shot = take.shot.map { ShotID($0) }
      guard let address = owners[TakeOwner(ShotAddress(take.sequence, shot), .still)] else { continue }
      found[address, default: []].append(take.path)
    }
    return found
  }

  /// The wants of a shot that have no take: `{"shot","kind","state","detail"}`.
  func lacking(_ address: ShotAddress) -> [JSON] {
    guard let plan = picture.planner.shots[address] else { return [] }
    func entry(_ kind: JSON, _ state: ShotState, _ detail: String) -> JSON {
      [
        "shot": .string(address.description), "kind": kind, "state": .string(state.rawValue), "detail": .string(detail),
      ]
    }
    if plan.isFrozen { return [entry(.null, .unreadable, "see its problems: reel check")] }
    return plan.wants.filter { !$0.isMet }.map {
      let state = board.state(of: $0, in: plan)
      return entry(.string($0.kind.name), state, detail(of: plan, state))
    }
  }

  // MARK: Sources

  /// - Parameter sequences: nil for all, and then all library entries go, too.
  private func addSources(to files: inout ExportedFiles, sequences: Set<SequenceName>?) {
    let project = picture.project
    files.add(ProjectFile.path, "source")
    for engine in project.file?.model?.engines.values.map(\.definition) ?? [] { addFiles(namedIn: engine, to: &files) }
    for name in project.sequences.keys where sequences?.contains(name) ?? true { files.add(name.file, "source") }
    var entries = sequences == nil ? Set(project.library.keys) : []
    for (address, plan) in picture.planner.shots where sequences?.contains(address.sequence) ?? true {
      entries.formUnion(plan.uses.entries)
      for path in plan.uses.paths where isReference(path) { files.add(path, "source") }
      guard let sequence = project.sequences[address.sequence]?.model, let shot = project.shot(at: address) else {
        continue
      }
      // Which may be a file of its own.
      files.add(shot.file, "source")
      for kind in [nil] + shot.kinds.keys.map(Optional.some) {
        if let workflow = project.settings(of: sequence, shot, kind).workflow?.value, isReference(workflow) {
          files.add(workflow, "source")
        }
      }
    }
    for name in entries where project.library[name] != nil { files.add(LibraryEntry.path(of: name), "source") }
    for person in project.ratings.keys { files.add(person.file, "rating") }
  }

  /// A file that people put there: not a take, which goes by the choice.
  private func isReference(_ path: ProjectPath) -> Bool {
    (picture.project.inputs[path] != nil || picture.project.workflows[path] != nil) && !path.isInside("sequences")
  }

  /// The files of the project that an engine's entry names, such as a workflow or a program.
  private func addFiles(namedIn value: JSON, to files: inout ExportedFiles) {
    switch value {
    case .string(let text):
      if let path = try? ProjectPath(written: text), isReference(path) { files.add(path, "source") }
    case .array(let elements): for element in elements { addFiles(namedIn: element, to: &files) }
    case .object(let object): for (_, element) in object { addFiles(namedIn: element, to: &files) }
    default: break
    }
  }
}

/// The files of an export, each once.
private struct ExportedFiles {
  private let picture: Picture
  private var roles: [ProjectPath: String] = [:]
  private var pointers: Set<ProjectPath> = []
  private var refused: [ProjectPath: String] = [:]

  init(_ picture: Picture) {
    self.picture = picture
  }

  func isUnknown(_ path: ProjectPath) -> Bool { roles[path] == nil }

  /// A take with its sidecar, if it has one; of one that was removed only the sidecar is left, by which its want counts as met.
  mutating func add(_ take: Take) {
    if picture.sidecars[take.path] != nil { add(take.sidecarPath, "sidecar") }
    if take.presence == .absent { return }
    add(take.path, "take")
    if take.presence == .pointer { pointers.insert(take.path) }
  }

  mutating func add(_ path: ProjectPath, _ role: String) {
    if !path.string.utf8.elementsEqual(path.bytes) {
      refused[path] = "its name is not UTF-8, which other systems cannot write"
      return
    }
    switch picture.project.content(of: path) {
    case .unreadable(let error)?: refused[path] = error.reason
    case .pointer?:
      pointers.insert(path)
      roles[path] = role
    case .unread?, .reading?, .here?, .incomplete?, nil: roles[path] = role
    }
  }

  var answer: [JSON] {
    roles.keys.sorted().map { path in
      var entry: JSONObject = ["path": .string(path.string), "role": .string(roles[path] ?? "")]
      if pointers.contains(path) { entry["pointer"] = true }
      return .object(entry)
    }
  }

  var leftOut: [JSON] {
    refused.keys.sorted().map { ["path": .string($0.string), "reason": .string(refused[$0] ?? "")] }
  }
}
