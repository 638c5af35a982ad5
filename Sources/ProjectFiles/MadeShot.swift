package import Basics

/// What tells a shot that a template made from the others that it made.
package struct MadeShot: Hashable, Sendable {
  /// The template's id.
  package var template: ShotID
  package var picture: ProjectPath

  /// The picture's name without its extension: what `{stem}` stands for. Bytes that are no UTF-8 show as replacement characters.
  package var stem: String { picture.stem }

  /// `shot_002--chair`. Of a name that is no UTF-8 a hash is a part, as replacement characters do not tell it from others.
  package var id: ShotID {
    let isWhole = picture.string.utf8.elementsEqual(picture.bytes)
    return ShotID(
      "\(template)\(Self.separator)\(stem)" + (isWhole ? "" : "-\(Digest(of: Array(picture.nameBytes)).short)"))
  }

  static let separator = "--"

  /// Why a command that writes into the shot's file cannot do so, and what to do instead.
  package static func refusal(of address: ShotAddress, by template: ShotID) -> String {
    let id = TerminalText.escaped(address.shot?.text ?? "")
    return
      "\(TerminalText.escaped(address.description)) is made by the template \(TerminalText.escaped(template.text)) and has no "
      + "place of its own in \(address.sequence.file): change the template, which means all of its shots, or write a shot "
      + "with \"id\": \"\(id)\" beside it, which then stands in its place"
  }
}

extension Shot {
  /// Whether this is no shot, but makes one for each picture that fits.
  package var isTemplate: Bool { each != nil && made == nil }

  /// The shot that this template makes for a picture.
  func made(for picture: ProjectPath) -> Shot {
    let made = MadeShot(template: id, picture: picture)
    var shot = self
    shot.id = made.id
    shot.name = name.map { StemText.filled($0, with: made.stem) }
    shot.made = made
    return shot
  }

  /// The prompt with its `@names`, and with the picture's name in it where the shot is made by a template.
  package var promptText: PromptText {
    let prompt = PromptText(self.prompt?.value ?? "")
    return made.map { prompt.filled(stem: $0.stem) } ?? prompt
  }
}

extension SequenceFile {
  /// The template of this file that makes a shot of that id for some picture, there or not; nil for other ids.
  package func template(likelyMaking id: ShotID) -> ShotID? {
    shots.first { $0.isTemplate && id.text.hasPrefix($0.id.text + MadeShot.separator) }?.id
  }
}
