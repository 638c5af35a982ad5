import Synchronization
import TestSupport
import Testing

/// Lets few end-to-end tests run at a time: each has a watcher, drawing processes and an editor or two of its own.
struct Turnstile: SuiteTrait, TestTrait, TestScoping {
  var isRecursive: Bool { true }

  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    guard testCase != nil else { return try await function() }
    await Slots.shared.enter()
    do {
      try await function()
    } catch {
      await Slots.shared.leave()
      throw error
    }
    await Slots.shared.leave()
  }

  private actor Slots {
    static let shared = Slots()
    private var free = 4
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func enter() async {
      if free > 0 {
        free -= 1
      } else {
        await withCheckedContinuation { waiting.append($0) }
      }
    }

    func leave() {
      if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
  }
}

extension Trait where Self == Turnstile {
  /// For suites whose tests start programs.
  static var fewAtATime: Self { Turnstile() }
}

/// A program that a test drives.
enum Tool {
  /// Whether the test can run. Where tests are set up by `scripts/setup test` all tools are there, and in CI a missing one is a failure
  /// of the test, not a reason to skip it.
  static func isThere(_ name: String) -> Bool {
    Environment.isContinuousIntegration
      || Environment.programFolders.contains { Environment.isExecutable("\($0)/\(name)") }
  }
}
