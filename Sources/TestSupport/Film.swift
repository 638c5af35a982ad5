package import Basics
internal import Glibc
package import JSONText
internal import Studio

/// A film project of one test, with a home of its own: nothing that `reel` keeps about it lies where the user's things lie.
///
/// Outside /tmp, since vim saves differently there.
package final class Film: Sendable {
  package let scratch = ScratchFolder()
  package let folder: String
  private let environment: [String]
  private let seconds: Duration

  /// - Parameter shots: how many shots `sequences/sequence_001.json` has; 0 leaves the project folder without any file.
  /// - Parameter limit: how long anything is waited for. Long, since a test machine may have more to do; nothing waits that long
  ///   unless it fails.
  package init(shots: Int = 3, in name: String = "film", limit: Duration = .seconds(90)) {
    folder = scratch.file(name)
    seconds = limit
    for name in ["home", "state", "run", "cache", "config", name] { mkdir(scratch.file(name), 0o700) }
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    environment = [
      "PATH=\(path)", "HOME=\(scratch.file("home"))", "XDG_STATE_HOME=\(scratch.file("state"))",
      "XDG_RUNTIME_DIR=\(scratch.file("run"))", "XDG_CACHE_HOME=\(scratch.file("cache"))",
      "XDG_CONFIG_HOME=\(scratch.file("config"))", "LANG=C.UTF-8", "TZ=UTC",
      "TERM=xterm-256color", "GIT_CONFIG_NOSYSTEM=1", "GIT_AUTHOR_NAME=Test", "GIT_AUTHOR_EMAIL=test@example.org",
      "GIT_COMMITTER_NAME=Test", "GIT_COMMITTER_EMAIL=test@example.org", "REEL=\(BuiltProgram.path("reel"))",
    ]
    if shots > 0 {
      write("project.json", Self.project)
      write("sequences/sequence_001.json", Self.sequence(shots: shots))
    }
  }

  /// Small frames: what is tested here is not how they look.
  package static let project = """
    {
      "version": 1,
      "name": "Test film",
      "frame": { "width": 96, "height": 64, "fps": 24 },
      "engine": "storyboard"
    }

    """

  /// One shot a line, so that line tools can change one.
  package static func sequence(shots: Int, prompt: (Int) -> String = { "rain number \($0)" }) -> String {
    let lines = (1...max(1, shots)).map { "    { \"id\": \"\(shot($0))\", \"prompt\": \"\(prompt($0))\" }" }
    return "{\n  \"name\": \"One\",\n  \"shots\": [\n\(lines.joined(separator: ",\n"))\n  ]\n}\n"
  }

  /// `shot_007`
  package static func shot(_ number: Int) -> String {
    let digits = String(number)
    return "shot_" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }

  // MARK: Files

  package func path(_ name: String) -> String { "\(folder)/\(name)" }

  package func text(_ name: String) -> String {
    inside(name).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  /// The bytes of a file of the project; nil when there is none.
  package func inside(_ name: String) -> [UInt8]? {
    scratch.read(String(path(name).dropFirst(scratch.path.count + 1)))
  }

  /// Writes a file of the project in place; its folders are made.
  package func write(_ name: String, _ text: String) { write(name, Array(text.utf8)) }

  package func write(_ name: String, _ bytes: [UInt8]) {
    var made = folder
    for part in name.split(separator: "/").dropLast() {
      made += "/\(part)"
      mkdir(made, 0o755)
    }
    scratch.write(String(path(name).dropFirst(scratch.path.count + 1)), bytes)
  }

  /// From now on it counts as made here by `reel init`.
  package func noteMadeHere() {
    let variables = environment.map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
    try? Session.noteMadeHere(
      folder, environment: Dictionary(variables.map { ($0[0], $0.last ?? "") }) { first, _ in first })
  }

  /// Writes the user's own config.json.
  package func configure(_ text: String) {
    mkdir(scratch.file("config/reelwright"), 0o700)
    scratch.write("config/reelwright/config.json", Array(text.utf8))
  }

  /// Replaces text in a file, in place.
  package func replace(_ old: String, by new: String, in name: String) {
    let before = text(name)
    let parts = before.split(separator: old, omittingEmptySubsequences: false)
    precondition(parts.count > 1, "\(name) does not hold \(old)")
    write(name, parts.joined(separator: new))
  }

  /// Every file of the project with its size, for messages.
  package var tree: [String] { Self.files(below: folder, "").map { "\($0) \(inside($0)?.count ?? 0)" } }

  /// The takes that can be seen, without their sidecars.
  package var takes: [String] { names.filter { $0.hasSuffix(".png") && $0.hasPrefix("sequences/") } }

  /// The paths of all files that a person can see.
  package var names: [String] { Self.files(below: folder, "").filter { !$0.hasPrefix(".") } }

  private static func files(below folder: String, _ prefix: String) -> [String] {
    ScratchFolder.names(in: folder).filter { $0 != ".git" }.flatMap { name -> [String] in
      var status = stat()
      guard lstat("\(folder)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return [prefix + name] }
      return files(below: "\(folder)/\(name)", "\(prefix)\(name)/")
    }
  }

  // MARK: Programs

  /// A program that came to its end.
  package struct Outcome: Sendable {
    package var exit: ChildProcess.Exit
    package var output: String
    package var error: String

    package var lines: [String] {
      output.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
    /// The only line of the output, as JSON.
    package var json: JSON { (try? JSONDocument(parsing: Array(output.utf8)))?.root.value ?? .null }
    package var events: [JSON] { lines.compactMap { (try? JSONDocument(parsing: Array($0.utf8)))?.root.value } }
    /// The shots for which `--json` tells of jobs.
    package var jobs: [String] { Happenings(events: events).jobs }
    package var status: Int32 { if case .status(let status) = exit { status } else { -1 } }
  }

  /// Runs `reel` in the project folder to its end.
  package func reel(_ arguments: String...) async throws -> Outcome {
    try await run(BuiltProgram.path("reel"), arguments)
  }

  /// Runs a script of sh in the project folder; `$REEL` is the program.
  package func sh(_ script: String) async throws -> Outcome {
    try await run("/bin/sh", ["-c", script])
  }

  /// Like `sh`, for scripts that must succeed.
  package func must(_ script: String) async throws {
    let outcome = try await sh("set -e\n" + script)
    if !outcome.exit.isSuccess {
      throw Failure("\(script)\nended with \(outcome.exit):\n\(outcome.output)\n\(outcome.error)")
    }
  }

  package func run(_ program: String, _ arguments: [String]) async throws -> Outcome {
    let started = try start(program, arguments)
    let exit = try await started.exit(within: seconds)
    return Outcome(exit: exit, output: started.output, error: started.error)
  }

  package func start(_ program: String, _ arguments: [String], in directory: String? = nil) throws -> StartedProgram {
    try StartedProgram(
      program, arguments, environment: environment, directory: directory ?? folder, log: scratch, limit: seconds)
  }

  /// Starts `reel watch --json` and waits until it rests for the first time.
  package func watch(_ options: String...) async throws -> Watcher {
    let watcher = Watcher(self, try start(BuiltProgram.path("reel"), ["watch", "--json"] + options))
    _ = try await watcher.next("idle", within: seconds)
    return watcher
  }

  /// All that is known, for the message of a test that fails.
  package var story: String {
    "The tree:\n  " + tree.joined(separator: "\n  ") + "\nThe programs:\n"
      + scratch.names.filter { $0.hasPrefix("log-") }.map { name in
        let text = String(decoding: scratch.read(name) ?? [], as: UTF8.self)
        return "--- \(name)\n" + text.split(separator: "\n").suffix(60).joined(separator: "\n")
      }.joined(separator: "\n")
  }
}

/// What a test waited for in vain, or a step of it that failed.
package struct Failure: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}
