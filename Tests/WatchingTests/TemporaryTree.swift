import Basics
import Glibc
import Testing

/// A project folder for one test, gone afterwards. Not below `/tmp`: vim saves differently there.
final class TemporaryTree {
  /// Holds the project folder and lets tests move things in and out of it.
  let outside: String
  let path: String
  let folder: Folder

  init() throws {
    var template = Array("/var/tmp/reel-watching-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    outside = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path = "\(outside)/film"
    try #require(mkdir(path, 0o755) == 0)
    folder = try Folder(opening: path)
  }

  deinit {
    _ = try? Self.run("rm -rf \"$0\"", [outside], in: "/")
  }

  /// Runs a shell script in the project folder; it must succeed.
  func sh(_ script: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let status = try Self.run("exec 2>&1; set -e; \(script)", [], in: path)
    try #require(status == 0, "the script failed: \(script)", sourceLocation: sourceLocation)
  }

  private static func run(_ script: String, _ arguments: [String], in directory: String) throws -> Int32 {
    var pid: pid_t = 0
    let words = ["sh", "-c", "cd '\(directory)' && \(script)"] + (arguments.isEmpty ? ["sh"] : arguments)
    var pointers: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    try #require(posix_spawnp(&pid, "sh", nil, nil, &pointers, environ) == 0)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 { try #require(errno == EINTR) }
    return status
  }

  func write(_ text: String, to path: String, flags: Int32 = O_CREAT | O_TRUNC) throws {
    let file = try folder.open(ProjectPath(trusted: path), O_WRONLY | flags)
    try file.writeAll(text.utf8, path: path)
  }

  func absolute(_ path: String) -> String { "\(self.path)/\(path)" }
}

/// Whether a program can be found on the search path.
func isInstalled(_ program: String) -> Bool {
  guard let path = getenv("PATH") else { return false }
  return String(cString: path).split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
}
