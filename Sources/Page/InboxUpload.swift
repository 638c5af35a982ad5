internal import Basics
internal import CShims
internal import Glibc
internal import HTTPServer
internal import ProjectFiles

/// A file on its way into `inbox/`: written aside under a name that nobody looks at, and given its own when it lies there whole. Nothing is
/// ever written over.
final class InboxUpload: BodySink {
  private struct State: ~Copyable {
    var file: Descriptor?
    var head: [UInt8] = []
  }

  private let folder: Folder
  private let directory: Descriptor
  private let name: String
  private let temporary: ProjectPath
  private let state: Monitor<Boxed>

  /// A monitor holds what can be copied.
  private final class Boxed {
    var state: State
    init(_ state: consuming State) { self.state = state }
  }

  static let inbox: ProjectPath = "inbox"
  static let limit = 256 << 20
  private static let longestName = 100

  /// - Parameter wanted: what the client calls it.
  init(_ wanted: String, in folder: Folder) throws(HTTPFault) {
    name = try Self.safe(wanted)
    self.folder = folder
    let temporary = ProjectPath(
      trusted: "\(AtomicFile.temporaryPrefix)\(getpid())-\(String(UInt64.random(in: 0...UInt64.max), radix: 36)).tmp")
    self.temporary = temporary
    do throws(FileError) {
      try folder.makeFolder(Self.inbox)
      directory = try folder.open(Self.inbox, O_RDONLY | O_DIRECTORY)
    } catch {
      throw Self.fault(error)
    }
    let place = directory.raw
    let raw = Folder.withPath(temporary) { reel_openat(place, $0, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644) }
    if raw < 0 { throw Self.fault(.last("write", "inbox/\(name)")) }
    state = Monitor(Boxed(State(file: Descriptor(owning: raw))))
  }

  func take(_ bytes: UnsafeRawBufferPointer) throws(HTTPFault) {
    let code = state.look { boxed -> Int32 in
      guard let raw = boxed.state.file?.raw else { return EBADF }
      if boxed.state.head.count < MediaType.headSize {
        boxed.state.head += bytes.prefix(MediaType.headSize - boxed.state.head.count)
      }
      var offset = 0
      while offset < bytes.count {
        let count = write(raw, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
        if count < 0, reel_errno() == EINTR { continue }
        if count < 0 { return reel_errno() }
        offset += count
      }
      return 0
    }
    if code != 0 { throw Self.fault(FileError(code: code, action: "write", path: "inbox/\(name)")) }
  }

  /// Gives the file its name, or the next one that is free.
  func finish() throws(HTTPFault) -> ProjectPath {
    let isKnown = state.look { boxed in
      let head = boxed.state.head
      return !head.isEmpty && (MediaType(head: head) != nil || ImageFormat(head: head) != .unknown)
    }
    guard isKnown else {
      throw HTTPFault(415, "bad-type", "the inbox takes pictures, sounds and films; this is none that reel reads")
    }
    let code = state.look { boxed -> Int32 in
      guard let raw = boxed.state.file?.raw, fsync(raw) == 0 else { return reel_errno() }
      return 0
    }
    if code != 0 { throw Self.fault(FileError(code: code, action: "sync", path: "inbox/\(name)")) }
    for number in 1...1000 {
      let free = ProjectPath(trusted: number == 1 ? name : Self.numbered(name, number))
      let renamed = Folder.withPath(temporary) { from in
        Folder.withPath(free) { to in reel_rename_noreplace(directory.raw, from, to) }
      }
      if renamed == 0 {
        state.look { $0.state.file = nil }
        fsync(directory.raw)
        return Self.inbox.appending(free.string)
      }
      let error = FileError.last("write", "inbox/\(free.string)")
      if error.code != EEXIST { throw Self.fault(error) }
    }
    throw HTTPFault(409, "exists", "the inbox has a thousand files of that name")
  }

  func abandon() {
    let isOpen = state.look { boxed -> Bool in
      defer { boxed.state.file = nil }
      return boxed.state.file != nil
    }
    if isOpen { _ = Folder.withPath(temporary) { unlinkat(directory.raw, $0, 0) } }
  }

  deinit { abandon() }

  private static func fault(_ error: FileError) -> HTTPFault {
    switch error.code {
    case ENOSPC, EDQUOT: HTTPFault(507, "disk-full", "\(error)")
    default: HTTPFault(409, "refused", "\(error)")
    }
  }

  /// `mara.png` becomes `mara-2.png`.
  private static func numbered(_ name: String, _ number: Int) -> String {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "\(name)-\(number)" }
    return "\(name[..<dot])-\(number)\(name[dot...])"
  }

  /// The name without folders and without what some system refuses; letters of all scripts stay.
  static func safe(_ wanted: String) throws(HTTPFault) -> String {
    let last = wanted.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
    var name = ""
    for scalar in last.unicodeScalars {
      let isKept =
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "._- ".unicodeScalars.contains(scalar)
        || scalar.properties.generalCategory == .nonspacingMark
      name.unicodeScalars.append(isKept ? scalar : "_")
    }
    while let first = name.first, first == "." || first == " " || first == "-" { name.removeFirst() }
    while let last = name.last, last == "." || last == " " { name.removeLast() }
    // What names a file's sort stays at its end.
    if name.utf8.count > longestName, let dot = name.lastIndex(of: "."), name[dot...].utf8.count <= 10 {
      let ending = String(name[dot...])
      var stem = String(name[..<dot])
      while stem.utf8.count + ending.utf8.count > longestName { stem.removeLast() }
      name = stem + ending
    }
    while name.utf8.count > longestName { name.removeLast() }
    if name.isEmpty { throw HTTPFault(400, "bad-call", "the file needs a name: /api/inbox?name=mara.png") }
    return name
  }
}
