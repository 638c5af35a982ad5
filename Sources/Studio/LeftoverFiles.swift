internal import Basics
internal import Glibc
internal import Watching

/// What a dead process left in a project: temporary files beside takes and texts, and cookies of `reel sync`.
enum LeftoverFiles {
  /// Removes them; only the holder of the project may. What a living process writes just now, such as a `reel retake` beside
  /// this one, stays.
  static func remove(in folder: Folder) {
    let folders = (try? Tree.entries(of: "sequences", in: folder))?.filter { $0.kind == .folder }.map(\.path) ?? []
    for path in [.root, "sequences", "library"] + folders {
      remove(in: path, of: folder) { name in
        AtomicFile.isTemporary(name) && !isOfLivingProcess(name.dropFirst(AtomicFile.temporaryPrefix.utf8.count))
      }
    }
    remove(in: SyncFolder.path, of: folder) { !isOfLivingProcess($0) }
  }

  private static func remove(in path: ProjectPath, of folder: Folder, where isLeft: (ArraySlice<UInt8>) -> Bool) {
    guard let entries = try? Tree.entries(of: path, in: folder, skip: { !isLeft($0) }) else { return }
    for entry in entries {
      if case .file = entry.kind { try? folder.removeFile(entry.path) }
    }
  }

  /// Both kinds of names go on with the number of the process that made them: `PID-…`.
  private static func isOfLivingProcess(_ rest: ArraySlice<UInt8>) -> Bool {
    guard let pid = pid_t(String(decoding: rest.prefix { $0 != UInt8(ascii: "-") }, as: UTF8.self)), pid > 0 else {
      return false
    }
    // This process has made none yet; a number that is its own was another's before.
    return pid != getpid() && (kill(pid, 0) == 0 || errno == EPERM)
  }
}
