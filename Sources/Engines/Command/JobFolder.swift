internal import Basics
internal import CShims
internal import Glibc
internal import JSONText

/// The folder of one job of a program, `jobs/ID` in the project's state folder: all that is known of it, for whoever comes next.
///
///     order.json    what the supervisor is to do
///     request.json  what the program reads on its standard input
///     inputs/       the references and takes that it is made of, as they were when the job began
///     output/       where the program writes
///     tmp/          TMPDIR of the program
///     lock          held (flock) by the supervisor as long as it lives; its pid stands in it
///     progress      a named pipe from the supervisor: how far it is. When its last writer is gone, so is the supervisor
///     status.json   how it ended; written whole, before the supervisor ends
///
/// The lock and the status tell everything apart: held means at work, a status means done, neither means lost. A pid alone would
/// tell nothing, since pids are used again.
struct JobFolder: Sendable {
  let path: String
  let id: String

  init(_ id: String, in state: String) {
    self.id = id
    path = "\(Self.all(in: state))/\(id)"
  }

  init(path: String) {
    self.path = path
    id = path.split(separator: "/").last.map(String.init) ?? path
  }

  static func all(in state: String) -> String { "\(state)/jobs" }

  /// The ids of the jobs that have a folder.
  static func ids(in state: String) -> [String] {
    Tree.names(inFolder: all(in: state)).filter { !$0.hasPrefix(".") }.sorted()
  }

  var order: String { "\(path)/order.json" }
  var request: String { "\(path)/request.json" }
  var inputs: String { "\(path)/inputs" }
  var output: String { "\(path)/output" }
  var temporary: String { "\(path)/tmp" }
  var lock: String { "\(path)/lock" }
  var progress: String { "\(path)/progress" }
  var status: String { "\(path)/status.json" }

  var exists: Bool { access(path, F_OK) == 0 }

  /// Makes it anew, empty, for this user alone, and held from the beginning: whoever looks at it finds a job at work, also while
  /// its folder is being filled.
  func make() throws(FileError) -> JobHold {
    remove()
    let above = path.split(separator: "/").dropLast().joined(separator: "/")
    for folder in ["/\(above)", path, inputs, output, temporary] {
      if mkdir(folder, 0o700) != 0, !(folder == "/\(above)" && reel_errno() == EEXIST) {
        throw .last("make the folder", folder)
      }
    }
    if mkfifo(progress, 0o600) != 0 { throw .last("make the pipe", progress) }
    return try JobHold(self)
  }

  func remove() { reel_remove_tree(path) }

  // MARK: Its files

  func write(_ json: JSON, to file: String) throws(FileError) {
    let folder = try Folder(opening: path)
    let name = ProjectPath(trusted: file.split(separator: "/").last.map(String.init) ?? file)
    _ = try AtomicFile.write(json.compact, to: name, in: folder, existing: .replace)
  }

  /// Nil when it is not there, or torn. That it cannot be read is not the same: what it says would be missed.
  func read(_ file: String) throws(FileError) -> JSON? {
    let name = ProjectPath(trusted: file.split(separator: "/").last.map(String.init) ?? file)
    do throws(FileError) {
      let content = try FileError.twiceRefused { () throws(FileError) in
        try Folder(opening: path).read(name, limit: 64 << 20)
      }
      return (try? JSONDocument(parsing: content.bytes))?.root.value
    } catch {
      if error.isAbsence { return nil }
      throw error
    }
  }

  func readStatus() throws(FileError) -> JobStatus? { try read(status).flatMap { JobStatus($0) } }

  /// Whether a supervisor lives.
  var isHeld: Bool {
    get throws(FileError) {
      do throws(FileError) {
        return try FileError.twiceRefused { () throws(FileError) in
          let raw = reel_openat(AT_FDCWD, lock, O_RDWR | O_NOFOLLOW, 0)
          if raw < 0 { throw .last("open", lock) }
          let file = Descriptor(owning: raw)
          if flock(file.raw, LOCK_SH | LOCK_NB) == 0 { return false }
          let error = FileError.last("lock", lock)
          if error.code == EWOULDBLOCK { return true }
          throw error
        }
      } catch {
        if error.isAbsence { return false }
        throw error
      }
    }
  }

  /// The pid in the lock.
  private var supervisor: pid_t? {
    guard let folder = try? Folder(opening: path), let content = try? folder.read("lock", limit: 32) else { return nil }
    return pid_t(String(decoding: content.bytes, as: UTF8.self).prefix { $0 != "\n" })
  }

  /// Asks the supervisor to end its job. No stranger is hit: the process is held by a descriptor before it is looked at, and the
  /// lock says that it still is the supervisor.
  func askToStop() {
    guard let pid = supervisor, pid > 1 else { return }
    let raw = reel_pidfd(pid)
    if raw < 0, reel_errno() != ENOSYS { return }
    if raw < 0 {
      if (try? isHeld) == true { kill(pid, SIGTERM) }
      return
    }
    let process = Descriptor(owning: raw)
    if (try? isHeld) == true { _ = reel_pidfd_signal(process.raw, SIGTERM) }
  }
}

/// The lock and the writing end of the pipe of a job, from its first moment: handed to its supervisor, which holds them as long as it
/// lives.
final class JobHold {
  let lock: Int32
  let pipe: Int32

  fileprivate init(_ folder: JobFolder) throws(FileError) {
    let lock = try Self.open(folder.lock, O_RDWR | O_CREAT | O_EXCL)
    if flock(lock.raw, LOCK_EX | LOCK_NB) != 0 { throw .last("lock", folder.lock) }
    // For reading, too: so the supervisor never writes into a pipe without a reader.
    let pipe = try Self.open(folder.progress, O_RDWR | O_NONBLOCK)
    self.lock = lock.release()
    self.pipe = pipe.release()
  }

  deinit {
    // In this order: when the pipe is found without a writer, the lock is free.
    close(lock)
    close(pipe)
  }

  private static func open(_ path: String, _ flags: Int32) throws(FileError) -> Descriptor {
    let raw = reel_openat(AT_FDCWD, path, flags | O_NOFOLLOW, 0o600)
    if raw < 0 { throw .last("open", path) }
    return Descriptor(owning: raw)
  }
}
