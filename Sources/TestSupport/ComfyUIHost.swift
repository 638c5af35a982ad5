internal import Basics
internal import Glibc
package import JSONText
internal import Synchronization

/// A ComfyUI that shots are made on in a test: the test server in one of its versions, or the real one that `REEL_COMFYUI_URL` names.
///
/// What it was asked for is counted by its own history, the same way on all of them: each film marks its prompts with a word of its own.
package struct ComfyUIHost: Sendable {
  package let url: String
  /// Nil for a real one.
  package let peer: ComfyUIPeer?
  /// There is one real server with one queue: tests have it one after the other.
  private let turn: Turn?

  /// The names of all there are: `0.33.0`, `0.3.64`, and `real` where there is one.
  package static var names: [String] { ["0.33.0", "0.3.64"] + (realURL == nil ? [] : ["real"]) }

  private static var realURL: String? { getenv("REEL_COMFYUI_URL").map { String(cString: $0) } }

  package static func named(_ name: String) async throws -> ComfyUIHost {
    if name != "real" {
      let peer = try await ComfyUIPeer(version: name)
      return ComfyUIHost(url: peer.url, peer: peer, turn: nil)
    }
    guard let url = realURL else { throw Failure("REEL_COMFYUI_URL is not set") }
    return ComfyUIHost(url: url, peer: nil, turn: await Turn.take())
  }

  /// A film on it, whose prompts hold a word that no other film has.
  package func film(shots: Int = 3, steps: (Int, Double) = (4, 0.02)) -> (film: Film, mark: String) {
    let film = ComfyUIFilm.make(shots: shots, on: [url], steps: steps, limit: .seconds(120))
    let mark = "mark\(UInt32.random(in: 0...UInt32.max))"
    film.write("sequences/sequence_001.json", Film.sequence(shots: shots) { "rain \(mark) number \($0)" })
    return (film, mark)
  }

  /// What it answers to a question.
  package func ask(_ path: String, _ film: Film) async throws -> JSON {
    let outcome = try await film.run("/usr/bin/curl", ["-sf", "--max-time", "20", url + path])
    if !outcome.exit.isSuccess { throw Failure("\(path): \(outcome.exit) \(outcome.error)") }
    return outcome.json
  }

  /// The prompts with that mark that came to their end, each with how: `success`, or `error`.
  package func ended(_ mark: String, _ film: Film) async throws -> [String] {
    (try await ask("/history?max_items=1000", film).object ?? [:]).compactMap { _, entry in
      guard JSON.array(entry["prompt"]?.array ?? []).compactText.contains(mark) else { return nil }
      return entry["status"]?["status_str"]?.string
    }
  }

  /// How many prompts with that mark run or are pending.
  package func open(_ mark: String, _ film: Film) async throws -> Int {
    let queue = try await ask("/queue", film)
    let all = (queue["queue_running"]?.array ?? []) + (queue["queue_pending"]?.array ?? [])
    return all.count { $0.compactText.contains(mark) }
  }
}

/// The turn at something that there is once. It is over when nobody holds it any more.
private final class Turn: Sendable {
  private static let waiting = Mutex<(isTaken: Bool, queue: [CheckedContinuation<Void, Never>])>((false, []))

  static func take() async -> Turn {
    await withCheckedContinuation { continuation in
      let isFree = waiting.withLock { waiting in
        if waiting.isTaken {
          waiting.queue.append(continuation)
          return false
        }
        waiting.isTaken = true
        return true
      }
      if isFree { continuation.resume() }
    }
    return Turn()
  }

  deinit {
    let next = Self.waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
      if waiting.queue.isEmpty {
        waiting.isTaken = false
        return nil
      }
      return waiting.queue.removeFirst()
    }
    next?.resume()
  }
}
