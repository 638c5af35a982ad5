package import Basics
internal import JSONText
package import ProjectFiles

extension SequenceEdit {
  /// Writes `"hold": true` into shots, or takes `hold` out of them. All are looked at before the first is changed: what is refused for
  /// one is refused for all.
  /// - Parameter shots: with what was read of each: whether it is held.
  /// - Returns: the shots for which something changed; what is as it should be already is left alone.
  package static func setHold(
    _ isHeld: Bool, of shots: [(address: ShotAddress, isHeld: Bool)], in folder: Folder
  ) throws(SequenceEditError) -> [ShotAddress] {
    for shot in shots {
      let edit = SequenceEdit(folder: folder, address: shot.address)
      try edit.expectHold(shot.isHeld, in: edit.find())
    }
    let changed = shots.filter { $0.isHeld != isHeld }
    for shot in changed {
      let edit = SequenceEdit(folder: folder, address: shot.address)
      try edit.change { written throws(SequenceEditError) in
        try edit.expectHold(shot.isHeld, in: written)
        return try written.editing { text, steps throws(JSONEditError) in
          let place = steps + [.key("hold")]
          return try isHeld ? text.setting(place, to: true) : text.removing(place)
        }
      }
    }
    return changed.map(\.address)
  }

  /// Refuses to go on when the shot is not what it was read as.
  private func expectHold(_ isHeld: Bool, in shot: WrittenShot) throws(SequenceEditError) {
    let written = shot.node["hold"]?.value
    if (written?.bool ?? false) == isHeld { return }
    let name = TerminalText.escaped(address.description)
    if isHeld, written == nil || written == .null {
      throw SequenceEditError(
        "the hold of \(name) does not stand in its own object in \(shot.path); take it away where it stands")
    }
    throw SequenceEditError("`hold` of \(name) was changed meanwhile; nothing was changed")
  }
}
