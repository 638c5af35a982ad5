package import Basics
internal import Glibc
package import JSONText
package import ProjectFiles

/// A change of one key of a shot in the file that holds it, made by a command: only the bytes that must change do.
///
/// The file is a person's. It is refused when the key is no longer what the command was told, and when the file moved on between
/// being read and being written. (What cannot be shut out is an editor that writes into the file within the few microseconds
/// between the last look and the rename; reel's own processes take turns.)
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
      if key == "seed", StoryCoreKeys.value(of: key, in: shot.node) != before {
        throw SequenceEditError(
          "`\(key)` of \(TerminalText.escaped(address.description)) was changed meanwhile; nothing was changed",
          isLate: true)
      }
      // A shot of the StoryCore editor may say the same in another place: it is changed there.
      let keys = StoryCoreKeys.place(of: key, in: shot.node)
      return try shot.editing { text, steps throws(JSONEditError) in
        try text.setting(steps + keys.map { .key($0) }, to: value)
      }
    }
  }

  /// Reads the file that holds the shot, gives the shot to `body` and writes what comes back, if it is another text.
  /// - Returns: the file that holds the shot.
  @discardableResult
  func change(_ body: (WrittenShot) throws(SequenceEditError) -> [UInt8]) throws(SequenceEditError) -> ProjectPath {
    try EditTurn.taken(in: folder) { () throws(SequenceEditError) in
      let shot = try find()
      let edited = try body(shot)
      if edited != shot.document.bytes { try replace(shot.path, holding: shot.document.bytes, by: edited) }
      return shot.path
    }
  }

  /// Writes the edited text, unless someone saved the file since it was read.
  func replace(_ path: ProjectPath, holding bytes: [UInt8], by edited: [UInt8]) throws(SequenceEditError) {
    guard try read(path).bytes == bytes else {
      throw SequenceEditError(
        "\(path) was saved by someone else this very moment; nothing was changed, try again", isLate: true)
    }
    do throws(FileError) {
      try AtomicFile.write(edited, to: path, in: folder, existing: .replace)
    } catch {
      throw SequenceEditError(error.description)
    }
  }

  // MARK: Where the shot stands

  /// The shot's object in the text that is changed.
  struct WrittenShot {
    let path: ProjectPath
    let document: JSONDocument
    /// From the document to the shot.
    let steps: [JSONPathStep]
    let node: JSONNode

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

  /// The shot where its sequence holds it, else in the file of its own.
  /// - Parameter texts: what files are to hold that are edited already and not written yet.
  func find(among texts: [ProjectPath: [UInt8]] = [:]) throws(SequenceEditError) -> WrittenShot {
    let path = address.sequence.file
    let document = try parse(path, texts)
    for (index, shot) in (document.root["shots"]?.elements.map { $0 } ?? []).enumerated() where isMeant(shot) {
      return WrittenShot(path: path, document: document, steps: [.key("shots"), .index(index)], node: shot)
    }
    for path in ownFiles {
      // What is wrong with the file of another shot is none of this edit's business.
      guard let document = FileRole(of: path) == role ? try parse(path, texts) : try? parse(path, texts) else {
        continue
      }
      let isByName = document.root.kind == .object && document.root["id"] == nil && FileRole(of: path) == role
      if isMeant(document.root) || isByName {
        return WrittenShot(path: path, document: document, steps: [], node: document.root)
      }
    }
    let source = SourceText(file: path, bytes: document.bytes)
    if let id = address.shot,
      let template = SequenceFile.read(source, name: address.sequence).model?.template(likelyMaking: id)
    {
      throw SequenceEditError(MadeShot.refusal(of: address, by: template) + "; nothing was changed")
    }
    throw SequenceEditError("\(path) no longer holds \(TerminalText.escaped(address.description)); nothing was changed")
  }

  private func isMeant(_ shot: JSONNode) -> Bool {
    (shot["id"]?.string ?? shot["id"]?.number?.text).map(ShotID.init) == address.shot
  }

  private var role: FileRole? { address.shot.map { .shot($0) } }

  /// The files that may hold the shot: that of its name, and only when there is none the others, whatever they are called.
  private var ownFiles: [ProjectPath] {
    let entries = (try? Tree.entries(of: "shots", in: folder, skip: { _ in false })) ?? []
    let files = entries.map(\.path).filter { if case .shot = FileRole(of: $0) { true } else { false } }.sorted()
    return files.filter { FileRole(of: $0) == role } + files.filter { FileRole(of: $0) != role }
  }

  private func parse(
    _ path: ProjectPath, _ texts: [ProjectPath: [UInt8]]
  ) throws(SequenceEditError) -> JSONDocument {
    let bytes: [UInt8]
    if let text = texts[path] { bytes = text } else { bytes = try read(path).bytes }
    do throws(JSONSyntaxError) {
      return try JSONDocument(parsing: bytes)
    } catch {
      throw SequenceEditError("\(path) cannot be read as JSON just now: \(error.message); nothing was changed")
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
  /// Whether the file holds something else than the edit was decided on: who decides anew, by what it holds now, may well succeed.
  package let isLate: Bool

  package init(_ description: String, isLate: Bool = false) {
    self.description = description
    self.isLate = isLate
  }
}
