internal import Basics
internal import CShims
internal import Glibc
internal import HTTPServer
internal import Imaging
internal import ProjectFiles

/// Small copies of takes as WebP, made when somebody looks and kept in the user's cache under the hash of what they were made of: all
/// projects share them, and a file that moves or comes back finds its own.
final class Thumbnails: Sendable {
  package static let widths = [256, 512, 1024]

  private let media: Media
  private let project: String
  private let imaging: ImagingHelper
  /// `…/reelwright/thumbnails`
  private let cache: String

  private struct State {
    /// The contents of files by path and version, so that a file is hashed once.
    var digests: [String: Digest] = [:]
    /// What is being made, so that nothing is made twice at a time.
    var atWork: Set<String> = []
    /// Contents of which no picture can be made, and why.
    var faults: [Digest: HTTPFault] = [:]
    var store: Folder?
  }

  private let state = Monitor(State())
  /// A picture that takes longer is given up.
  private static let patience = 28.0
  private static let limit: Int64 = 1 << 30

  init(_ media: Media, project: String, imaging: ImagingHelper, cache: String) {
    self.media = media
    self.project = project
    self.imaging = imaging
    self.cache = "\(cache)/thumbnails"
  }

  /// What is there already; nil when it must be made.
  func kept(_ path: ProjectPath, version: String, width: Int) throws(HTTPFault) -> FileBody? {
    guard let digest = state.look({ $0.digests["\(path.string) \(version)"] }) else { return nil }
    return try kept(digest, width)
  }

  private func kept(_ digest: Digest, _ width: Int) throws(HTTPFault) -> FileBody? {
    if let fault = state.look({ $0.faults[digest] }) { throw fault }
    guard let store = store() else { return nil }
    guard let file = try? store.open(Self.name(digest, width), O_RDONLY) else { return nil }
    var status = stat()
    guard fstat(file.raw, &status) == 0, status.st_size > 0 else { return nil }
    // Those that were looked at last are thrown away last.
    let now = FileStamp.now()
    if now - FileStamp(status).modified > 86_400_000_000_000 { futimens(file.raw, nil) }
    return FileBody(file, offset: 0, count: Int64(status.st_size))
  }

  /// Makes it; another thread that wants the same waits for it.
  func make(_ path: ProjectPath, version: String, width: Int) throws(HTTPFault) -> FileBody {
    let digest = try self.digest(of: path, version)
    let name = "\(digest.hex)-\(width)"
    let isTurn = state.wait(atMost: Self.patience) { $0.atWork.insert(name).inserted ? true : nil }
    guard isTurn ?? false else { throw HTTPFault(404, "no-picture", "it takes too long") }
    defer { state.change { _ = $0.atWork.remove(name) } }
    if let kept = try kept(digest, width) { return kept }
    let bytes: [UInt8]
    do throws(Undrawn) {
      bytes = try draw(path, width)
    } catch {
      if error.isLasting { state.change { $0.faults[digest] = error.fault } }
      throw error.fault
    }
    guard let store = store() else { throw HTTPFault(404, "no-picture", "there is no place to keep it") }
    let file = Self.name(digest, width)
    do throws(FileError) {
      if let parent = file.parent { try store.makeFolder(parent) }
      _ = try AtomicFile.write(to: file, in: store, existing: .replace, isDurable: false) { target throws(FileError) in
        try target.writeAll(bytes, path: file.string)
      }
    } catch {
      throw HTTPFault(error.code == ENOSPC ? 507 : 404, error.code == ENOSPC ? "disk-full" : "no-picture", "\(error)")
    }
    guard let kept = try kept(digest, width) else { throw HTTPFault(404, "no-picture", "it went away") }
    return kept
  }

  /// By the file that is open, whatever lies under its path later.
  private func digest(of path: ProjectPath, _ version: String) throws(HTTPFault) -> Digest {
    let name = "\(path.string) \(version)"
    if let known = state.look({ $0.digests[name] }) { return known }
    let file = try media.open(path)
    if file.stamp.size == 0 { throw HTTPFault(404, "damaged", "the file is empty") }
    if LFSPointer(file.head) != nil, file.stamp.size < LFSPointer.maximumSize {
      throw HTTPFault(404, "pointer", "git-lfs has not brought it yet")
    }
    var hasher = SHA256()
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var offset: off_t = 0
    while true {
      let count = pread(file.descriptor.raw, &buffer, buffer.count, offset)
      if count < 0, reel_errno() == EINTR { continue }
      if count < 0 { throw HTTPFault(404, "unreadable", "it cannot be read") }
      if count == 0 { break }
      buffer.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      offset += off_t(count)
    }
    let digest = hasher.finish()
    state.change { state in
      if state.digests.count > 100_000 { state.digests = [:] }
      state.digests[name] = digest
    }
    return digest
  }

  /// Why nothing was drawn.
  private struct Undrawn: Error {
    var fault: HTTPFault
    /// Whether that lies in the file, which does not change. All else is tried again.
    var isLasting: Bool

    init(_ code: String, _ message: String, hint: String? = nil, isLasting: Bool) {
      fault = HTTPFault(404, code, message, hint: hint)
      self.isLasting = isLasting
    }
  }

  private func draw(_ path: ProjectPath, _ width: Int) throws(Undrawn) -> [UInt8] {
    let file: Media.OpenFile
    do throws(HTTPFault) {
      file = try media.open(path)
    } catch {
      throw Undrawn(error.code, error.message, isLasting: false)
    }
    guard let type = MediaType(head: file.head) else {
      // TIFF and HEIF are no takes, but may lie in the inbox.
      return try picture(path, width)
    }
    if type.isSound { throw Undrawn("no-picture", "sound has no picture", isLasting: true) }
    return type.isFilm ? try poster(of: file, type, width) : try picture(path, width)
  }

  private func poster(of file: Media.OpenFile, _ type: MediaType, _ width: Int) throws(Undrawn) -> [UInt8] {
    guard let poster = PosterFrame() else {
      throw Undrawn(
        "no-picture", "a film's first picture needs ffmpeg", hint: "apt install ffmpeg", isLasting: false)
    }
    do throws(PosterFrame.Refusal) {
      return try poster.webp(of: file.descriptor, type, width: width)
    } catch {
      switch error {
      case .untried(let message): throw Undrawn("no-picture", message, isLasting: false)
      case .none(let message): throw Undrawn("no-picture", message, isLasting: true)
      case .damaged(let message): throw Undrawn("damaged", message, isLasting: true)
      }
    }
  }

  private func picture(_ path: ProjectPath, _ width: Int) throws(Undrawn) -> [UInt8] {
    let result = Monitor<Result<[UInt8], ImagingError>?>(nil)
    let task = Task { [imaging, project] in
      let made: Result<[UInt8], ImagingError>
      do throws(ImagingError) {
        made = .success(try await imaging.tile(of: path, side: width, project: project))
      } catch {
        made = .failure(error)
      }
      result.change { $0 = made }
    }
    switch result.wait(atMost: Self.patience, for: { $0 }) {
    case .success(let bytes)?: return bytes
    case .failure(let error)?:
      switch error.code {
      case .unreadableImage, .tooLarge: throw Undrawn("damaged", error.message, isLasting: true)
      default: throw Undrawn("unreadable", error.message, isLasting: false)
      }
    case nil:
      task.cancel()
      throw Undrawn("damaged", "no picture came of it within \(Int(Self.patience)) seconds", isLasting: true)
    }
  }

  // MARK: The cache

  private static func name(_ digest: Digest, _ width: Int) -> ProjectPath {
    ProjectPath(trusted: "\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2))-\(width).webp")
  }

  private func store() -> Folder? {
    state.look { state in
      if let store = state.store { return store }
      try? StateFolders.make(cache)
      state.store = try? Folder(opening: cache)
      return state.store
    }
  }

  /// Throws away what nobody looked at for longest, when there is too much. Once for each run.
  func sweep() {
    guard let store = store() else { return }
    var files: [(path: ProjectPath, stamp: FileStamp)] = []
    for folder in (try? Tree.entries(of: .root, in: store)) ?? [] where folder.kind == .folder {
      for entry in (try? Tree.entries(of: folder.path, in: store)) ?? [] {
        if case .file(let stamp) = entry.kind { files.append((entry.path, stamp)) }
      }
    }
    var size = files.reduce(0) { $0 + $1.stamp.size }
    for file in files.sorted(by: { $0.stamp.modified < $1.stamp.modified }) {
      if size <= Self.limit { return }
      try? store.removeFile(file.path)
      size -= file.stamp.size
    }
  }
}
