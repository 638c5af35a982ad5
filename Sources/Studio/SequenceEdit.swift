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
    let document = try parse(content.bytes)
    let (index, shot) = try place(in: document)
    let steps: [JSONPathStep] = [.key("shots"), .index(index), .key(key)]
    let current = shot[key]?.value ?? .null
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
    try replace(content, by: edited)
  }

  func parse(_ bytes: [UInt8]) throws(SequenceEditError) -> JSONDocument {
    do throws(JSONSyntaxError) {
      return try JSONDocument(parsing: bytes)
    } catch {
      throw SequenceEditError(
        "\(address.sequence.file) cannot be read as JSON just now: \(error.message); nothing was changed")
    }
  }

  /// Where the shot's object stands in `shots`.
  func place(in document: JSONDocument) throws(SequenceEditError) -> (index: Int, shot: JSONNode) {
    if let shots = document.root["shots"] {
      for (index, element) in shots.elements.enumerated()
      where (element["id"]?.string ?? element["id"]?.number?.text).map(ShotID.init) == address.shot {
        return (index, element)
      }
    }
    throw SequenceEditError(
      "\(address.sequence.file) no longer holds \(TerminalText.escaped(address.description)); nothing was changed")
  }

  /// Writes the edited text, unless someone saved the file since it was read.
  func replace(_ content: Folder.Content, by edited: [UInt8]) throws(SequenceEditError) {
    let path = address.sequence.file
    guard try read(path).bytes == content.bytes else {
      throw SequenceEditError("\(path) was saved by someone else this very moment; nothing was changed, try again")
    }
    do throws(FileError) {
      try AtomicFile.write(edited, to: path, in: folder, existing: .replace)
    } catch {
      throw SequenceEditError(error.description)
    }
  }

  func read(_ path: ProjectPath) throws(SequenceEditError) -> Folder.Content {
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
