package import Basics
internal import Glibc

/// Files of a project that `reel gc` frees: what lies in the trash, and what dead processes left.
package struct Waste: Sendable {
  package struct File: Hashable, Sendable {
    package var path: ProjectPath
    package var bytes: Int64
    /// When it came there: the change time of its inode, which moves with a rename.
    package var since: Int64
  }

  package var trash: [File] = []
  package var leftovers: [File] = []

  /// - Parameter time: what came to the trash later stays out of it, nanoseconds since 1970.
  package init(in project: Folder, before time: Int64? = nil) {
    trash = Self.files(below: Trash.path, in: project).filter { file in time.map { file.since < $0 } ?? true }
    leftovers = LeftoverFiles.find(in: project, besides: nil).map { path, stamp in
      File(path: path, bytes: stamp.size, since: stamp.changed)
    }
  }

  /// Removes files, and the folders of the trash that are empty then.
  /// - Returns: those that are gone.
  package static func remove(_ files: [File], in project: Folder) throws(FileError) -> [File] {
    var removed: [File] = []
    var fault: FileError?
    for file in files {
      do throws(FileError) {
        try project.removeFile(file.path)
        removed.append(file)
      } catch {
        fault = fault ?? error
      }
    }
    removeEmptyFolders(below: Trash.path, in: project)
    if let fault, removed.isEmpty { throw fault }
    return removed
  }

  /// Links are not followed: what they lead to is no trash. They go themselves.
  private static func files(below start: ProjectPath, in project: Folder) -> [File] {
    var found: [File] = []
    var waiting = [start]
    while let next = waiting.popLast() {
      for entry in (try? Tree.entries(of: next, in: project)) ?? [] {
        switch entry.kind {
        case .folder: waiting.append(entry.path)
        case .file(let stamp): found.append(File(path: entry.path, bytes: stamp.size, since: stamp.changed))
        case .other: found.append(File(path: entry.path, bytes: 0, since: 0))
        }
      }
    }
    return found.sorted { $0.path < $1.path }
  }

  private static func removeEmptyFolders(below path: ProjectPath, in project: Folder) {
    for entry in (try? Tree.entries(of: path, in: project)) ?? [] where entry.kind == .folder {
      removeEmptyFolders(below: entry.path, in: project)
      guard let directory = try? project.open(path, O_RDONLY | O_DIRECTORY) else { continue }
      // One with something in it stays.
      _ = Folder.withPath(ProjectPath(trusted: Array(entry.path.nameBytes))) {
        unlinkat(directory.raw, $0, AT_REMOVEDIR)
      }
    }
  }
}
