import Synchronization

@testable import Commands

/// What a command has written, with times masked.
final class Screen: Sendable {
  private let written = Mutex("")

  /// An output that leads here.
  func output(isTerminal: Bool = false, usesColour: Bool = false, columns: Int = 100) -> Output {
    Output(isTerminal: isTerminal, usesColour: usesColour, columns: columns) { [self] text, _ in
      written.withLock { $0 += text }
    }
  }

  var text: String {
    written.withLock { $0 }
      .replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/, with: "DATE")
      .replacing(/[0-9]{2}:[0-9]{2}:[0-9]{2}/, with: "TIME")
  }
}
