internal import Basics
internal import ProjectFiles

extension ShotResolver {
  /// A shot's references by content, in order, and what of them is waited for.
  struct Content {
    var references: [ShotRequest.Reference] = []
    /// The first of: one being read, one that is not whole, one that git-lfs has not brought.
    var wait: PlannedWant.Wait?
  }

  /// The picture that a template made the shot of, its own references, then its images in `inbox/`, then those of the entries in
  /// order; each file once.
  mutating func content(_ settings: ResolvedSettings, _ library: Library) -> Content {
    var wanted: [(path: ProjectPath, origin: Origin)] = []
    if let picture = shot.made?.picture { wanted.append((picture, Origin(file: picture))) }
    if let own = settings.references {
      wanted += own.value.map { ($0.value, Origin(file: own.file, range: $0.range)) }
    }
    if shot.usesInbox { wanted += view.project.inboxImages(of: address).map { ($0, Origin(file: $0)) } }
    for entry in library.entries { wanted += wantedPictures(of: entry) }
    return content(of: wanted)
  }

  /// The pictures of an entry: those that it names, then those that bear its name.
  func wantedPictures(of entry: LibraryEntry) -> [(path: ProjectPath, origin: Origin)] {
    let file = LibraryEntry.path(of: entry.name)
    let named = entry.references.map { ($0.value, Origin(file: file, range: $0.range)) }
    return named + (entry.usesInbox ? view.project.inboxImages(ofEntry: entry.name).map { ($0, Origin(file: $0)) } : [])
  }

  mutating func content(of wanted: [(path: ProjectPath, origin: Origin)]) -> Content {
    var seen: Set<ProjectPath> = []
    var content = Content()
    var reading: PlannedWant.Wait?
    var incomplete: PlannedWant.Wait?
    var pointer: PlannedWant.Wait?
    for (path, origin) in wanted where seen.insert(path).inserted {
      uses.paths.insert(path)
      let shown = TerminalText.shortened(path.string, to: 120)
      // The editor keeps paths of what it has long thrown away: a shot is made without these.
      let isOnlyEditors = origin.file == shot.file && shot.editorReferences.contains(path)
      let severity: Diagnostic.Severity = isOnlyEditors ? .warning : .error
      switch view.project.content(of: path) ?? takeContent(of: path) {
      case nil: reportMissing(path, severity, origin)
      case .unread?, .reading?: reading = reading ?? .reading(path)
      case .incomplete?:
        incomplete = incomplete ?? .incomplete(path)
        report(
          .warning, "incomplete-image", "`\(shown)` ends in the middle", origin,
          label: "copy it again; the shot waits until it is whole")
      case .pointer(let digest)?:
        content.references.append(ShotRequest.Reference(path: path, digest: digest, isHere: false))
        pointer = pointer ?? .pointer(path)
      case .unreadable(let error)?: report(severity, "unreadable-reference", "\(error)", origin)
      case .here(_, .unknown)?:
        report(
          severity, "not-an-image", "`\(shown)` is no picture, whatever its name says", origin,
          label: "put a PNG, JPEG, WebP, GIF, TIFF or HEIF there")
      case .here(let digest, _)?: content.references.append(ShotRequest.Reference(path: path, digest: digest))
      }
    }
    content.wait = reading ?? incomplete ?? pointer
    return content
  }

  /// A take of another shot as a reference: its sidecar says what it holds.
  private func takeContent(of path: ProjectPath) -> InputFile.Content? {
    guard let take = view.takes.byPath[path] else { return nil }
    switch (take.presence, take.digest) {
    case (.here, let digest?): return .here(digest, take.output.type.hasPrefix("image/") ? .png : .unknown)
    case (.here, nil): return take.bytes == .cutOff ? .incomplete : .unread
    case (.pointer, let digest): return .pointer(digest ?? take.output.digest)
    case (.absent, _): return nil
    }
  }

  private mutating func reportMissing(_ path: ProjectPath, _ severity: Diagnostic.Severity, _ origin: Origin) {
    // Another file may come into its folder that is likelier.
    if let folder = path.parent { uses.paths.insert(folder) }
    let likely = guesses.likely(path.name, in: path.parent ?? .root) { [view] in view.project.names(beside: path) }
    report(
      severity, "missing-reference", "there is no file `\(TerminalText.shortened(path.string, to: 120))`", origin,
      label: likely.map { "did you mean `\(TerminalText.shortened($0, to: 60))`?" }
        ?? "put the file there, or take it out of the list")
  }
}
