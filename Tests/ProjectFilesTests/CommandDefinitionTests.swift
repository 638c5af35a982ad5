import Basics
import ProjectFiles
import Testing

/// Entries of `engines` that are programs.
struct CommandDefinitionTests {
  private func read(_ members: String, from user: Bool = false) -> (definition: CommandDefinition?, faults: [String]) {
    let text = #"{ "engines": { "x": { "type": "command", \#(members) } } }"#
    func faults<Model>(_ reading: Reading<Model>) -> [String] {
      reading.diagnostics.map { fault in
        let bytes = Array(text.utf8)
        let place = fault.place.map { place in
          String(decoding: bytes[(place.column - 1)..<min(bytes.count, place.column - 1 + 12)], as: UTF8.self)
        }
        return "\(fault.code) at \(place ?? "-"): \(fault.message); \(fault.place?.label ?? "")"
      }
    }
    if user {
      let reading = UserConfig.read(SourceText(file: UserConfig.path, bytes: Array(text.utf8)))
      return (reading.model?.engines["x"]?.command, faults(reading))
    }
    let reading = ProjectFile.read(SourceText(file: ProjectFile.path, bytes: Array(text.utf8)))
    return (reading.model?.engines["x"]?.command, faults(reading))
  }

  @Test func `everything that can be said of a program is read`() throws {
    let (definition, faults) = read(
      """
      "command": ["python3", "tools/make.py"], "kinds": ["still", "clip"], "reads": ["prompt", "frame"], "seeding": "take",
      "jobs": 2, "version": "3", "limits": { "seconds": 600, "memory": "4 GB", "size": "1 GB" }, "env": ["HF_TOKEN"], "note": 1
      """)
    #expect(faults == [])
    let program = try #require(definition)
    #expect(program.command == ["python3", "tools/make.py"] && program.kinds == [.still, .clip])
    #expect(
      program.reads == [.prompt, .frame] && program.seeds == .take && program.jobs == 2 && program.version == "3")
    #expect(
      program.limits.seconds == 600 && program.limits.memory == 4_000_000_000 && program.limits.size == 1_000_000_000)
    #expect(program.environment == ["HF_TOKEN"])
  }

  @Test func `what nobody said has its usual value`() throws {
    let program = try #require(read(#""command": ["make-it"]"#).definition)
    #expect(program.kinds == [.still] && program.reads == nil && program.seeds == .seed && program.jobs == 1)
    #expect(program.version == nil && program.limits.seconds == 3600 && program.limits.memory == nil)
    #expect(program.limits.size == 4_000_000_000 && program.environment == [])
  }

  @Test(arguments: [
    (
      #""kinds": []"#,
      "missing-key at \"x\": { \"type: the engine `x` has no `command`; add \"command\": [\"python3\", \"tools/make.py\"]"
    ),
    (
      #""command": "python3 tools/make.py""#,
      "wrong-type at \"python3 too: `command` must be a list of texts: the program, then each of its arguments; such as [\"python3\", \"tools/make.py\"]; no shell reads it"
    ),
    (
      #""command": []"#,
      "out-of-range at [] } } }: `command` names no program; such as [\"python3\", \"tools/make.py\"]"
    ),
    (
      #""command": ["/bin/sh"]"#,
      "bad-path at \"/bin/sh\"] }: `command`: `/bin/sh` is an absolute path; paths start at the project folder; write a path inside the project, or a bare name that is found in PATH"
    ),
    (
      #""command": ["../x"]"#,
      "bad-path at \"../x\"] } } : `command`: `../x` leaves the project folder with `..`; write a path inside the project, or a bare name that is found in PATH"
    ),
    (
      #""command": ["x"], "kinds": ["stil"]"#,
      "out-of-range at \"stil\"] } } : `kinds` knows no `stil`; did you mean `still`?"
    ),
    (
      #""command": ["x"], "kinds": ["animatic"]"#,
      "out-of-range at \"animatic\"] : `kinds` knows no `animatic`; one of still, clip, voice, talk"
    ),
    (
      #""command": ["x"], "reads": ["promt"]"#,
      "out-of-range at \"promt\"] } }: `reads` knows no `promt`; did you mean `prompt`?"
    ),
    (
      #""command": ["x"], "seeding": "random""#,
      "out-of-range at \"random\" } }: `seeding` must be `seed`, `take` or `none`; `seed` if the program can be told one, `take` if it cannot, `none` if it gives the same each time"
    ),
    (#""command": ["x"], "jobs": 0"#, "out-of-range at 0 } } }: `jobs` must be a whole number from 1 to 64; such as 1"),
    (
      #""command": ["x"], "limits": { "seconds": 0 }"#,
      "out-of-range at 0 } } } }: `seconds` must be more than 0 and at most 31536000; such as 600"
    ),
    (
      #""command": ["x"], "limits": { "memory": 4 }"#,
      "wrong-type at 4 } } } }: `memory` must be a size as text, not a number; such as \"4 GB\""
    ),
    (
      #""command": ["x"], "limits": { "second": 4 }"#,
      "unknown-key at \"second\": 4 : `second` is no key that reel knows, and is ignored; did you mean `seconds`?"
    ),
    (
      #""command": ["x"], "env": ["sk-123-secret"]"#,
      "out-of-range at \"sk-123-secr: `env` holds names of environment variables, and this is none; such as \"HF_TOKEN\": the name, not what is in it"
    ),
    (
      #""command": ["x"], "limit": {}"#,
      "unknown-key at \"limit\": {} : `limit` is no key that reel knows, and is ignored; did you mean `limits`?"
    ),
  ])
  func `what is wrong is told at its place, with the fix`(_ members: String, _ fault: String) {
    #expect(read(members).faults == [fault])
  }

  @Test func `a user's own program may lie anywhere`() {
    #expect(read(#""command": ["/opt/x/make"]"#, from: true).faults == [])
    #expect(read(#""command": ["../x"]"#, from: true).faults.count == 1)
  }
}

/// What a take's file is.
struct MediaTypeTests {
  private static let png: [UInt8] = [
    0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 5, 0, 0, 0, 2, 0xD0,
  ]
  /// A comment, then a frame of 720 lines of 1280 pixels.
  private static let jpeg: [UInt8] = [
    0xFF, 0xD8, 0xFF, 0xFE, 0, 4, 1, 2, 0xFF, 0xC2, 0, 17, 8, 2, 0xD0, 5, 0, 3, 0, 0, 0, 0, 0, 0,
  ]

  private static func text(_ parts: String...) -> [UInt8] { Array(parts.joined().utf8) }

  @Test func `pictures are told with their sizes`() {
    for bytes in [Self.png, Self.jpeg] {
      let type = MediaType(head: bytes)
      #expect(type?.width == 1280 && type?.height == 720 && type?.suits(.still) == true && type?.suits(.clip) == false)
    }
    #expect(MediaType(head: Self.png)?.name == "image/png" && MediaType(head: Self.jpeg)?.name == "image/jpeg")
    let gif = Self.text("GIF89a") + [0, 5, 0xD0, 2, 0, 0, 0, 0, 0, 0]
    #expect(MediaType(head: gif).map { [$0.width, $0.height] } == [1280, 720])
    let extended =
      Self.text("RIFF") + [40, 0, 0, 0] + Self.text("WEBPVP8X") + [10, 0, 0, 0, 0, 0, 0, 0, 0xFF, 4, 0, 0xCF, 2, 0]
    #expect(MediaType(head: extended).map { [$0.width, $0.height] } == [1280, 720])
    let lossless =
      Self.text("RIFF") + [40, 0, 0, 0] + Self.text("WEBPVP8L") + [10, 0, 0, 0, 0x2F, 0xFF, 0xC4, 0xB3, 0]
      + [UInt8](repeating: 0, count: 8)
    #expect(MediaType(head: lossless).map { [$0.width, $0.height] } == [1280, 720])
    let lossy =
      Self.text("RIFF") + [40, 0, 0, 0] + Self.text("WEBPVP8 ") + [10, 0, 0, 0, 0, 0, 0, 0x9D, 1, 0x2A, 0, 5, 0xD0, 2]
    #expect(MediaType(head: lossy).map { [$0.width, $0.height] } == [1280, 720])
  }

  @Test(
    arguments: [
      (text("\0\0\0\u{18}ftypmp42\0\0\0\0"), "video/mp4"), (text("\0\0\0\u{18}ftypqt  \0\0\0\0"), "video/quicktime"),
      (text("\0\0\0\u{18}ftypM4A \0\0\0\0"), "audio/mp4"),
      ([0x1A, 0x45, 0xDF, 0xA3] + text("\u{1}\0\0webm\0\0\0\0\0\0\0\0"), "video/webm"),
      ([0x1A, 0x45, 0xDF, 0xA3] + text("\u{1}\0\0matroska\0\0\0\0\0"), "video/x-matroska"),
      (text("RIFF\0\0\0\0WAVEfmt "), "audio/wav"), (text("fLaC\0\0\0\0\0\0\0\0\0\0\0\0"), "audio/flac"),
      (text("OggS\0\0\0\0\0\0\0\0\0\0\0\0"), "audio/ogg"), (text("ID3\u{4}\0\0\0\0\0\0\0\0\0\0\0\0"), "audio/mpeg"),
      ([0xFF, 0xFB, 0x90, 0] + text("\0\0\0\0\0\0\0\0\0\0\0\0"), "audio/mpeg"),
    ] as [([UInt8], String)])
  func `films and sounds are told, and get their endings`(_ bytes: [UInt8], _ name: String) {
    #expect(MediaType(head: bytes)?.name == name)
    #expect(TakeName.fileExtension(for: name) != nil)
    #expect(MediaType(head: bytes)?.suits(name.hasPrefix("video") ? .clip : .voice) == true)
  }

  @Test func `what is none of them is nothing`() {
    for bytes in [[], Self.text("<html>"), Self.text("II*\0aaaaaaaaaaaa"), [0xFF, 0xD8]] as [[UInt8]] {
      #expect(MediaType(head: bytes) == nil)
    }
    #expect(MediaType(head: Array(Self.jpeg.prefix(12)))?.width == nil)
  }
}
