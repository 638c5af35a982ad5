internal import Basics
internal import JSONText
internal import Planning
internal import ProjectFiles
internal import Watching

extension Standing {
  /// What `reel doctor` wants to know of a project: `{"version":1,"engines":[…],"definitions":[…],"problems":{"errors","warnings"},
  /// "takes","pointers","orphans","folders","freeDisk","usesLFS"}`. Definitions, `{"name","type","definition"}`, are all of the project
  /// and the user, so that whoever asks can ask their servers.
  ///
  /// Walks the project's folders: for a person who asks, not for the way from save to job.
  func healthAnswer(engines: [JSON]) -> JSON {
    let problems = picture.problems.all
    var pointers = picture.project.inputs.values.count { if case .pointer = $0.content { true } else { false } }
    var orphans: [ProjectPath] = []
    let owners = Set(picture.planner.shots.keys.map { TakeOwner($0, .still) })
    for take in picture.takes.byPath.values {
      if take.presence == .pointer { pointers += 1 }
      if isOrphan(take, owners) { orphans.append(take.path) }
    }
    let folders = WatchedTree.listing(of: picture.folder).values.count { $0 == .folder }
    let limits = picture.project.file?.model?.limits ?? Limits()
    let definitions = picture.project.engines.values.sorted { $0.name < $1.name }.map { definition -> JSON in
      [
        "name": .string(definition.name), "type": .string(definition.type), "definition": definition.definition,
        "isOwn": .bool(definition.origin == .user),
      ]
    }
    let attributes = try? picture.folder.read(".gitattributes", limit: 1 << 20)
    let usesLFS = attributes.map { Self.namesLFS(String(decoding: $0.bytes, as: UTF8.self)) } ?? false
    return [
      "version": 1, "engines": .array(engines), "definitions": .array(definitions),
      "problems": [
        "errors": .number(JSONNumber(problems.count { $0.severity == .error })),
        "warnings": .number(JSONNumber(problems.count { $0.severity == .warning })),
      ],
      "takes": .number(JSONNumber(picture.takes.byPath.count)), "pointers": .number(JSONNumber(pointers)),
      "orphans": .array(orphans.sorted().map { .string($0.string) }),
      // The project's own folder, too, and the one for cookies.
      "folders": .number(JSONNumber(folders + 3)), "freeDisk": .number(JSONNumber(Int(limits.freeDisk))),
      "usesLFS": .bool(usesLFS),
    ]
  }

  /// A take of a shot, or of a sequence, that its sequence's file does not have any more.
  /// - Parameter owners: of the stills of all shots.
  private func isOrphan(_ take: Take, _ owners: Set<TakeOwner>) -> Bool {
    guard var owner = TakeOwner(of: take.path), let name = SequenceName(owner.folder.name) else { return false }
    guard let reading = picture.project.sequences[name] else { return true }
    // Of a file that cannot be read nobody knows which shots it has.
    guard let sequence = reading.model, sequence.namesAllShots, owner.shot != nil else { return false }
    owner.kind = .still
    return !owners.contains(owner)
  }

  private static func namesLFS(_ attributes: String) -> Bool {
    attributes.split(separator: "\n").contains { !$0.hasPrefix("#") && $0.contains("filter=lfs") }
  }
}
