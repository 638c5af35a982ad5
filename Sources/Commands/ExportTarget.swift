internal import Basics
internal import CShims
internal import Glibc
internal import ProjectFiles

/// A file that `reel export` writes: whole or not at all, and over nothing that it was not told to replace.
struct ExportTarget {
  /// As the user wrote it.
  let written: String
  private let folder: Folder
  private let name: ProjectPath
  private let replaces: Bool

  /// - Parameters:
  ///   - path: where it goes, from the current folder.
  ///   - written: what messages call it.
  init(_ path: String, written: String, project: String, replaces: Bool) throws(Refusal) {
    self.written = written
    self.replaces = replaces
    let slash = path.lastIndex(of: "/")
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    let above = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    guard !name.isEmpty, name != ".", name != ".." else {
      throw Refusal("\(TerminalText.escaped(written)) is a folder", .usage, hint: "name the file to be written")
    }
    self.name = ProjectPath(trusted: name)
    do throws(FileError) {
      folder = try Folder(opening: above)
    } catch {
      throw Refusal("\(error)", .failed)
    }
    try check(project)
  }

  /// Where its folder is, absolute and without links.
  var folderPath: String { folder.path }

  /// The same folder and settings, another name, such as a page of a sheet.
  func beside(_ path: String, written: String, project: String) throws(Refusal) -> ExportTarget {
    try ExportTarget(path, written: written, project: project, replaces: replaces)
  }

  /// Refused before any work is done; `write` looks again.
  private func check(_ project: String) throws(Refusal) {
    let shown = TerminalText.escaped(written)
    if folder.path == project || folder.path.hasPrefix("\(project)/") {
      let inside = folder.path == project ? "" : "\(folder.path.dropFirst(project.count + 1))/"
      if FileRole(of: ProjectPath(trusted: inside + name.string)) != .other {
        throw Refusal("\(shown) is a file of the project", .failed, hint: "export to another name")
      }
    }
    var status = stat()
    if Folder.withPath(name, { fstatat(folder.raw, $0, &status, AT_SYMLINK_NOFOLLOW) }) != 0 { return }
    if reel_is_directory(status.st_mode) != 0 { throw Refusal("\(shown) is a folder", .failed) }
    guard replaces else { throw taken }
    if reel_is_regular(status.st_mode) == 0 {
      throw Refusal("\(shown) is no regular file", .failed, hint: "export to another name")
    }
  }

  private var taken: Refusal {
    Refusal("\(TerminalText.escaped(written)) is there already", .failed, hint: "--force replaces it")
  }

  /// - Returns: how many bytes it has.
  func write(_ body: (borrowing Descriptor) throws(FileError) -> Void) throws(Refusal) -> Int64 {
    do throws(FileError) {
      return try AtomicFile.write(to: name, in: folder, existing: replaces ? .replace : .keep, filling: body).size
    } catch {
      throw error.code == EEXIST ? taken : Refusal(exporting: error)
    }
  }

  func write(_ bytes: [UInt8]) throws(Refusal) -> Int64 {
    try write { file throws(FileError) in try file.writeAll(bytes, path: written) }
  }
}

extension Refusal {
  /// What stopped an export in the middle: files that went on changing have a word of their own.
  init(exporting error: FileError) {
    if error.code == EAGAIN {
      self.init("\(TerminalText.escaped(error.path)) changed while it was read", .failed, hint: "export again")
    } else {
      self.init("\(error)", .failed)
    }
  }
}
