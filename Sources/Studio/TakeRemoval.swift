package import Basics
internal import Glibc
internal import JSONText
internal import ProjectFiles

/// `reel remove` and `reel restore`: a take's output goes to the trash and comes back.
///
/// The sidecar stays where it is and says `"removed": true`, the one change that a sidecar ever sees: so the want counts as met, here
/// and in every clone. It is marked before the output moves, and unmarked after it is back: whatever stops in between, nothing is
/// made again, and the same command goes on from there.
package struct TakeRemoval {
  private let folder: Folder
  private let trash: Trash

  package init(_ folder: Folder) {
    self.folder = folder
    trash = Trash(folder)
  }

  /// - Returns: where the output lies now; nil when it was gone already.
  package func remove(_ path: ProjectPath) throws(TakeRemovalError) -> ProjectPath? {
    let sidecar = Self.sidecar(of: path)
    var removed: [ProjectPath] = []
    if try isThere(path) { removed.append(path) }
    switch try state(of: sidecar) {
    case .absent:
      if removed.isEmpty { throw TakeRemovalError("there is no file \(TerminalText.escaped(path.string)) any more") }
    // It says nothing that a later reel could go by: it goes along and comes back along.
    case .unreadable: removed.append(sidecar)
    case .there(let document, let isMarked):
      if !isMarked { try mark(sidecar, document, true) }
    }
    if removed.isEmpty { return nil }
    do throws(FileError) {
      let place = try trash.put(removed)
      return removed.first == path ? Trash.Item(path: path, removal: place).place : nil
    } catch {
      throw TakeRemovalError("\(error)")
    }
  }

  /// - Returns: where the output came from; nil when it was where it belongs.
  package func restore(_ path: ProjectPath) throws(TakeRemovalError) -> ProjectPath? {
    let sidecar = Self.sidecar(of: path)
    let name = TerminalText.escaped(path.string)
    let state = try state(of: sidecar)
    if try isThere(path) {
      guard case .there(let document, true) = state else {
        throw TakeRemovalError("there is a file \(name); nothing was written over")
      }
      // Left between two steps, or brought back by git.
      try mark(sidecar, document, false)
      return nil
    }
    let items = trash.items
    guard let item = items.first(where: { $0.path == path }) else {
      throw TakeRemovalError(
        "the trash does not hold \(name) any more",
        hint: "if it was committed, `git checkout -- \(name)` brings it back; then run this again")
    }
    do throws(FileError) {
      try trash.restore(item)
      if case .absent = state, let along = items.first(where: { $0.path == sidecar && $0.removal == item.removal }) {
        try trash.restore(along)
      }
    } catch {
      if error.code == EEXIST {
        throw TakeRemovalError("a file \(name) came this very moment; nothing was written over")
      }
      throw TakeRemovalError("\(error)")
    }
    if case .there(let document, true) = state { try mark(sidecar, document, false) }
    return item.place
  }

  private static func sidecar(of path: ProjectPath) -> ProjectPath { ProjectPath(trusted: path.bytes + ".json".utf8) }

  private func isThere(_ path: ProjectPath) throws(TakeRemovalError) -> Bool {
    do throws(FileError) {
      return try folder.look(at: path) != nil
    } catch {
      throw TakeRemovalError("\(error)")
    }
  }

  private enum SidecarState {
    case absent
    case unreadable
    case there(JSONDocument, isMarked: Bool)
  }

  private func state(of sidecar: ProjectPath) throws(TakeRemovalError) -> SidecarState {
    let content: Folder.Content
    do throws(FileError) {
      content = try folder.read(sidecar, limit: Sidecar.maximumSize)
    } catch {
      if error.isAbsence { return .absent }
      throw TakeRemovalError("\(error)")
    }
    guard let model = Sidecar.read(SourceText(file: sidecar, bytes: content.bytes)).model,
      let document = try? JSONDocument(parsing: content.bytes)
    else { return .unreadable }
    return .there(document, isMarked: model.isRemoved)
  }

  /// Writes or takes out `removed`, and changes nothing else: a sidecar that was removed and restored has the bytes that it had.
  private func mark(_ sidecar: ProjectPath, _ document: JSONDocument, _ isRemoved: Bool) throws(TakeRemovalError) {
    let name = TerminalText.escaped(sidecar.string)
    let text: [UInt8]
    do throws(JSONEditError) {
      text =
        isRemoved
        ? try document.setting([.key("removed")], to: true) : try document.removing([.key("removed")])
    } catch {
      throw TakeRemovalError("\(name) cannot be edited: \(error)")
    }
    do throws(FileError) {
      guard try folder.read(sidecar, limit: Sidecar.maximumSize).bytes == document.bytes else {
        throw FileError(code: EAGAIN, action: "mark", path: sidecar.string)
      }
      try AtomicFile.write(text, to: sidecar, in: folder, existing: .replace)
    } catch {
      throw TakeRemovalError("\(error); nothing was moved")
    }
  }
}

/// Why a take was left where it is.
package struct TakeRemovalError: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String
  package let hint: String?

  init(_ description: String, hint: String? = nil) {
    self.description = description
    self.hint = hint
  }
}
