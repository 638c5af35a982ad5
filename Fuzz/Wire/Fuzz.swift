import Basics
import JSONText

@testable import Engines
@testable import Imaging
@testable import ProjectFiles
@testable import Studio

/// What is no file of a project and comes from elsewhere all the same: a program's output, the helper's replies, calls on the socket,
/// pointers of git-lfs, the first bytes of pictures, names, what git keeps for itself, secrets.
///
/// The first byte chooses what it is, the rest is taken for it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 1 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  switch start[0] % 10 {
  case 0: checkPointer(bytes)
  case 1: checkHead(bytes)
  case 2: checkTalk(bytes)
  case 3: checkCalls(bytes)
  case 4: checkImaging(bytes)
  case 5: checkSecrets(bytes)
  case 6: checkLiteralSecrets(bytes)
  case 7: checkPaths(bytes)
  case 8: checkPerson(bytes)
  default: checkGitLog(bytes)
  }
  return 0
}

private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

private func checkPointer(_ bytes: [UInt8]) {
  guard let pointer = LFSPointer(bytes) else { return }
  precondition(pointer.size >= 0 && bytes.count < LFSPointer.maximumSize)
  precondition(text(bytes).contains("sha256:"), "a hash that is not there")
}

private func checkHead(_ bytes: [UInt8]) {
  let format = ImageFormat(head: bytes)
  _ = format.isComplete(head: bytes, tail: bytes, size: bytes.count)
  _ = format.isComplete(head: Array(bytes.prefix(16)), tail: Array(bytes.suffix(3)), size: bytes.count)
  guard let type = MediaType(head: bytes) else { return }
  precondition([type.isPicture, type.isFilm, type.isSound].count { $0 } == 1, "it is none or two kinds of thing")
  precondition((type.width ?? 0) >= 0 && (type.height ?? 0) >= 0, "a negative size")
  precondition(TakeName.fileExtension(for: type.name) != nil, "a take of it has no name")
}

/// However the bytes are cut on their way, the lines are the same.
private func checkTalk(_ bytes: [UInt8]) {
  var whole = ProgramTalk()
  let lines = whole.feed(bytes[...]) + whole.finish()
  var pieces = ProgramTalk()
  var heard: [ProgramTalk.Line] = []
  let step = max(1, Int(bytes[0]) % 7)
  for start in stride(from: 0, to: bytes.count, by: step) {
    heard += pieces.feed(bytes[start..<min(start + step, bytes.count)])
  }
  heard += pieces.finish()
  precondition(heard == lines, "where the output is cut decides what it says")
  for case .progress(let fraction?, _) in lines { precondition((0...1).contains(fraction), "more than all is done") }
  var words = LastWords()
  words.feed(bytes)
  precondition(
    !(words.line(without: Secrets([])) ?? "").utf8.contains { $0 == 0x0A || $0 == 0x0D },
    "the last words have two lines")
}

private func checkCalls(_ bytes: [UInt8]) {
  if let call = ControlCall(line: bytes) {
    let line = call.line
    precondition(line.last == UInt8(ascii: "\n") && !line.dropLast().contains(UInt8(ascii: "\n")), "it is no line")
    precondition(ControlCall(line: Array(line.dropLast())) == call, "the call reads as another")
  }
  if let reply = ControlReply(line: bytes) {
    let line = reply.line
    precondition(line.last == UInt8(ascii: "\n") && !line.dropLast().contains(UInt8(ascii: "\n")), "it is no line")
    precondition(ControlReply(line: Array(line.dropLast())) == reply, "the reply reads as another")
  }
}

private func checkImaging(_ bytes: [UInt8]) {
  if let (id, request) = ImagingWire.request(in: bytes) {
    for path in request.files { check(path) }
    let line = ImagingWire.line(for: request, id: id)
    guard let again = ImagingWire.request(in: Array(line.dropLast())) else { fatalError("it does not read again") }
    precondition(again.id == id && again.request == request, "the request reads as another")
  }
  if let reply = ImagingWire.reply(in: bytes, to: 1) {
    let line = ImagingWire.line(for: reply, id: 1)
    precondition(ImagingWire.reply(in: Array(line.dropLast()), to: 1) == reply, "the reply reads as another")
  }
}

/// The part before the first line break is the secret, the rest what is said.
private func checkSecrets(_ bytes: [UInt8]) {
  let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false).map {
    text(Array($0))
  }
  let secret = parts[0]
  let said = parts.count > 1 ? parts[1] : ""
  let masked = Secrets([secret]).masked(said)
  if secret.utf8.count < 6 { return precondition(masked == said, "nothing was to be masked") }
  // What is left on both sides of a mask may spell it again only where stars belong to it.
  if secret.utf8.contains(UInt8(ascii: "*")) { return }
  precondition(!Array(masked.utf8).contains(Array(secret.utf8)), "a secret is told on")
}

/// Stars stand where bytes stood, so that lines and columns stay; and no text behind such a key is left, however the key is spelled.
private func checkLiteralSecrets(_ bytes: [UInt8]) {
  let shown = SourceText(file: "project.json", bytes: bytes).shownBytes
  precondition(shown.count == bytes.count, "bytes were added or taken away")
  for (old, new) in zip(bytes, shown) where old != new {
    // Of several bytes a star is where a character had as many.
    let isStar = new == UInt8(ascii: "*") || old >= 0x80 && new >= 0x80
    precondition(isStar && old != 0x0A && old != 0x0D, "it is no star, or a line is gone")
  }
  guard let document = try? JSONDocument(parsing: bytes) else { return }
  checkIsMasked(document.root, shown)
}

private func checkIsMasked(_ node: JSONNode, _ shown: [UInt8]) {
  for element in node.elements { checkIsMasked(element, shown) }
  for member in node.members {
    if LiteralSecrets.isSecret(member.key), member.value.kind == .string {
      let inside = shown[member.value.range].dropFirst().dropLast()
      let text = String(decoding: inside, as: UTF8.self)
      precondition(
        text.unicodeScalars.allSatisfy { "*\u{B7}\u{2217}\u{1F7B6}\"".unicodeScalars.contains($0) }, "a secret is shown"
      )
    } else {
      checkIsMasked(member.value, shown)
    }
  }
}

private func checkPaths(_ bytes: [UInt8]) {
  let text = text(bytes)
  if let path = try? ProjectPath(written: text) { check(path) }
  if let pattern = try? PicturePattern(written: text) {
    check(pattern.folder)
    _ = pattern.fits("inbox/products/chair [2].JPG")
  }
  if let name = TakeName(text) { precondition(TakeName(name.description) == name, "the name reads as another") }
  let shown = TerminalText.escaped(text)
  precondition(TerminalText.escaped(shown) == shown, "what was escaped steers a terminal")
  precondition(TerminalText.shortened(text, to: 20).count <= 20 || text.count <= 20, "it is longer than it may be")
}

/// Nothing that leads out of the project.
private func check(_ path: ProjectPath) {
  precondition(path.bytes.first != UInt8(ascii: "/") && !path.bytes.contains(0), "no path inside a project")
  for part in path.parts {
    precondition(!part.elementsEqual("..".utf8) && !part.elementsEqual(".".utf8), "a path that leads out")
  }
}

private func checkPerson(_ bytes: [UInt8]) {
  let person = Person(identity: text(bytes))
  precondition(person.file.parts.count == 2 && person.file.isInside("ratings"), "a file elsewhere")
  precondition(person.name.utf8.count <= 120 && person.name.utf8.first != UInt8(ascii: "."))
  precondition(Person(stem: person.name) == person, "the file is not that person's")
}

/// What is read of `HEAD`, `packed-refs` and `logs/HEAD`, with an `FF` between them.
private func checkGitLog(_ bytes: [UInt8]) {
  let parts = bytes.split(separator: 0xFF, maxSplits: 2, omittingEmptySubsequences: false).map(Array.init)
  guard let repository = Repository.shared else { fatalError("there is no room for a repository") }
  repository.write(parts[0], to: "HEAD")
  repository.write(parts.count > 1 ? parts[1] : [], to: "packed-refs")
  repository.write(parts.count > 2 ? parts[2] : [], to: "logs/HEAD")
  guard let head = GitState.Head(of: repository.project) else { fatalError("the repository is not found") }
  let commit = head.commit
  precondition(commit.map { [40, 64].contains($0.utf8.count) } ?? true, "a commit that is none")
  precondition(!head.broughtFiles(since: commit), "nothing moved, and files came")
  let other = String(repeating: "1", count: 40)
  if commit == nil { precondition(!head.broughtFiles(since: other), "files came with no commit") }
}

extension Array where Element == UInt8 {
  fileprivate func contains(_ other: [UInt8]) -> Bool {
    if other.count > count { return false }
    return (0...(count - other.count)).contains { self[$0...].starts(with: other) }
  }
}
