internal import Basics
internal import HTTPServer
internal import JSONText

/// What the page shows at this moment, with the events that led there and everyone who follows them: one lock for all, so that a state and the
/// events after it fit together.
final class PageBoard: Sendable {
  private struct State {
    var project = ShownProject()
    var revision = 0
    /// The number of the last event that has one.
    var event = 0
    /// The last events with a number, as they are sent.
    var ring: [(number: Int, bytes: [UInt8])] = []
    var ringSize = 0
    var streams: [ByteStream] = []
    /// The answer to `/api/state` as it was made last.
    var stateText: (revision: Int, event: Int, bytes: [UInt8])?
    var isLoaded = false
    /// Pictures of the inbox by their keys.
    var pictures: [String: (path: ProjectPath, version: String)] = [:]
  }

  /// Tells this run of the watcher from others.
  let run = String(
    Digest(of: Array("\(UInt64.random(in: 0...UInt64.max)) \(UInt64.random(in: 0...UInt64.max))".utf8)).text(of: 8))
  private let state = Monitor(State())

  private static let ringLimit = 2000
  private static let ringBytes = 8 << 20
  private static let mostStreams = 512
  /// How much may wait for a browser that does not read.
  private static let streamLimit = 8 << 20

  // MARK: Reading

  func read<Result>(_ body: (ShownProject) -> Result) -> Result { state.look { body($0.project) } }

  /// A shot by its key or its address.
  func shot(_ name: String) -> (key: String, address: String)? {
    let key = PageKey.isKey(name) ? name : PageKey.of(shot: name)
    return read { $0.shots[key] }.map { ($0.key, $0.address) }
  }

  func address(ofShot name: String) throws(HTTPFault) -> String {
    if let shot = shot(name) { return shot.address }
    // A sequence's name means all its shots.
    if read({ $0.sequences.contains { $0.id == name } }) { return name }
    throw HTTPFault(404, "no-shot", "there is no such shot")
  }

  /// A take by its key or its path.
  func take(_ name: String) -> ShownProject.Take? {
    read { project in project.takes[PageKey.isKey(name) ? name : PageKey.of(ProjectPath(trusted: name))] }
  }

  /// What lies under a key: a take, or a picture of the inbox that somebody asked for.
  func file(_ key: String) -> (path: ProjectPath, version: String, presence: String)? {
    state.look { state in
      if let take = state.project.takes[key] {
        return (take.path, take.version, take.isRemoved ? "absent" : take.presence)
      }
      return state.pictures[key].map { ($0.path, $0.version, "here") }
    }
  }

  func know(_ picture: ProjectPath, _ version: String, as key: String) {
    state.look { $0.pictures[key] = (picture, version) }
  }

  var isLoaded: Bool { state.look { $0.isLoaded } }
  var isFollowed: Bool { state.look { !$0.streams.isEmpty } }

  func waitUntilLoaded(seconds: Double) -> Bool { state.wait(atMost: seconds) { $0.isLoaded ? true : nil } ?? false }

  /// `/api/state` with its ETag.
  func stateText() -> (etag: String, bytes: [UInt8]) {
    let (project, revision, event, known) = state.look { ($0.project, $0.revision, $0.event, $0.stateText) }
    let tag = "\"\(run)-\(revision)\""
    if let known, known.revision == revision, known.event == event { return (tag, known.bytes) }
    // Not under the lock: ten thousand rows take some milliseconds.
    let bytes = project.state(run: run, revision: revision, event: "\(run)-\(event)")
    state.look { $0.stateText = (revision, event, bytes) }
    return (tag, bytes)
  }

  var etag: String { state.look { "\"\(run)-\($0.revision)\"" } }

  // MARK: Changing

  /// Changes what is shown and tells what came of it.
  func change(_ body: (inout ShownProject) -> JSONObjectParts?) {
    state.change { state in
      guard let parts = body(&state.project) else { return }
      state.revision += 1
      let data = parts.text(revision: state.revision)
      Self.tell("change", data, isKept: true, run, &state)
    }
  }

  /// Takes over a project that was read as a whole. Nobody was told what had changed until then: streams cannot go on from before.
  func load(_ project: ShownProject) {
    state.change { state in
      state.project = project
      state.revision += 1
      state.event += 1
      (state.ring, state.ringSize) = ([], 0)
      state.isLoaded = true
    }
  }

  /// Forgets it, as nobody looks.
  func unload() {
    state.change { state in
      (state.project, state.stateText, state.isLoaded) = (ShownProject(), nil, false)
      (state.ring, state.ringSize) = ([], 0)
    }
  }

  /// Changes what is neither in the state nor told by it.
  func adjust(_ body: (inout ShownProject) -> Void) { state.look { body(&$0.project) } }

  func tell(_ kind: String, _ data: [UInt8], isKept: Bool) {
    state.change { Self.tell(kind, data, isKept: isKept, run, &$0) }
  }

  private static func tell(_ kind: String, _ data: [UInt8], isKept: Bool, _ run: String, _ state: inout State) {
    var bytes: [UInt8] = []
    if isKept {
      state.event += 1
      bytes += Array("id: \(run)-\(state.event)\n".utf8)
    }
    bytes += Array("event: \(kind)\ndata: ".utf8) + data + Array("\n\n".utf8)
    if isKept {
      state.ring.append((state.event, bytes))
      state.ringSize += bytes.count
      while state.ring.count > ringLimit || state.ringSize > ringBytes && state.ring.count > 1 {
        state.ringSize -= state.ring.removeFirst().bytes.count
      }
    }
    state.streams.removeAll { !$0.send(bytes) }
  }

  // MARK: Streams

  /// A stream from after an event on; nil when there are too many.
  func follow(after last: String?) -> ByteStream? {
    state.change { state in
      state.streams.removeAll { $0.isEnded }
      if state.streams.count >= Self.mostStreams { return nil }
      let stream = ByteStream(limit: Self.streamLimit)
      var bytes = Array("retry: 1000\n\n".utf8)
      if let last, last.hasPrefix("\(run)-"), let number = Int(last.dropFirst(run.utf8.count + 1)),
        number <= state.event,
        number >= (state.ring.first?.number ?? state.event + 1) - 1
      {
        for event in state.ring where event.number > number { bytes += event.bytes }
      } else {
        let data: JSON = [
          "run": .string(run), "revision": .number(JSONNumber(state.revision)),
          "event": .string("\(run)-\(state.event)"),
        ]
        bytes += Array("id: \(run)-\(state.event)\nevent: snapshot\ndata: ".utf8) + data.compact + Array("\n\n".utf8)
      }
      stream.send(bytes)
      state.streams.append(stream)
      return stream
    }
  }

  /// Shows the browsers that the watcher is there, and us which of them are.
  func beat() {
    state.change { state in state.streams.removeAll { !$0.send(Array(": still here\n\n".utf8)) } }
  }

  func end(_ message: String) {
    let data: JSON = ["message": .string(message)]
    state.change { state in
      Self.tell("gone", data.compact, isKept: false, run, &state)
      for stream in state.streams { stream.end() }
      state.streams = []
    }
  }
}

/// The parts of a `change` event, as texts.
struct JSONObjectParts {
  var parts: [(key: String, text: [UInt8])] = []

  mutating func add(_ key: String, _ text: [UInt8]) { parts.append((key, text)) }

  func text(revision: Int) -> [UInt8] {
    var text = Array("{\"revision\":\(revision)".utf8)
    for part in parts { text += Array(",\"\(part.key)\":".utf8) + part.text }
    return text + Array("}".utf8)
  }
}
