internal import Basics

/// Temporary files that a dead holder left beside takes. Only the holder of a project may remove them: it is the only one that
/// writes such files.
enum LeftoverFiles {
  static func remove(in folder: Folder) {
    var waiting: [ProjectPath] = ["sequences"]
    while let next = waiting.popLast() {
      guard let entries = try? Tree.entries(of: next, in: folder) else { continue }
      for entry in entries {
        switch entry.kind {
        case .folder: waiting.append(entry.path)
        case .file: if AtomicFile.isTemporary(entry.path.nameBytes) { try? folder.removeFile(entry.path) }
        case .other: break
        }
      }
    }
  }
}
