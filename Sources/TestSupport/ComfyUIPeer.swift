internal import Basics
internal import Glibc
package import JSONText
internal import Synchronization

/// A running ComfyUI for tests: Tests/comfyui/server.py, which answers as real servers were recorded to, and fails on demand.
///
/// Its files lie in a folder of its own, which outlives kills and restarts and goes with this object.
package final class ComfyUIPeer: Sendable {
  /// `http://127.0.0.1:PORT`; the same after a restart.
  package let url: String
  /// Holds `input`, `output`, `temp`, `models` and `peer.jsonl`.
  package let folder: String

  private let scratch: ScratchFolder
  private let version: String
  private let port: Int
  private let program: Mutex<StartedProgram>

  /// Starts one and waits until it can be connected to.
  /// - Parameter version: the server that it passes for: 0.33.0 or 0.3.64.
  /// - Parameter arguments: more of server.py's own, such as `--require-header Authorization=…`.
  package init(version: String = "0.33.0", arguments: [String] = []) async throws {
    let scratch = ScratchFolder()
    self.scratch = scratch
    self.version = version
    folder = scratch.file("comfyui")
    let started = try Self.start(in: scratch, version: version, port: 0, arguments)
    url = try await Self.address(of: started)
    guard let port = url.split(separator: ":").last.flatMap({ Int($0) }) else { throw Failure("no port in \(url)") }
    self.port = port
    program = Mutex(started)
  }

  // MARK: Its life

  /// As by kill -9: queue, history, cache and sockets are gone, output files stay.
  package func kill() async throws { _ = try await running.stop(SIGKILL) }

  /// Asks it to end, as an operator does.
  package func stop() async throws { _ = try await running.stop(SIGTERM) }

  /// Waits until it has ended by itself (the fault `kill_at`).
  package func end() async throws { _ = try await running.exit() }

  /// Starts it again at the same address with the same files, after it has ended. Faults are taken back by that.
  /// - Parameter refusing: seconds for which it refuses connections, as a real one does that long while it starts; the call does not
  ///   wait for them.
  package func restart(refusing: Double = 0, arguments: [String] = []) async throws {
    let more = refusing > 0 ? ["--refuse-seconds", String(refusing)] : []
    let started = try Self.start(in: scratch, version: version, port: port, more + arguments)
    program.withLock { $0 = started }
    _ = try await Self.address(of: started)
  }

  /// What it wrote on standard error: Python's tracebacks.
  package var said: String { running.error }

  private var running: StartedProgram { program.withLock { $0 } }

  private static func start(
    in scratch: ScratchFolder, version: String, port: Int, _ arguments: [String]
  ) throws -> StartedProgram {
    let root = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/\($1)" }
    let python = "\(root)/.build/venv/bin/python"
    if access(python, X_OK) != 0 { throw Failure("there is no \(python); run scripts/setup test") }
    return try StartedProgram(
      python,
      ["\(root)/Tests/comfyui/server.py", "--base-directory", scratch.file("comfyui"), "--version", version]
        + ["--port", String(port)] + arguments,
      environment: ["PATH=/usr/bin:/bin"], directory: scratch.path, log: scratch, limit: .seconds(20))
  }

  private static func address(of program: StartedProgram) async throws -> String {
    try await eventually("ComfyUI's test server") {
      if let line = program.output.split(separator: "\n").first, program.output.contains("\n") {
        return line.split(separator: " ").last.map(String.init)
      }
      if let exit = program.child.exit { throw Failure("server.py ended with \(exit): \(program.error)") }
      return nil
    }
  }

  // MARK: Faults

  /// Sets faults; Tests/comfyui/peer/faults.py says which there are. Each key that is given replaces what was set.
  ///
  /// `try peer.faults(["rules": [["do": "drop_after", "path": "/prompt", "method": "POST"]]])`
  package func faults(_ faults: JSON) throws {
    let answer = try ask("POST", "/_peer/faults", faults)
    if answer.status != 200 { throw Failure("no such faults: \(answer.text)") }
  }

  /// Takes all faults back but the worker's death.
  package func forgive() throws {
    let answer = try ask("DELETE", "/_peer/faults")
    if answer.status != 200 { throw Failure("faults were not taken back: \(answer.status)") }
  }

  // MARK: What it did

  /// What it did in all its lives; can be asked of one that is dead.
  package var log: Log {
    let lines = String(decoding: scratch.read("comfyui/peer.jsonl") ?? [], as: UTF8.self).split(separator: "\n")
    return Log(events: lines.compactMap { (try? JSONDocument(parsing: Array($0.utf8)))?.root.value })
  }

  /// Lines of peer.jsonl, each with `event`: `start`, `request` (method, path, query), `uploaded` (name, bytes), `accepted` (prompt_id,
  /// number, prefixes), `started` and `finished` (prompt_id, status), `executed` (prompt_id, node, class), `written` (prefix, path,
  /// prompt_id), `interrupt` (prompt_id).
  package struct Log: Sendable {
    package var events: [JSON]

    package func of(_ event: String) -> [JSON] { events.filter { $0["event"]?.string == event } }

    /// How many requests came to a path (without `/api`), such as `POST` and `/prompt`.
    package func requests(_ method: String, _ path: String) -> Int {
      of("request").count { $0["method"]?.string == method && $0["path"]?.string == path }
    }

    /// The ids of the prompts it took, in order, again for every time.
    package var accepted: [String] { of("accepted").compactMap { $0["prompt_id"]?.string } }

    /// The ids of the prompts it began to run.
    package var started: [String] { of("started").compactMap { $0["prompt_id"]?.string } }

    /// The `filename_prefix` of every save, as it stood in the graph.
    package var written: [String] { of("written").compactMap { $0["prefix"]?.string } }

    /// How often nodes of a class ran; what came from the cache does not count.
    package func executed(_ name: String) -> Int { of("executed").count { $0["class"]?.string == name } }
  }

  // MARK: Asking it

  package struct Answer: Sendable {
    package var status: Int
    package var text: String
    /// Null for what is no JSON.
    package var json: JSON { (try? JSONDocument(parsing: Array(text.utf8)))?.root.value ?? .null }
  }

  /// A request of the test's own, such as another program's prompt; waited for, while nothing else runs on this thread.
  package func ask(_ method: String, _ path: String, _ body: JSON? = nil) throws -> Answer {
    let answer = try LoopbackRequest(method, path, body: body?.canonical ?? [], port: port).answer()
    return Answer(status: answer.status, text: String(decoding: answer.body, as: UTF8.self))
  }

  /// The bytes of a file below its folder, such as `output/a_00001_.png`.
  package func read(_ path: String) -> [UInt8]? { scratch.read("comfyui/\(path)") }
}
