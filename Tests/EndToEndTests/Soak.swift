import Glibc
import Synchronization
import TestSupport
import Testing

/// The same tests at length: `make soak` sets `REEL_SOAK` to a scale, 1 for all that the summary promises.
///
/// Without it each does what takes seconds. With it each also writes a row of the summary into the file that `REEL_SOAK_ROWS` names.
enum Soak {
  /// Nil in `make test`.
  static let scale: Double? = value("REEL_SOAK").flatMap { Double($0) }

  static var isOn: Bool { scale != nil }

  /// How often something is done: a few times, or many when there is time.
  static func count(_ few: Int, soak many: Int) -> Int {
    scale.map { max(1, Int((Double(many) * $0).rounded())) } ?? few
  }

  /// What one test did, for a row of the summary.
  struct Row {
    /// Numbers of scenarios, and what was done.
    var scenario: String
    var what: String
    /// How often, and what was measured.
    var counts: [String] = []
    /// What was not as it has to be, with all that is known about it.
    var faults: [String] = []

    init(_ scenario: String, _ what: String) {
      self.scenario = scenario
      self.what = what
    }
  }

  /// Runs a test whose faults are collected, and fails it with them at the end.
  static func run(
    _ scenario: String, _ what: String, location: SourceLocation = #_sourceLocation,
    isolation: isolated (any Actor)? = #isolation, _ body: (inout Row) async throws -> Void
  ) async throws {
    var row = Row(scenario, what)
    let begin = ContinuousClock.now
    do {
      try await body(&row)
    } catch {
      row.faults.append("it was broken off: \(error)")
    }
    let seconds = Int(begin.duration(to: .now).components.seconds)
    write(
      "| \(row.scenario) | \(row.what) | \(row.counts.joined(separator: ", ")) | \(row.faults.count) | \(seconds) |\n")
    #expect(row.faults == [], sourceLocation: location)
  }

  private static let rows = Mutex(value("REEL_SOAK_ROWS"))

  private static func write(_ line: String) {
    rows.withLock { path in
      guard let path, let stream = fopen(path, "a") else { return }
      fputs(line, stream)
      fclose(stream)
    }
  }

  private static func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

/// Measured times, for people to read: no test depends on them.
struct Times {
  private(set) var all: [Duration] = []

  mutating func add(_ time: Duration) { all.append(time) }

  /// `median 0.12 s, longest 0.31 s`
  var sentence: String {
    let sorted = all.sorted()
    guard let longest = sorted.last else { return "never" }
    return "median \(Self.text(sorted[sorted.count / 2])) s, longest \(Self.text(longest)) s"
  }

  private static func text(_ time: Duration) -> String {
    let hundredths = Int((time / .milliseconds(10)).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }
}
