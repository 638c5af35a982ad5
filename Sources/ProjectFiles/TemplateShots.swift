internal import Basics

/// Which shots templates make of which pictures, kept picture by picture: one that comes or goes costs one, however many there are.
struct TemplateShots: Sendable {
  /// The templates that look into a folder.
  private var byFolder: [ProjectPath: [ShotAddress: PicturePattern]] = [:]
  private var folders: [SequenceName: [ShotAddress: ProjectPath]] = [:]
  /// By template.
  private var pictures: [ShotAddress: Set<ProjectPath>] = [:]
  /// What a shot is made of. More than one when `a.jpg` and `a.png` would be the same shot.
  private var sources: [ShotAddress: Set<MadeShot>] = [:]
  /// By the names of their takes: ids that differ in case only must not share files.
  private var byTakeKey: [TakeKey: Set<ShotAddress>] = [:]

  private struct TakeKey: Hashable {
    var sequence: SequenceName
    var name: String
  }

  /// Replaces the templates of a sequence.
  mutating func set(
    _ templates: [ShotID: PicturePattern], of sequence: SequenceName, in picturesOf: (ProjectPath) -> Set<ProjectPath>
  ) {
    for (template, folder) in folders.removeValue(forKey: sequence) ?? [:] {
      for picture in pictures[template] ?? [] { change(template, picture, isThere: false) }
      byFolder[folder]?[template] = nil
      if byFolder[folder]?.isEmpty == true { byFolder[folder] = nil }
    }
    for (id, pattern) in templates {
      let template = ShotAddress(sequence, id)
      folders[sequence, default: [:]][template] = pattern.folder
      byFolder[pattern.folder, default: [:]][template] = pattern
      for picture in picturesOf(pattern.folder) where pattern.fits(picture) { change(template, picture, isThere: true) }
    }
  }

  /// A file came or went.
  /// - Returns: the shots that are made of it.
  mutating func set(_ picture: ProjectPath, isThere: Bool) -> [ShotAddress] {
    guard let folder = picture.parent, let templates = byFolder[folder] else { return [] }
    return templates.filter { $0.value.fits(picture) }.keys.compactMap { change($0, picture, isThere: isThere) }
  }

  @discardableResult
  private mutating func change(_ template: ShotAddress, _ picture: ProjectPath, isThere: Bool) -> ShotAddress? {
    guard let id = template.shot else { return nil }
    let made = MadeShot(template: id, picture: picture)
    let address = ShotAddress(template.sequence, made.id)
    let takeKey = Self.takeKey(of: address)
    if isThere {
      pictures[template, default: []].insert(picture)
      sources[address, default: []].insert(made)
      byTakeKey[takeKey, default: []].insert(address)
      return address
    }
    pictures[template]?.remove(picture)
    if pictures[template]?.isEmpty == true { pictures[template] = nil }
    sources[address]?.remove(made)
    if sources[address]?.isEmpty == true {
      sources[address] = nil
      byTakeKey[takeKey]?.remove(address)
      if byTakeKey[takeKey]?.isEmpty == true { byTakeKey[takeKey] = nil }
    }
    return address
  }

  private static func takeKey(of address: ShotAddress) -> TakeKey {
    TakeKey(sequence: address.sequence, name: address.shot?.fileName.lowercased() ?? "")
  }

  // MARK: Questions

  func pictures(of template: ShotAddress) -> Set<ProjectPath> { pictures[template] ?? [] }

  /// What a shot is made of, the one that counts first.
  func sources(of address: ShotAddress) -> [MadeShot] {
    guard let found = sources[address] else { return [] }
    if found.count == 1 { return Array(found) }
    return found.sorted { ($0.picture, $0.template) < ($1.picture, $1.template) }
  }

  func isMade(_ address: ShotAddress) -> Bool { sources[address] != nil }

  /// The made shots whose takes would have the names of this one's takes, itself among them.
  func twins(of address: ShotAddress) -> Set<ShotAddress> { byTakeKey[Self.takeKey(of: address)] ?? [] }
}
