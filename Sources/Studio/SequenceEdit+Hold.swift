package import Basics
internal import JSONText
package import ProjectFiles

extension SequenceEdit {
  /// Writes `"hold": true` into shots of one sequence file, or takes `hold` out of them, in one go.
  /// - Parameter shots: with what was read of each: whether it is held.
  /// - Returns: the shots for which something changed; what is as it should be already is left alone.
  package static func setHold(
    _ isHeld: Bool, of shots: [(address: ShotAddress, isHeld: Bool)], in folder: Folder
  ) throws(SequenceEditError) -> [ShotAddress] {
    guard let first = shots.first?.address else { return [] }
    let file = SequenceEdit(folder: folder, address: first)
    let content = try file.read(first.sequence.file)
    var bytes = content.bytes
    var changed: [ShotAddress] = []
    for shot in shots {
      let edit = SequenceEdit(folder: folder, address: shot.address)
      guard let edited = try edit.settingHold(isHeld, wasHeld: shot.isHeld, in: bytes) else { continue }
      bytes = edited
      changed.append(shot.address)
    }
    if !changed.isEmpty { try file.replace(content, by: bytes) }
    return changed
  }

  /// - Returns: nil when the shot is as it should be.
  private func settingHold(
    _ isHeld: Bool, wasHeld: Bool, in bytes: [UInt8]
  ) throws(SequenceEditError) -> [UInt8]? {
    let name = TerminalText.escaped(address.description)
    let document = try parse(bytes)
    let (index, shot) = try place(in: document)
    let steps: [JSONPathStep] = [.key("shots"), .index(index), .key("hold")]
    let written = shot["hold"]?.value
    if (written?.bool ?? false) != wasHeld {
      if wasHeld, written == nil || written == .null {
        throw SequenceEditError(
          "the hold of \(name) does not stand in its own object in \(address.sequence.file); take it away where it stands"
        )
      }
      throw SequenceEditError("`hold` of \(name) was changed meanwhile; nothing was changed")
    }
    if wasHeld == isHeld { return nil }
    do throws(JSONEditError) {
      return try isHeld ? document.setting(steps, to: true) : document.removing(steps)
    } catch {
      throw SequenceEditError("\(address.sequence.file) cannot be edited: \(error); nothing was changed")
    }
  }
}
