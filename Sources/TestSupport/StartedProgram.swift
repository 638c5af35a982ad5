package import Basics
internal import CShims
internal import Glibc
internal import Synchronization

/// A program that a test started; it does not outlive the test.
///
/// It writes into files, not pipes: it never waits for its reader, and what it wrote before it answered somebody is there to be
/// read once that answer has come.
package final class StartedProgram: Sendable {
  package let child: ChildProcess
  private let log: ScratchFolder
  private let name: String
  private let limit: Duration

  private static let count = Mutex(0)

  package init(
    _ program: String, _ arguments: [String], environment: [String], directory: String, log: ScratchFolder,
    limit: Duration
  ) throws {
    let number = Self.count.withLock { count in
      count += 1
      return count
    }
    let digits = String(number)
    let shortName = program.split(separator: "/").last.map(String.init) ?? program
    name = "log-\(String(repeating: "0", count: max(0, 5 - digits.count)))\(digits)-\(shortName)"
    self.log = log
    self.limit = limit
    let output = open(log.file("\(name).out"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    let error = open(log.file("\(name).err"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    defer {
      close(output)
      close(error)
    }
    child = try ChildProcess(
      starting: program, arguments: arguments, environment: environment, directory: directory,
      output: .descriptor(output), error: .descriptor(error))
  }

  deinit {
    child.signal(SIGKILL)
  }

  package var output: String { String(decoding: log.read("\(name).out") ?? [], as: UTF8.self) }
  package var error: String { String(decoding: log.read("\(name).err") ?? [], as: UTF8.self) }

  /// Waits for its end; one that does not come is a failure, and the program is killed.
  package func exit(within limit: Duration? = nil) async throws -> ChildProcess.Exit {
    do {
      return try await eventually("the end of \(name)", within: limit ?? self.limit) { child.exit }
    } catch {
      child.signal(SIGKILL)
      throw error
    }
  }

  /// Sends it a signal and waits for its end.
  package func stop(_ number: Int32 = SIGTERM) async throws -> ChildProcess.Exit {
    child.signal(number)
    return try await exit()
  }
}

/// Sends a signal to a process if it is the one that is meant: numbers of processes are used again, and what a test wrote down a moment
/// ago may be somebody else's by now.
/// - Parameter words: what its command line holds, such as the path of a test's folder.
/// - Returns: whether it got the signal.
@discardableResult
package func signal(_ pid: Int32, _ number: Int32, ifItsCommandHolds words: String) -> Bool {
  // Held before it is looked at.
  let process = reel_pidfd(pid)
  if process < 0 { return false }
  defer { close(process) }
  guard commandLine(of: pid).contains(words) else { return false }
  return reel_pidfd_signal(process, number) == 0
}

/// The words of a process, with spaces between them; empty for one that is gone.
package func commandLine(of pid: Int32) -> String {
  guard let stream = fopen("/proc/\(pid)/cmdline", "r") else { return "" }
  defer { fclose(stream) }
  var bytes = [UInt8](repeating: 0, count: 4096)
  let count = fread(&bytes, 1, bytes.count, stream)
  return String(decoding: bytes[..<count].map { $0 == 0 ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
}

/// Looks again and again until there is a value. Looking costs little, and most of what a test waits for tells nobody.
package func eventually<Value>(
  _ what: String, within limit: Duration = .seconds(40), isolation: isolated (any Actor)? = #isolation,
  _ look: () throws -> Value?
) async throws -> Value {
  let limit = limit * Pace.slowness
  let deadline = ContinuousClock.now + limit
  while true {
    if let value = try look() { return value }
    if ContinuousClock.now > deadline { throw Failure("waited \(limit) in vain for \(what)") }
    try await Task.sleep(for: .milliseconds(5))
  }
}
