internal import Basics
internal import JSONText
internal import Planning
internal import ProjectFiles

/// The take that a person named: by a path, or as SHOT/PREFIX of its fingerprint.
extension Standing {
  /// What commands that rate, pick, remove and restore must know of a take:
  /// `{"version":1,"file","name","kind","shot","fingerprint","removed","presence","hasSidecar","picks":[…],"pick"}`.
  ///
  /// `picks` are the shots that are told to use it, `pick` is what its own shot is told to use for its kind.
  func takeAnswer(_ call: ControlCall) throws(NameError) -> JSON {
    let found = try take(named: call.fields["take"]?.string ?? "", at: call.fields["path"]?.string)
    let picks = shots(picking: found)
    let own = found.address.flatMap { picture.project.shot(at: $0)?.pick[found.kind]?.value }
    let sidecar = ProjectPath(trusted: found.path.bytes + ".json".utf8)
    return [
      "version": 1, "file": .string(found.path.string), "name": .string(found.path.name),
      "kind": .string(found.kind.name), "shot": found.address.map { .string($0.description) } ?? .null,
      "fingerprint": found.take.map { .string($0.fingerprint.description) } ?? .null,
      "removed": .bool(found.isRemoved), "presence": .string(found.take?.presence == .absent ? "absent" : "here"),
      "hasSidecar": .bool(found.take != nil || picture.files[sidecar] != nil),
      "picks": .array(picks.map { .string($0.description) }), "pick": own.map { .string($0) } ?? .null,
    ]
  }

  /// What a shot is told to use: `{"version":1,"shot","picks":{KIND:FILE}}`.
  func picksAnswer(_ addresses: [ShotAddress]) -> ControlReply {
    guard let address = addresses.first, addresses.count == 1, let shot = picture.project.shot(at: address) else {
      return .failure(code: "no-shot", message: "`unpick` needs one shot, such as sequence_001/shot_002")
    }
    let picks = shot.pick.sorted { $0.key < $1.key }.map { ($0.key.name, JSON.string($0.value.value)) }
    return .success(["version": 1, "shot": .string(address.description), "picks": .object(JSONObject(picks))])
  }

  /// - Parameter path: what the text means as a path from where the person is; nil when that leads out of the project.
  private func take(named text: String, at path: String?) throws(NameError) -> FoundTake {
    let all = allTakes
    let byPath = Dictionary(all.map { ($0.path, $0) }) { first, _ in first }
    let paths = [path, text].compactMap { $0 }.compactMap { try? ProjectPath(written: $0) }
    for path in paths {
      if let found = byPath[path] { return found }
    }
    let shown = TerminalText.escaped(text)
    let fitting = try all.filter(fits(text))
    if fitting.count == 1 { return fitting[0] }
    if fitting.count > 1 {
      let listed = fitting.prefix(8).map { "\n  \(TerminalText.escaped($0.path.string))" }.joined()
      let more = fitting.count > 8 ? "\n  and \(fitting.count - 8) more" : ""
      throw NameError("`\(shown)` may be several takes; write the path of one:\(listed)\(more)")
    }
    let likely = Likeness.likely(
      text.split(separator: "/").last.map(String.init) ?? text, among: all.map(\.path.name))
    throw NameError(
      "there is no take `\(shown)`"
        + (likely.map { "; did you mean `\(TerminalText.escaped($0))`?" } ?? "; `reel takes` lists those there are"))
  }

  /// Whether a text that is no path may mean a take: its file name, or its shot and how its fingerprint begins.
  private func fits(_ text: String) throws(NameError) -> (FoundTake) -> Bool {
    guard let slash = text.lastIndex(of: "/") else {
      let name = Array(text.utf8)
      return { $0.path.nameBytes.elementsEqual(name) }
    }
    var prefix = text[text.index(after: slash)...].lowercased()
    if prefix.hasPrefix("sha256:") { prefix.removeFirst(7) }
    guard !prefix.isEmpty, prefix.allSatisfy(\.isHexDigit) else { return { _ in false } }
    let shots = Set(try addresses(named: String(text[..<slash])))
    return { found in
      guard let take = found.take, let address = found.address else { return false }
      return shots.contains(address) && take.fingerprint.hex.hasPrefix(prefix)
    }
  }

  /// The shots of a take's sequence that are told to use it, whatever kind for.
  private func shots(picking found: FoundTake) -> [ShotAddress] {
    guard let folder = found.path.parent,
      let name = picture.project.sequences.keys.first(where: { $0.folder == folder })
    else { return [] }
    return (picture.project.sequences[name]?.model?.shots ?? []).filter { shot in
      shot.pick.contains { folder.appending($0.value.value) == found.path }
    }.map { ShotAddress(name, $0.id) }
  }
}
