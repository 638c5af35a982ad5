internal import CShims
internal import Glibc

/// Reading of folders: names and stamps, one readdir and one fstatat a file, nothing opened.
///
/// Foundation's enumerator was measured to be 43 times slower.
package enum Tree {
  /// The names in a folder anywhere on this machine, without `.` and `..`, in no order; none when it cannot be read.
  package static func names(inFolder path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  package struct Entry: Sendable {
    package var path: ProjectPath
    package var kind: Folder.Kind
  }

  /// The entries of one folder, in byte order of their names. Links to files inside the project count as the file they lead
  /// to; links to folders are `.other`: a tree with links to folders may have circles. Names for which `skip` is true are
  /// left out before anything is asked of them.
  /// - Throws: ENOENT, ENOTDIR, EACCES when the folder cannot be read. An entry that goes away meanwhile is left out; one that cannot be
  ///   looked at is `.other`.
  package static func entries(
    of path: ProjectPath, in folder: Folder, skip: (ArraySlice<UInt8>) -> Bool = { _ in false }
  ) throws(FileError) -> [Entry] {
    let directory = try folder.openFolder(path)
    let raw = directory.release()
    guard let stream = fdopendir(raw) else {
      let error = FileError.last("read the folder", path.string)
      close(raw)
      throw error
    }
    defer { closedir(stream) }
    var found: [Entry] = []
    let beginning = path.bytes.isEmpty ? [] : path.bytes + [UInt8(ascii: "/")]
    while let entry = readdir(stream) {
      withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { name in
          let count = strnlen(name, 256)
          if strcmp(name, ".") == 0 || strcmp(name, "..") == 0 { return }
          var bytes: [UInt8] = []
          bytes.reserveCapacity(beginning.count + count)
          bytes += beginning
          bytes += UnsafeRawBufferPointer(start: name, count: count)
          if skip(bytes[beginning.count...]) { return }
          let child = ProjectPath(trusted: bytes)
          do throws(FileError) {
            let kind = try FileError.twiceRefused { () throws(FileError) in
              try Self.kind(of: child, named: name, in: raw, folder)
            }
            if let kind { found.append(Entry(path: child, kind: kind)) }
          } catch {
            found.append(Entry(path: child, kind: .other))
          }
        }
      }
    }
    found.sort { $0.path < $1.path }
    return found
  }

  /// What lies at a path, as `entries` would say: nil where it would not find it, such as behind a link to a folder.
  /// - Throws: what the kernel says when it cannot be found out.
  package static func kind(of path: ProjectPath, in folder: Folder) throws(FileError) -> Folder.Kind? {
    guard let parent = path.parent else { return .folder }
    let directory: Descriptor
    do throws(FileError) {
      directory = try folder.openFolder(parent, reel_o_path)
    } catch {
      if error.isAbsence || error.code == ELOOP { return nil }
      throw error
    }
    let raw = directory.release()
    defer { close(raw) }
    let found = Folder.withPath(ProjectPath(trusted: Array(path.nameBytes))) { name in
      Result { () throws(FileError) in try kind(of: path, named: name, in: raw, folder) }
    }
    return try found.get()
  }

  /// - Returns: nil when nothing is there, or not any more.
  /// - Throws: what the kernel says when it cannot be found out.
  private static func kind(
    of path: ProjectPath, named name: UnsafePointer<CChar>, in directory: Int32, _ folder: Folder
  ) throws(FileError) -> Folder.Kind? {
    var status = stat()
    if fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0 {
      let error = FileError.last("look at", path.string)
      if error.isAbsence { return nil }
      throw error
    }
    if reel_is_link(status.st_mode) != 0 {
      // Through the project's own door, so that a link that leads out shows as `.other`.
      do throws(FileError) {
        let target = try folder.look(at: path)
        return target == .folder ? .other : target
      } catch {
        if error.isOfTheMoment { throw error }
        return nil
      }
    }
    if reel_is_directory(status.st_mode) != 0 { return .folder }
    return reel_is_regular(status.st_mode) != 0 ? .file(FileStamp(status)) : .other
  }
}
