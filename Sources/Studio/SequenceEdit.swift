package import Basics
internal import Glibc
package import JSONText
package import ProjectFiles

/// A change of one key of a shot in its sequence file, made by a command: only the bytes that must change do.
///
/// The file is a person's. It is refused when the key is no longer what the command was told, and when the file moved on between
/// being read and being written. (What cannot be shut out is an editor that writes into the file within the few microseconds
/// between the last look and the rename.)
package struct SequenceEdit {
  let folder: Folder
  let address: ShotAddress

  package init(folder: Folder, address: ShotAddress) {
    self.folder = folder
    self.address = address
  }

  package static func open(_ project: String) throws(SequenceEditError) -> Folder {
    do throws(FileError) {
      return try Folder(opening: project)
    } catch {
      throw SequenceEditError(error.description)
    }
  }

  /// - Parameter before: the value that the change was decided on; null when the key was not there.
  package func set(_ key: String, to value: JSON, from before: JSON) throws(SequenceEditError) {
    let path = address.sequence.file
    let content = try read(path)
    let document: JSONDocument
    do throws(JSONSyntaxError) {
      document = try JSONDocument(parsing: content.bytes)
    } catch {
      throw SequenceEditError("\(path) cannot be read as JSON just now: \(error.message); nothing was changed")
    }
    guard let shots = document.root["shots"], let shot = address.shot,
      let index = shots.elements.enumerated().first(where: { Shot.id(of: $0.element) == shot })?
        .offset
    else {
      let sequence = SequenceFile.read(SourceText(file: path, bytes: content.bytes), name: address.sequence).model
      if let template = address.shot.flatMap({ sequence?.template(likelyMaking: $0) }) {
        throw SequenceEditError(MadeShot.refusal(of: address, by: template) + "; nothing was changed")
      }
      throw SequenceEditError(
        "\(path) no longer holds \(TerminalText.escaped(address.description)); nothing was changed")
    }
    let steps: [JSONPathStep] = [.key("shots"), .index(index), .key(key)]
    let current = shots.elements.enumerated().first { $0.offset == index }?.element[key]?.value ?? .null
    if key == "seed", current != before {
      throw SequenceEditError(
        "`\(key)` of \(TerminalText.escaped(address.description)) was changed meanwhile; nothing was changed")
    }
    let edited: [UInt8]
    do throws(JSONEditError) {
      edited = try document.setting(steps, to: value)
    } catch {
      throw SequenceEditError("\(path) cannot be edited: \(error); nothing was changed")
    }
    guard try read(path).bytes == content.bytes else {
      throw SequenceEditError("\(path) was saved by someone else this very moment; nothing was changed, try again")
    }
    do throws(FileError) {
      try AtomicFile.write(edited, to: path, in: folder, existing: .replace)
    } catch {
      throw SequenceEditError(error.description)
    }
  }

  private func read(_ path: ProjectPath) throws(SequenceEditError) -> Folder.Content {
    do throws(FileError) {
      return try folder.read(path, limit: JSONFile.maximumSize)
    } catch {
      throw SequenceEditError(error.description)
    }
  }
}

/// Why a sequence file was left as it is.
package struct SequenceEditError: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}
