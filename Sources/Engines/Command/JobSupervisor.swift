internal import Basics
internal import CShims
internal import Glibc
internal import JSONText

/// A process between `reel` and a program that makes a take: it reads what the program says, holds it to its limits, and writes down
/// how it ended.
///
/// It is there so that none of this depends on `reel`: the program goes on when `reel` ends or is killed, its limits hold meanwhile, its
/// exit status is not lost, and a pipe never leads to a dead reader. It has one thread, a session of its own, and adopts
/// what its program leaves behind; when it ends, nothing of the job runs any more. Killed itself, it takes the program along.
///
/// Refused: a cgroup for each job, which needs a delegated one and is not there in containers; RLIMIT_AS, which counts address space that
/// runtimes reserve and never use; RLIMIT_FSIZE, which would also cut a model that the program downloads elsewhere.
package struct JobSupervisor {
  /// The first argument of a `reel` that is to be a supervisor; the second is the job's folder.
  package static let word = "supervise-job"

  /// From SIGTERM to SIGKILL: enough to save a checkpoint.
  private static let grace = Duration.seconds(5)
  /// The same for what a program leaves running when it has ended: nobody waits for that.
  private static let graceOfOrphans = Duration.seconds(1)
  /// How often memory and size are looked at.
  private static let beat = Duration.milliseconds(200)

  private let folder: JobFolder
  private let order: JobOrder
  private let secrets: Secrets

  private var program: pid_t = 0
  /// How the program itself ended.
  private var exit: JobStatus.End?
  private var hasProcesses = true
  /// Why it was ended by us.
  private var reason: JobStatus.End?
  private var askedAt: ContinuousClock.Instant?
  private var wasKilled = false
  private let begin = ContinuousClock.now
  private var lastBeat = ContinuousClock.now

  private var talk = ProgramTalk()
  private var talkWords = LastWords()
  private var errorWords = LastWords()
  private var result: String?
  private var error: (message: String, canPass: Bool)?

  private var fraction = 0.0
  private var doing = ""
  private var hasNews = false
  private var lastSent: ContinuousClock.Instant?

  /// Does what `reel` was started for as a supervisor.
  /// - Returns: the exit status, 0 when the status of the job could be written.
  package static func run(_ path: String) -> Int32 {
    let folder = JobFolder(path: path)
    // The lock came as standard input; it is held as long as this process lives.
    let pid = Array("\(getpid())\n".utf8)
    if ftruncate(0, 0) != 0 || write(0, pid, pid.count) != pid.count { return notBegun(reel_errno(), folder) }
    let found: JobOrder?
    do throws(FileError) {
      found = try folder.read(folder.order).flatMap { JobOrder($0) }
    } catch {
      return notBegun(error.code, folder)
    }
    guard let order = found else { return 1 }
    var supervisor = JobSupervisor(folder, order)
    let status = supervisor.supervise()
    // The lock goes first: whoever hears the end of the pipe finds it free.
    defer { close(0) }
    // A disk that is full just now may have room in a moment: what was made is worth the waiting.
    for _ in 0..<60 {
      if (try? folder.write(status.json, to: folder.status)) != nil { return 0 }
      sleep(1)
    }
    return 1
  }

  /// Says why nothing was begun, if it can: without a word it would seem to have been killed.
  private static func notBegun(_ code: Int32, _ folder: JobFolder) -> Int32 {
    try? folder.write(JobStatus(end: .notStarted(code)).json, to: folder.status)
    return 1
  }

  private init(_ folder: JobFolder, _ order: JobOrder) {
    self.folder = folder
    self.order = order
    secrets = Secrets(order.secrets.compactMap { name in getenv(name).map { String(cString: $0) } })
  }

  private mutating func supervise() -> JobStatus {
    reel_adopt_orphans()
    let signals = reel_signal_descriptor()
    var output: [Int32] = [-1, -1]
    var errors: [Int32] = [-1, -1]
    guard signals >= 0, reel_pipe(&output) == 0, reel_pipe(&errors) == 0 else {
      return JobStatus(end: .notStarted(reel_errno()))
    }
    let code = start(output: output[1], errors: errors[1])
    close(output[1])
    close(errors[1])
    if code != 0 { return JobStatus(end: .notStarted(code)) }
    var (fromOutput, fromErrors) = (output[0], errors[0])
    while !isOver {
      var waits = [signals, fromOutput, fromErrors].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
      poll(&waits, nfds_t(waits.count), 200)
      hear(&fromOutput, &fromErrors)
      while case let number = reel_next_signal(signals), number != 0 {
        if number == SIGTERM { end(because: .stopped) }
      }
      reap()
      enforce()
      tell()
    }
    hear(&fromOutput, &fromErrors)
    take(talk.finish())
    return status()
  }

  private mutating func start(output: Int32, errors: Int32) -> Int32 {
    let input = reel_openat(AT_FDCWD, folder.request, O_RDONLY, 0)
    if input < 0 { return reel_errno() }
    defer { close(input) }
    var arguments: [UnsafeMutablePointer<CChar>?] = order.arguments.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var code: Int32 = 0
    program = reel_start_program(order.program, &arguments, environ, order.directory, input, output, errors, &code)
    return program < 0 ? max(code, 1) : 0
  }

  private func status() -> JobStatus {
    var status = JobStatus(end: reason ?? exit ?? .stopped)
    // Asked to end, it may have finished all the same.
    if exit == .exited(0), result != nil, reason == .stopped || reason == .overTime { status.end = .exited(0) }
    // A take that is named by a secret is not found again, which is told; the secret is not.
    status.result = result.map { secrets.masked(CommandResult.name(of: $0, in: folder)) }
    status.error = error.map { secrets.masked($0.message) }
    status.canPass = error?.canPass ?? false
    status.lastWords = errorWords.line(without: secrets) ?? talkWords.line(without: secrets)
    status.wasKilled = wasKilled
    status.seconds = (begin.duration(to: .now) / .milliseconds(1) / 100).rounded() / 10
    if let result { sync(result) }
    return status
  }

  /// What the status names is on disk before the status is, and so are the folders on the way to it: a power cut leaves the result
  /// where it was, or no status that tells of it.
  private func sync(_ result: String) {
    guard let file = try? CommandResult.open(result, in: folder) else { return }
    fsync(file.raw)
    // Both without links; the folder of a job lies in `jobs` in the state folder.
    guard var place = CommandResult.path(of: file), let job = try? Folder(opening: folder.path).path else { return }
    let state = job.split(separator: "/").dropLast(2).reduce(into: "") { $0 += "/\($1)" }
    while let slash = place.lastIndex(of: "/"), place.utf8.count > state.utf8.count {
      place = String(place[..<slash])
      try? Folder.sync(place)
    }
  }
}

// MARK: Listening

extension JobSupervisor {
  private mutating func hear(_ output: inout Int32, _ errors: inout Int32) {
    Self.drain(&output) { bytes in take(talk.feed(bytes)) }
    Self.drain(&errors) { bytes in errorWords.feed(bytes) }
  }

  /// Reads what is there, but not for ever: a program that floods its output is held to its limits all the same.
  private static func drain(_ descriptor: inout Int32, _ body: (ArraySlice<UInt8>) -> Void) {
    if descriptor < 0 { return }
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    for _ in 0..<16 {
      let count = read(descriptor, &buffer, buffer.count)
      if count > 0 {
        body(buffer[0..<count])
        continue
      }
      if count == 0 || reel_errno() != EAGAIN && reel_errno() != EINTR {
        close(descriptor)
        descriptor = -1
      }
      return
    }
  }

  private mutating func take(_ lines: [ProgramTalk.Line]) {
    for line in lines {
      switch line {
      case .progress(let share, let words):
        fraction = share ?? fraction
        doing = words ?? doing
        hasNews = true
      case .result(let file): result = file
      case .error(let message, let canPass): error = (message, canPass)
      case .talk(let words): talkWords.feed(Array("\(words)\n".utf8))
      }
    }
  }

  /// Tells how far it is, at most ten times a second. When nobody reads, the pipe fills up, and that is all.
  private mutating func tell() {
    guard hasNews, lastSent.map({ $0.duration(to: .now) >= .milliseconds(100) }) ?? true else { return }
    hasNews = false
    lastSent = .now
    let news: JSON = [
      "progress": .number(JSONNumber(fraction)), "doing": .string(secrets.masked(doing, to: 200)),
    ]
    let line = news.compact + [UInt8(ascii: "\n")]
    if line.count <= Int(PIPE_BUF) { _ = write(1, line, line.count) }
  }
}

// MARK: Ending

extension JobSupervisor {
  private var isOver: Bool { exit != nil && !hasProcesses }

  private mutating func reap() {
    while true {
      var status: Int32 = 0
      let pid = waitpid(-1, &status, WNOHANG)
      if pid == program {
        let signal = status & 0x7F
        exit = signal == 0 ? .exited(reel_exit_status(status)) : .signalled(signal)
      }
      if pid > 0 { continue }
      hasProcesses = !(pid < 0 && reel_errno() == ECHILD)
      return
    }
  }

  private mutating func enforce() {
    if lastBeat.duration(to: .now) < Self.beat, exit == nil || !hasProcesses { return }
    lastBeat = .now
    if exit == nil, reason == nil { look() }
    if exit != nil, hasProcesses, askedAt == nil {
      // What it left running: it has ended, so there is nothing left to do for them.
      askedAt = .now
      signalAll(SIGTERM)
    }
    guard let askedAt, hasProcesses else { return }
    if askedAt.duration(to: .now) >= (reason == nil ? Self.graceOfOrphans : Self.grace) { kill() }
  }

  /// Whether it keeps to its limits.
  private mutating func look() {
    if begin.duration(to: .now) >= .seconds(order.seconds) { return end(because: .overTime) }
    if let limit = order.memory,
      ProcessTree.memory(of: ProcessTree.descendants(of: getpid()), exactAbove: limit) > limit
    {
      // Asking takes time, in which there would be more of it.
      end(because: .overMemory)
      return kill()
    }
    if reel_tree_size(folder.output) + reel_tree_size(folder.temporary) > order.size {
      end(because: .overSize)
      kill()
    }
  }

  private mutating func end(because reason: JobStatus.End) {
    if self.reason != nil || exit != nil { return }
    self.reason = reason
    askedAt = .now
    signalAll(SIGTERM)
    // One that is stopped (Ctrl-Z, a debugger) hears nothing else.
    signalAll(SIGCONT)
  }

  private mutating func kill() {
    if exit == nil, reason == .stopped || reason == .overTime { wasKilled = true }
    signalAll(SIGKILL)
  }

  /// The program's group, and whatever left that group but still descends from it.
  private func signalAll(_ number: Int32) {
    // The group's number is the program's pid, which is its own until it is reaped.
    if exit == nil { Glibc.kill(-program, number) }
    for pid in ProcessTree.descendants(of: getpid()) where exit != nil || getpgid(pid) != program {
      Glibc.kill(pid, number)
    }
  }
}
