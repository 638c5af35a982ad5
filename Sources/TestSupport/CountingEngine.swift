internal import Basics
internal import Glibc
internal import Studio

/// A program as an engine of a test's project, which counts its runs: a line in a file for each, written before anything else.
///
/// The program lies in the project (`tools/count.py`), what it counts beside it, where no watcher looks. It makes small pictures,
/// films and sounds that only the recipe decides. What else it is to do is said in Python: see `script(_:)`.
package final class CountingEngine: Sendable {
  /// Where it counts, outside the project.
  package let place: String
  private let write: @Sendable (String, String) -> Void
  private let name: String

  /// Puts the program into the film. `project(_:)` makes a project.json that uses it.
  /// - Parameter isTrusted: the film counts as made by `reel init`, so that its engines are trusted as they are written.
  package convenience init(in film: Film, name: String = "counting", isTrusted: Bool = true) {
    if isTrusted { film.noteMadeHere() }
    self.init(name: name, place: film.scratch.file(name)) { film.write($0, $1) }
  }

  package convenience init(in folder: TestFolder, name: String = "counting", isTrusted: Bool = true) {
    if isTrusted, !folder.hasState { try? Session.noteMadeHere(folder.path, environment: folder.environment) }
    self.init(name: name, place: "\(folder.path)-\(name)") { folder.write($0, $1) }
  }

  private init(name: String, place: String, write: @escaping @Sendable (String, String) -> Void) {
    self.name = name
    self.place = place
    self.write = write
    mkdir(place, 0o700)
    write("tools/count.py", Self.program)
  }

  /// The entry of `engines`.
  /// - Parameter more: further members, such as `"limits": { "seconds": 1 }`.
  package func entry(_ more: String = "") -> String {
    "\"\(name)\": { \"type\": \"command\", \"command\": [\"python3\", \"tools/count.py\", \"\(place)\"]"
      + (more.isEmpty ? "" : ", \(more)") + " }"
  }

  /// Writes a project.json whose shots are made by it.
  package func project(_ more: String = "", keys: String = "") {
    write(
      "project.json",
      """
      { "name": "Test film", "frame": { "width": 96, "height": 64 }, "engine": "\(name)",
        "engines": { \(entry(more)) }\(keys.isEmpty ? "" : ", \(keys)") }

      """)
  }

  // MARK: What it did

  /// A line for each run so far: `sequence_001/shot_001 still`.
  package var runs: [String] { lines("runs") }
  /// The pids of all its processes, those that it started too.
  package var pids: [Int32] { lines("pids").compactMap { Int32($0) } }
  /// The runs that came to their end.
  package var ends: [String] { lines("ends") }

  /// Those of its processes that live.
  package var living: [Int32] {
    pids.filter { pid in
      // A process that ended and was not waited for yet does nothing any more.
      guard kill(pid, 0) == 0, let stream = fopen("/proc/\(pid)/stat", "r") else { return false }
      defer { fclose(stream) }
      var buffer = [CChar](repeating: 0, count: 512)
      guard fgets(&buffer, 512, stream) != nil else { return false }
      let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      return !(text.split(separator: ")").last?.hasPrefix(" Z") ?? true)
    }
  }

  package func lines(_ file: String) -> [String] {
    guard let folder = try? Folder(opening: place),
      let content = try? folder.read(ProjectPath(trusted: file), limit: 1 << 24)
    else { return [] }
    return String(decoding: content.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  // MARK: What it is to do

  /// From now on runs wait before they make anything, until `release()`.
  package func hold() { put("hold", "") }
  package func release() { unlink("\(place)/hold") }

  /// Python that each run executes first. It has `job` (what stands on standard input), `here` (the place), `say(…)` for a line on
  /// standard output, `note(file, text)`, and all modules that a program like it needs.
  package func script(_ text: String) { put("script.py", text) }

  private func put(_ file: String, _ text: String) {
    guard let stream = fopen("\(place)/.\(file)", "w") else {
      preconditionFailure("a test's engine cannot be written to")
    }
    fputs(text, stream)
    fclose(stream)
    rename("\(place)/.\(file)", "\(place)/\(file)")
  }

  private static let program = #"""
    import json, os, signal, struct, subprocess, sys, time, zlib

    job = json.load(sys.stdin)
    here = sys.argv[1]

    def note(name, text):
        file = os.open(os.path.join(here, name), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(file, (str(text) + "\n").encode())
        os.close(file)

    def say(**line):
        print(json.dumps(line), flush=True)

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    def picture(text):
        rows = b"".join(b"\0" + bytes(16) for _ in range(16))
        return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 0, 0, 0, 0))
                + chunk(b"tEXt", b"Recipe\0" + text) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))

    def film(text):
        return b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + struct.pack(">I", len(text) + 8) + b"free" + text

    def sound(text):
        return b"RIFF" + struct.pack("<I", len(text) + 4) + b"WAVE" + text

    note("runs", job["shot"] + " " + job["kind"])
    note("pids", os.getpid())
    more = os.path.join(here, "script.py")
    if os.path.exists(more):
        exec(compile(open(more).read(), more, "exec"))
    say(progress=0.5, doing="half way")
    while os.path.exists(os.path.join(here, "hold")):
        time.sleep(0.01)
    text = json.dumps(job["recipe"], sort_keys=True).encode()
    make, name = {"still": (picture, "out.png"), "voice": (sound, "out.wav")}.get(job["kind"], (film, "out.mp4"))
    with open(os.path.join(job["output"], name), "wb") as file:
        file.write(make(text))
    say(result={"file": name})
    note("ends", job["shot"] + " " + job["kind"])

    """#
}
