internal import Archive
internal import Basics
internal import CShims
internal import Glibc
internal import JSONText
internal import ProjectFiles

/// The files of a project on their way into an archive, `NAME/…` as they lie in the project.
struct ZipExport {
  private struct Member {
    var path: ProjectPath
    var size: Int64
  }

  /// The folder that everything lies in when it is unpacked.
  let root: String
  private let folder: Folder
  private let members: [Member]
  /// Read beforehand: it is the one file that may hold a secret.
  private let projectFile: [UInt8]

  /// How many bytes go in.
  var size: Int64 { members.reduce(0) { $0 + $1.size } }
  var count: Int { members.count }

  /// Looks at every file, so that what is missing is known before anything is written.
  /// - Parameter paths: in the order of the archive.
  init(name: String, paths: [ProjectPath], project: String) throws(Refusal) {
    if let missing = ZipArchive.missing { throw Refusal("\(missing)", .failed, hint: missing.hint) }
    root = PortableName.of(name, else: "project")
    do throws(FileError) {
      let folder = try Folder(opening: project)
      var members: [Member] = []
      for path in paths {
        guard case .file(let stamp)? = try folder.look(at: path) else {
          throw FileError(code: ENOENT, action: "read", path: path.string)
        }
        members.append(Member(path: path, size: stamp.size))
      }
      projectFile = try folder.read(ProjectFile.path, limit: JSONFile.maximumSize).bytes
      (self.folder, self.members) = (folder, members)
    } catch {
      throw Refusal(exporting: error)
    }
    if SourceText(file: ProjectFile.path, bytes: projectFile).holdsSecret {
      throw Refusal(
        "project.json has a secret written out, which would be handed over with it", .failed,
        hint: "reel check shows where; write { \"env\": \"NAME\" } instead, and change the secret")
    }
  }

  /// - Parameter progress: called with the bytes that have gone in; what it throws ends the export.
  /// - Returns: how many bytes came out.
  func write(
    into file: Int32, path: String, progress: (Int64) throws(FileError) -> Void
  ) throws(FileError) -> Int64 {
    let zip = try ZipArchive(into: file, path: path)
    var done: Int64 = 0
    for member in members {
      let name = "\(root)/\(member.path.string)"
      if member.path == ProjectFile.path {
        try zip.add(name, projectFile)
        continue
      }
      let source = try folder.open(member.path, O_RDONLY | O_NONBLOCK)
      let before = try stamp(of: source, member)
      do throws(FileError) {
        try zip.add(name, copying: source, size: before.size) { count throws(FileError) in
          done += Int64(count)
          try progress(done)
        }
      } catch {
        // As the user knows it, not as the archive calls it.
        throw error.path == name ? FileError(code: error.code, action: "read", path: member.path.string) : error
      }
      if try stamp(of: source, member) != before {
        throw FileError(code: EAGAIN, action: "read", path: member.path.string)
      }
    }
    return try zip.finish()
  }

  private func stamp(of file: borrowing Descriptor, _ member: Member) throws(FileError) -> FileStamp {
    var status = stat()
    if fstat(file.raw, &status) != 0 { throw .last("read", member.path.string) }
    if reel_is_regular(status.st_mode) == 0 { throw FileError(code: EINVAL, action: "read", path: member.path.string) }
    return FileStamp(status)
  }
}

/// Names that any system can give a file.
enum PortableName {
  /// The text without what some system refuses in names; at most 100 bytes.
  static func of(_ text: String, else substitute: String) -> String {
    var name = ""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0..<0x20, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: continue
      default: name.unicodeScalars.append("/\\:*?\"<>|".unicodeScalars.contains(scalar) ? "-" : scalar)
      }
    }
    while name.utf8.count > 100 { name.removeLast() }
    // Windows drops dots and spaces at the end; a dot in front hides a folder here.
    while let last = name.last, last == "." || last == " " { name.removeLast() }
    while let first = name.first, first == "." || first == " " { name.removeFirst() }
    if name.isEmpty { return substitute }
    // `con`, `nul` and the like are devices there, with any extension.
    let stem = String(name.prefix { $0 != "." })
    return SequenceName(stem) != nil && ShotID(stem).fileName != stem && stem.utf8.count <= 4 ? "_\(name)" : name
  }
}
