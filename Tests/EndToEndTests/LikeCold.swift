import TestSupport
import Testing

extension Film {
  /// What the watcher answers is what a fresh look at the files finds; it must be at rest.
  func expectLikeCold(_ when: String = "", sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let live = try await reel("status", "--json")
    let cold = try await reel("status", "--json", "--cold")
    #expect(live.status == 0, "\(live.error)", sourceLocation: sourceLocation)
    #expect(live.output == cold.output, "\(when)\n\(story)", sourceLocation: sourceLocation)
  }
}
