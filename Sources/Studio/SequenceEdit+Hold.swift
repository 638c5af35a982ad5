package import Basics
internal import JSONText
package import ProjectFiles

extension SequenceEdit {
  /// Writes `"hold": true` into shots, or takes `hold` out of them, with one write for each file.
  /// - Parameter shots: with what was read of each: whether it is held.
  /// - Returns: the shots for which something changed; what is as it should be already is left alone.
  package static func setHold(
    _ isHeld: Bool, of shots: [(address: ShotAddress, isHeld: Bool)], in folder: Folder
  ) throws(SequenceEditError) -> [ShotAddress] {
    try EditTurn.taken(in: folder) { () throws(SequenceEditError) in try settingHold(isHeld, of: shots, in: folder) }
  }

  private static func settingHold(
    _ isHeld: Bool, of shots: [(address: ShotAddress, isHeld: Bool)], in folder: Folder
  ) throws(SequenceEditError) -> [ShotAddress] {
    var before: [ProjectPath: [UInt8]] = [:]
    var after: [ProjectPath: [UInt8]] = [:]
    var changed: [ShotAddress] = []
    for shot in shots {
      let edit = SequenceEdit(folder: folder, address: shot.address)
      let written = try edit.find(among: after)
      guard let edited = try edit.settingHold(isHeld, wasHeld: shot.isHeld, written) else { continue }
      if before[written.path] == nil { before[written.path] = written.document.bytes }
      after[written.path] = edited
      changed.append(shot.address)
    }
    guard let first = shots.first else { return [] }
    let edit = SequenceEdit(folder: folder, address: first.address)
    for (path, text) in after.sorted(by: { $0.key < $1.key }) {
      try edit.replace(path, holding: before[path] ?? [], by: text)
    }
    return changed
  }

  /// - Returns: nil when the shot is as it should be.
  private func settingHold(
    _ isHeld: Bool, wasHeld: Bool, _ shot: WrittenShot
  ) throws(SequenceEditError) -> [UInt8]? {
    let name = TerminalText.escaped(address.description)
    let written = shot.node["hold"]?.value
    if (written?.bool ?? false) != wasHeld {
      if wasHeld, written == nil || written == .null {
        throw SequenceEditError(
          "the hold of \(name) does not stand in its own object in \(shot.path); take it away where it stands",
          isLate: true)
      }
      throw SequenceEditError("`hold` of \(name) was changed meanwhile; nothing was changed", isLate: true)
    }
    if wasHeld == isHeld { return nil }
    return try shot.editing { document, steps throws(JSONEditError) in
      let key = steps + [.key("hold")]
      return try isHeld ? document.setting(key, to: true) : document.removing(key)
    }
  }
}
