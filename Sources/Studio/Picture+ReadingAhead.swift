internal import Basics
internal import Index
internal import Planning
internal import ProjectFiles
internal import Watching

/// Reading many files before it is their turn, on all cores: what a file says hangs on no other file. Taking it over goes one by one, in the
/// order in which the files were found.
extension Picture {
  /// A file that a look found, with what it is, and with what was read of it already.
  struct FoundFile: Sendable {
    var entry: Tree.Entry
    var role: FileRole
    var content: ReadAhead?

    init(_ entry: Tree.Entry) {
      self.entry = entry
      role = FileRole(of: entry.path)
    }
  }

  enum ReadAhead: Sendable {
    case sequence(SequenceText)
    case sidecar(SidecarText)
  }

  /// The text of a sequence, and what it says.
  struct SequenceText: Sendable {
    var content: Folder.Content
    var readAt: Int64
    var reading: Reading<SequenceFile>
  }

  /// With fewer files that nobody knows yet the threads would be no help.
  private static let few = 500
  /// So many take about a millisecond.
  private static let chunk = 200

  /// What a look found, read as far as it will surely have to be: nothing where most of it is known already.
  func readAhead(_ entries: [Tree.Entry]) -> [FoundFile] {
    if entries.count < Self.few || files.count * 2 > entries.count { return entries.map { FoundFile($0) } }
    let (version, migrations) = (planner.migrations.currentVersion, planner.migrations)
    return Spread.mapChunks(entries, of: Self.chunk) { [folder, remembered] entries in
      entries.map { entry in
        var found = FoundFile(entry)
        guard case .file(let stamp) = entry.kind else { return found }
        switch found.role {
        case .sequence(let name):
          found.content = Self.sequence(name, at: entry.path, in: folder).map { .sequence($0) }
        case .sidecar:
          let memory = remembered[entry.path]
          if let known = Self.sidecar(rememberedIn: memory, stamp, version: version) {
            found.content = .sidecar(known)
          } else if let read = try? Self.sidecar(at: entry.path, in: folder, migrations) {
            found.content = .sidecar(read)
          }
        default: break
        }
        return found
      }
    }
  }

  /// Nil when it cannot be read: then it is its turn that says so.
  private static func sequence(_ name: SequenceName, at path: ProjectPath, in folder: Folder) -> SequenceText? {
    let now = FileStamp.now()
    guard let content = try? folder.read(path, limit: JSONFile.maximumSize) else { return nil }
    let reading = SequenceFile.read(SourceText(file: path, bytes: content.bytes), name: name)
    return SequenceText(content: content, readAt: now, reading: reading)
  }
}
