package import Basics
package import JSONText
internal import Planning
internal import ProjectFiles

/// The answer to `reel takes`.
extension Standing {
  /// `{"version":1,"takes":[{"shot","kind","file","fingerprint","fresh","used","rating","created","edited","removed","presence",
  /// "ratings"}]}`, in byte order of their paths. A take that a person put there has no fingerprint.
  package func takesAnswer(_ filter: TakeFilter) -> JSON {
    ["version": 1, "takes": .array(found(by: filter).map { .object(entry($0, filter.person)) })]
  }

  /// The takes whose bytes must be read before a call can be answered with whether they were edited.
  package func unread(askedBy call: ControlCall) -> [ProjectPath] {
    guard call.name == "takes" || call.name == "why",
      let filter = try? TakeFilter(call, addresses(askedBy: call), in: self)
    else { return [] }
    return found(by: filter).compactMap { found in
      found.take.flatMap { $0.bytes == .unread && $0.presence == .here ? $0.path : nil }
    }
  }

  /// A take of either sort, with the shot that it belongs to.
  struct FoundTake {
    var path: ProjectPath
    var kind: Kind
    /// Nil when the shot is gone.
    var address: ShotAddress?
    /// Nil for one that a person put there.
    var take: Take?

    var isRemoved: Bool { take?.isRemoved ?? false }
  }

  func found(by filter: TakeFilter) -> [FoundTake] {
    allTakes.filter {
      $0.isRemoved == filter.isRemoved && filter.fits($0.path, $0.kind, of: $0.address, in: picture.project)
    }
  }

  /// All takes, in byte order of their paths.
  var allTakes: [FoundTake] { allTakes() }

  /// - Parameter more: shots without a plan that have takes, too.
  func allTakes(andOf more: [ShotAddress] = []) -> [FoundTake] {
    var owners: [ProjectPath: ShotAddress] = [:]
    for address in Array(picture.planner.shots.keys) + more { owners[Self.place(of: address)] = address }
    func owner(_ folder: ProjectPath?, _ shot: String?) -> ShotAddress? {
      folder.flatMap { owners[shot.map($0.appending) ?? $0] }
    }
    let made = picture.takes.byPath.values.map { take in
      FoundTake(
        path: take.path, kind: take.kind, address: owner(take.path.parent, TakeName(take.path.name)?.shot), take: take)
    }
    let dropped = picture.project.droppedTakes.map { dropped in
      FoundTake(
        path: dropped.path, kind: dropped.kind, address: owner(dropped.path.parent, dropped.shot), take: nil)
    }
    return (made + dropped).sorted { $0.path < $1.path }
  }

  /// What tells a shot by the place of its takes: their folder and the beginning of their names.
  private static func place(of address: ShotAddress) -> ProjectPath {
    address.shot.map { address.sequence.folder.appending($0.fileName) } ?? address.sequence.folder
  }

  private func entry(_ found: FoundTake, _ person: Person?) -> JSONObject {
    let plan = found.address.flatMap { picture.planner.shots[$0] }
    let isFresh =
      plan?.wants.contains { if case .fresh(let current) = $0.state { current.path == found.path } else { false } }
      ?? false
    let ratings = picture.project.ratings(of: found.path)
    return [
      "shot": found.address.map { .string($0.description) } ?? .null, "kind": .string(found.kind.name),
      "file": .string(found.path.string),
      "fingerprint": found.take.map { .string($0.fingerprint.description) } ?? .null, "fresh": .bool(isFresh),
      "used": .bool(plan?.used[found.kind]?.path == found.path),
      "rating": ratings.first { $0.person == person }.map { .number(JSONNumber($0.rating.value.rawValue)) } ?? .null,
      "created": found.take?.created.map { .string($0) } ?? .null, "edited": .bool(found.take?.isEdited ?? false),
      "removed": .bool(found.isRemoved), "presence": .string(presence(of: found)),
      "ratings": .array(ratings.map { .object($0.json) }),
    ]
  }

  func presence(of found: FoundTake) -> String {
    switch found.take?.presence {
    case .here?: return "here"
    case .pointer?: return "pointer"
    case .absent?: return "absent"
    case nil:
      if case .pointer? = picture.project.content(of: found.path) { return "pointer" }
      return "here"
    }
  }
}

extension PersonalRating {
  var json: JSONObject {
    var object: JSONObject = [
      "person": .string(person.name), "value": .number(JSONNumber(rating.value.rawValue)),
    ]
    if let note = rating.note { object["note"] = .string(note) }
    return object
  }
}
