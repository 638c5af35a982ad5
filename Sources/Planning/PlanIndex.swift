internal import Basics
internal import ProjectFiles

/// Which shots look at what: so that a change is planned again for those that it touches and for no others.
struct PlanIndex {
  /// Nil stands for the sequence itself.
  private var bySequence: [SequenceName: Set<ShotID?>] = [:]
  private var byEntry: [String: Set<ShotAddress>] = [:]
  private var byPath: [ProjectPath: Few<ShotAddress>] = [:]
  private var byFingerprint: [Digest: Few<ShotAddress>] = [:]
  /// Shots whose takes do not bear their id, by the one that they bear in its place; most do.
  private var byTakeName: [ShotAddress: Few<ShotAddress>] = [:]

  mutating func add(_ plan: ShotPlan) {
    let (address, uses) = (plan.address, plan.uses)
    bySequence[address.sequence, default: []].insert(address.shot)
    if let name = Self.takeName(of: address) { byTakeName.insert(address, into: name) }
    for name in uses.entries { byEntry[name, default: []].insert(address) }
    for path in uses.paths { byPath.insert(address, into: path) }
    for digest in plan.fingerprints { byFingerprint.insert(address, into: digest) }
  }

  /// - Parameter plan: as it was added.
  mutating func remove(_ plan: ShotPlan) {
    let (address, uses) = (plan.address, plan.uses)
    Self.remove(address.shot, from: &bySequence, address.sequence)
    if let name = Self.takeName(of: address) { byTakeName.remove(address, from: name) }
    for name in uses.entries { Self.remove(address, from: &byEntry, name) }
    for path in uses.paths { byPath.remove(address, from: path) }
    for digest in plan.fingerprints { byFingerprint.remove(address, from: digest) }
  }

  private static func remove<Element, Key>(_ element: Element, from map: inout [Key: Set<Element>], _ key: Key) {
    map[key]?.remove(element)
    if map[key]?.isEmpty == true { map[key] = nil }
  }

  /// Nil where takes bear the id itself.
  private static func takeName(of address: ShotAddress) -> ShotAddress? {
    guard let name = address.shot?.fileName, name != address.shot?.text else { return nil }
    return ShotAddress(address.sequence, ShotID(name))
  }

  func shots(of sequence: SequenceName) -> some Sequence<ShotAddress> {
    (bySequence[sequence] ?? []).lazy.map { ShotAddress(sequence, $0) }
  }

  func shots(using entry: String) -> Set<ShotAddress> { byEntry[entry] ?? [] }
  func shots(using path: ProjectPath) -> Set<ShotAddress> { byPath[path]?.elements ?? [] }
  func shots(wanting fingerprint: Digest) -> Set<ShotAddress> { byFingerprint[fingerprint]?.elements ?? [] }

  func isUsed(_ path: ProjectPath) -> Bool { byPath[path] != nil }
  func isWanted(_ fingerprint: Digest) -> Bool { byFingerprint[fingerprint] != nil }

  /// The shots whose takes lie there, and those that name the take in a pick or as a reference.
  func shots(concernedByTakeAt path: ProjectPath) -> Set<ShotAddress> {
    let users = shots(using: path)
    guard let owner = TakeOwner(of: path), let sequence = SequenceName(folder: owner.folder) else { return users }
    let address = ShotAddress(sequence, owner.shot.map { ShotID($0) })
    let others = byTakeName[address]?.elements ?? []
    return users.union(others).union(bySequence[sequence]?.contains(address.shot) ?? false ? [address] : [])
  }
}
