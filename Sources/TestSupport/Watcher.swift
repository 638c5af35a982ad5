package import Basics
internal import Glibc
package import JSONText
internal import Synchronization

/// A running `reel watch --json`, and what it has said.
package final class Watcher: Sendable {
  package let program: StartedProgram
  package let film: Film
  /// How many events the test has dealt with.
  private let mark = Mutex(0)

  package init(_ film: Film, _ program: StartedProgram) {
    self.film = film
    self.program = program
  }

  /// All events so far.
  package var events: [JSON] {
    let output = program.output
    let whole =
      output.hasSuffix("\n")
      ? Substring(output) : output[...].prefix(upTo: output.lastIndex(of: "\n") ?? output.startIndex)
    return whole.split(separator: "\n").compactMap { (try? JSONDocument(parsing: Array($0.utf8)))?.root.value }
  }

  /// The events since the last one that was dealt with.
  package var unread: [JSON] { Array(events.dropFirst(mark.withLock { $0 })) }

  /// Waits for the next event of a type; it and all before it count as dealt with.
  package func next(
    _ type: String, within limit: Duration = .seconds(90), where isWanted: (JSON) -> Bool = { _ in true }
  ) async throws -> JSON {
    do {
      return try await eventually("`\(type)`", within: limit) {
        let events = self.events
        let start = mark.withLock { $0 }
        guard
          let index = events.indices.dropFirst(start).first(where: {
            events[$0]["type"]?.string == type && isWanted(events[$0])
          })
        else {
          if let exit = program.child.exit { throw Failure("reel watch ended with \(exit)") }
          return nil
        }
        mark.withLock { $0 = index + 1 }
        return events[index]
      }
    } catch {
      throw Failure("\(error)\n\(film.story)")
    }
  }

  /// Waits until all that was saved before is done, and gives what happened since the last time.
  package func settle(isolation: isolated (any Actor)? = #isolation) async throws -> Happenings {
    let outcome = try await film.reel("sync", "--idle")
    if !outcome.exit.isSuccess { throw Failure("reel sync: \(outcome.error)\n\(film.story)") }
    let all = events
    let start = mark.withLock { mark in
      defer { mark = all.count }
      return mark
    }
    return Happenings(events: Array(all.dropFirst(start)))
  }

  package func stop(_ number: Int32 = SIGTERM) async throws -> ChildProcess.Exit { try await program.stop(number) }
}

/// What a watcher did in a span of time.
package struct Happenings: Sendable {
  package var events: [JSON]

  package init(events: [JSON]) { self.events = events }

  /// The events of a type, in order.
  package func of(_ type: String) -> [JSON] { events.filter { $0["type"]?.string == type } }

  /// The shots of the events of a type, sorted; one name for each event.
  package func shots(_ type: String) -> [String] { of(type).compactMap { $0["shot"]?.string }.sorted() }

  /// The shots for which jobs were made.
  package var jobs: [String] { shots("queued") }

  /// The codes of the problems told.
  package var problems: [String] { of("problem").compactMap { $0["code"]?.string } }

  package var reasons: [String] { of("queued").compactMap { $0["reason"]?.string } }
}
