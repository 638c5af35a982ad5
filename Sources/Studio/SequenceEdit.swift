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
    try change { shot throws(SequenceEditError) in
      let current = shot.node[key]?.value ?? .null
      if key == "seed", current != before {
        throw SequenceEditError(
          "`\(key)` of \(TerminalText.escaped(address.description)) was changed meanwhile; nothing was changed")
      }
      return try shot.editing { text, steps throws(JSONEditError) in try text.setting(steps + [.key(key)], to: value) }
    }
  }

  /// The shot's object in the text that is changed.
  struct WrittenShot {
    let document: JSONDocument
    let node: JSONNode
    /// From the document to the shot.
    let steps: [JSONPathStep]
    let path: ProjectPath

    func editing(
      _ body: (JSONDocument, [JSONPathStep]) throws(JSONEditError) -> [UInt8]
    ) throws(SequenceEditError) -> [UInt8] {
      do throws(JSONEditError) {
        return try body(document, steps)
      } catch {
        throw SequenceEditError("\(path) cannot be edited: \(error); nothing was changed")
      }
    }
  }

  /// Reads the file, gives the shot to `body` and writes what comes back, if it is another text.
  func change(_ body: (WrittenShot) throws(SequenceEditError) -> [UInt8]) throws(SequenceEditError) {
    let path = address.sequence.file
    let content = try read(path)
    let document: JSONDocument
    do throws(JSONSyntaxError) {
      document = try JSONDocument(parsing: content.bytes)
    } catch {
      throw SequenceEditError("\(path) cannot be read as JSON just now: \(error.message); nothing was changed")
    }
    guard let shots = document.root["shots"], let shot = address.shot,
      let index = shots.elements.enumerated().first(where: { ($0.element["id"]?.string).map(ShotID.init) == shot })?
        .offset
    else {
      throw SequenceEditError(
        "\(path) no longer holds \(TerminalText.escaped(address.description)); nothing was changed")
    }
    guard let node = shots.elements.dropFirst(index).first(where: { _ in true }) else { return }
    let edited = try body(
      WrittenShot(document: document, node: node, steps: [.key("shots"), .index(index)], path: path))
    if edited == content.bytes { return }
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
