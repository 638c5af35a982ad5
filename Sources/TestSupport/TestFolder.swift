internal import Basics
internal import CShims
internal import Glibc
internal import ProjectFiles

/// A project folder for one test, with folders for state of its own; all removed at the end.
package final class TestFolder: Sendable {
  private let scratch = ScratchFolder()

  /// The project folder.
  package var path: String { scratch.file("film") }

  /// The variables that keep what reel keeps outside a project inside this test's folder.
  package var environment: [String: String] {
    [
      "HOME": scratch.file("home"), "XDG_STATE_HOME": scratch.file("state"), "XDG_CACHE_HOME": scratch.file("cache"),
      "XDG_RUNTIME_DIR": scratch.file("run"), "XDG_CONFIG_HOME": scratch.file("config"),
    ]
  }

  /// Whether reel was here already.
  package var hasState: Bool { !ScratchFolder.names(in: scratch.file("state/reelwright")).isEmpty }

  /// Takes away all that reel kept about it, as somebody does who clears up.
  package func removeState() { ScratchFolder.removeTree(scratch.file("state")) }

  /// Takes away what was made once, so that nothing comes from there.
  package func removeCache() { ScratchFolder.removeTree(scratch.file("cache")) }

  /// - Parameter files: paths inside the project and what stands there.
  package init(_ files: [String: String] = [:]) {
    for name in ["film", "home", "run"] { mkdir(scratch.file(name), 0o700) }
    for (path, text) in files { write(path, text) }
  }

  /// A project whose shots are made by the scripted engine.
  /// - Parameter prompts: by the shots' ids, in order of the ids, all in `sequence_001`.
  package convenience init(prompts: [String: String]) {
    self.init(["project.json": Self.project, "sequences/sequence_001.json": Self.sequence(prompts)])
  }

  /// So many at once that none waits for approval.
  package static let project = """
    {
      "name": "Test", "engine": "scripted", "engines": { "scripted": { "type": "scripted" } }, "limits": { "burst": 1000 }
    }
    """

  /// A sequence file of shots with these prompts, in order of their ids.
  package static func sequence(_ prompts: [String: String], more: String = "") -> String {
    let shots = prompts.sorted { $0.key < $1.key }.map { id, prompt in
      "{ \"id\": \"\(id)\", \"prompt\": \"\(prompt)\"\(more) }"
    }
    return "{ \"id\": \"sequence\", \"shots\": [\n  \(shots.joined(separator: ",\n  "))\n] }\n"
  }

  package func file(_ path: String) -> String { "\(self.path)/\(path)" }

  // MARK: Changing

  /// Writes in place, as many editors do; folders above are made.
  package func write(_ path: String, _ text: String) { write(path, bytes: Array(text.utf8)) }

  package func write(_ path: String, bytes: [UInt8]) {
    makeFolders(above: path)
    let raw = reel_openat(AT_FDCWD, file(path), O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    precondition(raw >= 0, "cannot write \(path) of a test")
    defer { close(raw) }
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(raw, $0.baseAddress.map { $0 + offset }, $0.count - offset) }
      precondition(count > 0, "cannot write \(path) of a test")
      offset += count
    }
  }

  /// Writes the user's own config.json.
  package func configure(_ text: String) {
    for name in ["config", "config/reelwright"] { mkdir(scratch.file(name), 0o700) }
    scratch.write("config/reelwright/config.json", Array(text.utf8))
  }

  /// The user's cache of outputs.
  package var cachePath: String { scratch.file("cache/reelwright/outputs") }

  /// Writes beside and renames over, as careful editors do.
  package func replace(_ path: String, _ text: String) {
    write("\(path).tmp", text)
    move("\(path).tmp", to: path)
  }

  /// Replaces a text in a file by another.
  package func edit(_ path: String, _ old: String, _ new: String) {
    guard let text = read(path), let range = text.firstRange(of: old) else {
      preconditionFailure("\(path) of a test does not hold `\(old)`")
    }
    write(path, text.replacingCharacters(in: range, with: new))
  }

  package func makeFolders(above path: String) {
    var above = self.path
    for part in path.split(separator: "/").dropLast() {
      above += "/\(part)"
      mkdir(above, 0o755)
    }
  }

  package func remove(_ path: String) { unlink(file(path)) }

  /// Removes a folder with all in it.
  package func removeTree(_ path: String) {
    if unlink(file(path)) == 0 { return }
    for name in names(in: path) { removeTree("\(path)/\(name)") }
    rmdir(file(path))
  }

  @discardableResult
  package func move(_ path: String, to other: String) -> Bool {
    makeFolders(above: other)
    return rename(file(path), file(other)) == 0
  }

  /// Cuts the project's index to rubbish.
  package func forgetIndex() {
    guard let places = try? StateFolders(of: Folder(opening: path), environment: environment) else { return }
    for ending in ["", "-wal", "-shm"] { unlink("\(places.state)/index.sqlite\(ending)") }
    let raw = reel_openat(AT_FDCWD, "\(places.state)/index.sqlite", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    precondition(raw >= 0, "the index of a test could not be damaged")
    _ = Glibc.write(raw, "no index", 8)
    close(raw)
  }

  package func moveRoot(to name: String) { rename(path, scratch.file(name)) }

  // MARK: Looking

  package func read(_ path: String) -> String? { bytes(path).map { String(decoding: $0, as: UTF8.self) } }

  package func bytes(_ path: String) -> [UInt8]? { scratch.read("film/\(path)") }

  /// The names in a folder, sorted.
  package func names(in path: String) -> [String] {
    guard let directory = opendir(file(path)) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// All files below a folder, sorted, without `.reel`.
  package func tree(_ start: String = "") -> [String] {
    names(in: start).filter { !(start.isEmpty && $0 == ".reel") }.flatMap { name -> [String] in
      let path = start.isEmpty ? name : "\(start)/\(name)"
      var status = stat()
      guard lstat(file(path), &status) == 0 else { return [] }
      return reel_is_directory(status.st_mode) != 0 ? tree(path) : [path]
    }
  }

  /// The outputs of a shot's takes.
  package func takes(of shot: String, in sequence: String = "sequence_001") -> [String] {
    names(in: "sequences/\(sequence)").filter { TakeName($0)?.shot == shot && !$0.hasSuffix(".json") }
  }

  /// Every take's faults: an output without a sidecar, a sidecar whose hash is not the output's, a temporary file.
  package func faultsOfTakes() -> [String] {
    tree("sequences").compactMap { path in
      let place = ProjectPath(trusted: path)
      if AtomicFile.isTemporary(place.nameBytes) { return "\(path) was left" }
      guard case .output = FileRole(of: place) else { return nil }
      guard let text = bytes("\(path).json") else { return "\(path) has no sidecar" }
      let sidecar = Sidecar.read(SourceText(file: place, bytes: text)).model
      guard let sidecar else { return "the sidecar of \(path) is torn" }
      return sidecar.output.digest == Digest(of: bytes(path) ?? []) ? nil : "\(path) is torn"
    }
  }
}

extension String {
  fileprivate func firstRange(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text), let end = index(start, offsetBy: text.count, limitedBy: endIndex) {
        return start..<end
      }
      start = index(after: start)
    }
    return nil
  }

  fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
    String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
  }
}
