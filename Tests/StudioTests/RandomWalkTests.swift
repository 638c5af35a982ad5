import Basics
import Glibc
import JSONText
import Studio
import TestSupport
import Testing
import Watching

/// How many walks are walked; `REEL_WALKS` says it for a night's worth of them.
private let walks = getenv("REEL_WALKS").flatMap { Int(String(cString: $0)) } ?? 6

/// Whatever happens to the files, the live picture is the one that a cold look gives.
@Suite struct RandomWalkTests {
  @Test func `after any changes the watcher answers as a fresh look does`() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for seed in 1...walks {
        // A few at a time: the library that watches cannot use descriptors from 1024 on.
        if seed > 6 { try await group.next() }
        group.addTask { try await walk(seed: UInt64(seed), rounds: 14, steps: 1...6, polling: false) }
      }
      try await group.waitForAll()
    }
  }

  @Test func `the same without events from the file system`() async throws {
    try await walk(seed: 77, rounds: 5, steps: 4...12, polling: true)
  }

  private func walk(seed: UInt64, rounds: Int, steps: ClosedRange<Int>, polling: Bool) async throws {
    var walker = Walker(seed: seed)
    let loop = TestLoop(
      walker.folder, .watch(polling: polling), engines: [ScriptedEngine(), GraphEngine()],
      patience: Patience.Times(
        broken: .milliseconds(30), brokenAtMost: .milliseconds(150), partial: .milliseconds(30),
        absent: .milliseconds(40), absentAtMost: .milliseconds(200)))
    try await loop.event("loaded") { if case .loaded = $0 { true } else { false } }
    var done: [String] = []
    for round in 0..<rounds {
      for _ in 0..<Int.random(in: steps, using: &walker.random) { done.append(walker.step()) }
      try await loop.sync(idle: true)
      // Takes that the loop made itself were events, too: a second time all of them are through.
      try await loop.sync(idle: true)
      let failures = loop.lines().filter { $0.hasPrefix("failed") || $0.hasPrefix("notice") }
      #expect(failures == [], "seed \(seed)")
      try await expectLikeCold(loop, "seed \(seed), round \(round), after \(done.joined(separator: "; "))")
      done = []
    }
    await loop.stopAndWait()
  }
}

/// Somebody who does all kinds of things to a project.
private struct Walker {
  let folder: TestFolder
  var random: SeededGenerator
  private var count = 0

  private let sequences = ["sequence_001", "sequence_002", "other"]
  private let ids = ["a", "b", "c", "mara", "a--a"]
  private let prompts = [
    "fog", "heavy rain", "@mara at sea", "sun, @mara and @tom", "mail a@b, @@x", "{stem} and {{stem}}",
  ]
  private let entries = ["mara", "tom", "noir"]
  private let patterns = [
    "inbox/*", "inbox/*.png", "inbox/a/?.png", "inbox/b/*", "inbox/**", "inbox/mar*.JPG", "library/*",
  ]
  private let workflows = ["workflows/a.json", "workflows/b.json", "workflows/deep/c.json"]
  private let images = [
    "inbox/a.png", "inbox/A.png", "inbox/a.jpg", "inbox/mara.jpg", "inbox/b/a--a.png", "inbox/b old.png",
    "inbox/mara.png", "inbox/x.png", "inbox/a/1.png", "inbox/sequence_002/b/2.png",
    "inbox/sequence_001/a.png",
  ]

  init(seed: UInt64) {
    random = SeededGenerator(seed: seed)
    folder = TestFolder(prompts: ["a": "fog", "b": "@mara at sea"])
    folder.write("library/mara.json", "{ \"prompt\": \"Mara, sixty\" }")
    _ = write("project.json", project())
  }

  mutating func step() -> String {
    count += 1
    switch Int.random(in: 0..<25, using: &random) {
    case 0, 1, 2, 3: return write("sequences/\(random.pick(sequences)).json", sequence())
    case 4: return breakFile("sequences/\(random.pick(sequences)).json")
    case 5, 6: return write("library/\(random.pick(entries)).json", entry())
    case 7: return breakFile("library/\(random.pick(entries)).json")
    case 8, 9, 10: return writeImage()
    case 11:
      return remove(
        random.pick(images + entries.map { "library/\($0).json" } + sequences.map { "sequences/\($0).json" }))
    case 12: return renameSequence()
    case 13, 14: return changeTake()
    case 15: return removeFolder()
    case 16: return makeTree()
    case 17: return moveFolderAndBack()
    case 18: return write("project.json", project())
    case 19, 20: return write("shots/shot_\(random.pick(ids)).json", shotFile())
    case 21: return oneOfAShotFile()
    case 23, 24: return workflow()
    case 22: return write("sequences/\(random.pick(sequences)).json", listing())
    default: return oddity()
    }
  }

  // MARK: Texts

  private mutating func write(_ path: String, _ text: String) -> String {
    if random.one(in: 2) {
      folder.write(path, text)
      return "write \(path)"
    }
    folder.replace(path, text)
    return "replace \(path)"
  }

  private mutating func sequence() -> String {
    let shots = ids.shuffled(using: &random).prefix(Int.random(in: 0...4, using: &random)).map { id -> String in
      var shot = "{ \"id\": \"\(id)\", \"prompt\": \"\(random.pick(prompts))\""
      if random.one(in: 3) { shot += ", \"references\": [\"\(random.pick(images))\"]" }
      if random.one(in: 4) { shot += ", \"seed\": \(Int.random(in: 1...3, using: &random)), \"takes\": 2" }
      if random.one(in: 8) { shot += ", \"hold\": true" }
      if random.one(in: 8) { shot += ", \"inbox\": false" }
      if random.one(in: 6) { shot += ", \"pick\": { \"still\": \"\(id).mine.png\" }" }
      if random.one(in: 8) { shot += ", \"duration\": \"long\"" }
      if random.one(in: 8) { shot += ", \"style\": \"noir\"" }
      if random.one(in: 3) { shot += ", \"engine\": \"graph\", \"workflow\": \"\(random.pick(workflows))\"" }
      if random.one(in: 6) { shot += ", \"clip\": { \"workflow\": \"\(random.pick(workflows))\" }" }
      if random.one(in: 4) { shot += ", \"each\": \"\(random.pick(patterns))\"" }
      return shot + " }"
    }
    let order = random.one(in: 2) ? "\"order\": \(Int.random(in: 1...3, using: &random)), " : ""
    return "{ \(order)\"shots\": [ \(shots.joined(separator: ", ")) ] }"
  }

  private mutating func workflow() -> String {
    let path = random.pick(workflows)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return breakFile(path)
    case 1: return remove(path)
    case 2: return write(path, "{ \"nodes\": [], \"links\": [] }")
    default:
      let loader =
        random.one(in: 3)
        ? "\"LoadImage\", \"inputs\": { \"image\": \"a.png\" }" : "\"EmptyImage\", \"inputs\": { \"color\": 1 }"
      let title = random.pick(["blur", "@prompt", "@reference:mara", "@oops"])
      let node = "\"class_type\": \"Text\", \"inputs\": { \"text\": \"\(count)\", \"image\": [\"1\", 0], \"seed\": 3 }"
      let output = random.one(in: 4) ? "SaveVideo" : "SaveImage"
      return write(
        path,
        "{ \"1\": { \"class_type\": \(loader), \"_meta\": { \"title\": \"\(title)\" } }, \"2\": { \(node), \"_meta\": { \"title\": \"\(title)\" } }, "
          + "\"3\": { \"class_type\": \"\(output)\", \"inputs\": { \"images\": [\"2\", 0] } } }")
    }
  }

  // MARK: Shots in files of their own

  private mutating func shotFile() -> String {
    var shot = "{ \"prompt\": \"\(random.pick(prompts))\""
    if random.one(in: 4) { shot += ", \"id\": \"\(random.pick(ids))\"" }
    if random.one(in: 2) { shot += ", \"sequence_id\": \"\(Int.random(in: 1...2, using: &random))\"" }
    if random.one(in: 4) { shot += ", \"position\": \(Int.random(in: 1...3, using: &random))" }
    if random.one(in: 4) { shot += ", \"referenceImage\": \"\(random.pick(images))\"" }
    if random.one(in: 6) { shot += ", \"hold\": 1" }
    return shot + " }"
  }

  private mutating func listing() -> String {
    let listed = ids.shuffled(using: &random).prefix(Int.random(in: 0...4, using: &random)).map { "\"\($0)\"" }
    let own = random.one(in: 3) ? ", \"shots\": [ { \"id\": \"\(random.pick(ids))\" } ]" : ""
    let list = random.one(in: 5) ? "" : ", \"shot_ids\": [\(listed.joined(separator: ", "))]"
    return "{ \"id\": \"\(Int.random(in: 1...2, using: &random))\"\(list)\(own) }"
  }

  private mutating func oneOfAShotFile() -> String {
    let path = "shots/shot_\(random.pick(ids)).json"
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return breakFile(path)
    case 1: return remove(path)
    case 2:
      let other = "shots/shot_\(random.pick(ids)).json"
      folder.move(path, to: other)
      return "rename \(path) to \(other)"
    default:
      folder.removeTree("shots")
      return "remove shots"
    }
  }

  private mutating func entry() -> String {
    let references = random.one(in: 3) ? ", \"references\": [\"\(random.pick(images))\"]" : ""
    return "{ \"prompt\": \"entry \(Int.random(in: 1...3, using: &random))\"\(references) }"
  }

  private mutating func project() -> String {
    if random.one(in: 4) { return "{ \"engine\": \"none\" }" }
    let project = TestFolder.project.replacing(
      "\"engines\": { ", with: "\"engines\": { \"graph\": { \"type\": \"comfyui\" }, ")
    return random.one(in: 4) ? project.replacing("\"name\": \"Test\"", with: "\"style\": \"noir\"") : project
  }

  private mutating func breakFile(_ path: String) -> String {
    folder.write(path, random.pick(["", "{ \"shots\": [", "<<<<<<< HEAD", "{ \"shots\": 3 }", "{\"a\": 1, \"a\": 2}"]))
    return "break \(path)"
  }

  // MARK: Files and folders

  private mutating func writeImage() -> String {
    let path = random.pick(images)
    let text = "\(Int.random(in: 1...4, using: &random))"
    switch Int.random(in: 0..<6, using: &random) {
    case 0: folder.write(path, bytes: TestImages.beginning(text))
    case 1: folder.write(path, "no picture \(text)")
    case 2:
      let oid = String(repeating: text, count: 64)
      folder.write(path, "version https://git-lfs.github.com/spec/v1\noid sha256:\(oid)\nsize 7\n")
    default: folder.write(path, bytes: TestImages.png(text))
    }
    return "image \(path)"
  }

  private func remove(_ path: String) -> String {
    folder.remove(path)
    return "remove \(path)"
  }

  private mutating func renameSequence() -> String {
    let (from, to) = (random.pick(sequences), random.pick(sequences))
    folder.move("sequences/\(from).json", to: "sequences/\(to).json")
    if random.one(in: 2) { folder.move("sequences/\(from)", to: "sequences/\(to)") }
    return "rename \(from) to \(to)"
  }

  private mutating func changeTake() -> String {
    let files = folder.tree("sequences").filter { $0.split(separator: "/").count == 3 }
    guard !files.isEmpty else { return "no take" }
    let path = random.pick(files)
    let isSidecar = path.hasSuffix(".json")
    switch Int.random(in: 0..<9, using: &random) {
    case 0, 1: return remove(path)
    case 6, 7:
      // Edited by hand, to another size or not.
      guard !isSidecar, var bytes = folder.bytes(path), bytes.count > 9 else { return "no output" }
      bytes[8] ^= 1
      folder.write(path, bytes: bytes + (random.one(in: 2) ? [1] : []))
    case 8: folder.write(path + ".mine.png", bytes: TestImages.png("mine"))
    case 2: folder.move(path, to: path.replacing("sequences/", with: "elsewhere/"))
    case 3: folder.write(path, isSidecar ? "{" : "")
    case 4:
      if isSidecar, let text = folder.read(path) {
        folder.write(
          path, text.replacing("\"version\": 1,\n  \"kind\"", with: "\"removed\": true,\n  \"version\": 1,\n  \"kind\"")
        )
      }
    default: folder.move(path, to: path.replacing("sequences/sequence_001", with: "sequences/sequence_002"))
    }
    return "change \(path)"
  }

  private mutating func removeFolder() -> String {
    let path = random.pick([
      "sequences/sequence_001", "sequences/sequence_002", "inbox", "inbox/a", "library", "elsewhere", "workflows",
    ])
    folder.removeTree(path)
    return "remove folder \(path)"
  }

  private mutating func makeTree() -> String {
    folder.write("inbox/new \(count)/deep/er/x.png", bytes: TestImages.png("deep"))
    folder.write("inbox/b/\(count).png", bytes: TestImages.png("\(count)"))
    return "make a tree"
  }

  private mutating func moveFolderAndBack() -> String {
    let path = random.pick(["inbox", "library", "sequences/sequence_001", "sequences"])
    guard folder.move(path, to: "aside") else { return "no \(path)" }
    if random.one(in: 3) {
      // What is left there is met later, or never.
      folder.move("aside", to: "inbox/aside")
      return "move \(path) away"
    }
    folder.move("aside", to: path)
    return "move \(path) and back"
  }

  private mutating func oddity() -> String {
    switch Int.random(in: 0..<7, using: &random) {
    case 4: folder.write("sequences/sequence_001/\(random.pick(ids)).mine.png", bytes: TestImages.png("\(count)"))
    case 5: folder.write("ratings/mara@x.json", random.pick(["{", "{}", "{ \"a.mine.png\": { \"value\": 1 } }"]))
    case 6: folder.remove("ratings/mara@x.json")
    case 0: folder.write("sequences/two words.json", "{}")
    case 1: folder.write("sequences/sequence_001.sync-conflict-20260101-1.json", "{}")
    case 2: folder.remove("sequences/two words.json")
    default: folder.write("sequences/.sequence_001.json.swp", "vim")
    }
    return "oddity"
  }
}
