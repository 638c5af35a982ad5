internal import Basics
internal import Glibc
internal import Watching

/// What a dead process left in a project: temporary files beside takes and texts, and cookies of `reel sync`.
enum LeftoverFiles {
  /// Removes them; only the holder of the project may. What a living process writes just now, such as a `reel retake` beside
  /// this one, stays.
  static func remove(in folder: Folder) {
    // This process has made none yet; a number that is its own was another's before.
    for file in find(in: folder, besides: getpid()) { try? folder.removeFile(file.path) }
  }

  /// What is beside the schemas for editors, too, which every command that finds them missing writes.
  /// - Parameter process: one that is known to have made none of them.
  static func find(in folder: Folder, besides process: pid_t?) -> [(path: ProjectPath, stamp: FileStamp)] {
    let folders = (try? Tree.entries(of: "sequences", in: folder))?.filter { $0.kind == .folder }.map(\.path) ?? []
    let temporaries = ([.root, "sequences", "library", "ratings", ".reel", ".reel/schemas"] + folders).flatMap { path in
      files(in: path, of: folder) { name in
        AtomicFile.isTemporary(name)
          && !isOfLivingProcess(name.dropFirst(AtomicFile.temporaryPrefix.utf8.count), besides: process)
      }
    }
    return temporaries + files(in: SyncFolder.path, of: folder) { !isOfLivingProcess($0, besides: process) }
  }

  private static func files(
    in path: ProjectPath, of folder: Folder, where isLeft: (ArraySlice<UInt8>) -> Bool
  ) -> [(path: ProjectPath, stamp: FileStamp)] {
    ((try? Tree.entries(of: path, in: folder, skip: { !isLeft($0) })) ?? []).compactMap { entry in
      if case .file(let stamp) = entry.kind { (entry.path, stamp) } else { nil }
    }
  }

  /// Both kinds of names go on with the number of the process that made them: `PID-…`.
  private static func isOfLivingProcess(_ rest: ArraySlice<UInt8>, besides process: pid_t?) -> Bool {
    guard let pid = pid_t(String(decoding: rest.prefix { $0 != UInt8(ascii: "-") }, as: UTF8.self)), pid > 0 else {
      return false
    }
    return pid != process && (kill(pid, 0) == 0 || errno == EPERM)
  }
}
