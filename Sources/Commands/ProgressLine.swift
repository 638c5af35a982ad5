internal import Basics
internal import ProjectFiles
internal import Studio

/// The live line at the bottom of a terminal: what runs, how far it is, how much is left.
///
/// A value that follows the events; the printer erases it before it prints and draws it again afterwards.
struct ProgressLine: Sendable {
  private struct Running: Sendable {
    var name: String
    var kind: String
    var fraction = 0.0
    var doing = ""
    /// Its engine was told to stop, and has not let go of it yet.
    var isCancelling = false
  }

  private var running: [String: Running] = [:]
  private var order: [String] = []
  /// Since the last rest: jobs that were queued, and those that ended.
  private var queued = 0
  private var ended = 0
  private var isDrawn = false

  mutating func handle(_ event: StudioEvent) {
    switch event {
    case .queued: queued += 1
    case .started(let job):
      running[job.id] = Running(name: EventPrinter.shortName(job.shot), kind: job.kind.name)
      order.append(job.id)
    case .progress(let job, let fraction, let doing):
      running[job.id]?.fraction = fraction
      running[job.id]?.doing = doing
    case .cancelling(let job): running[job.id]?.isCancelling = true
    case .finished(let job, _, _), .cancelled(let job, _): end(job.id)
    case .failed(let job, _, let delay):
      end(job.id)
      if delay != nil { ended -= 1 }
    case .idle, .bye:
      (running, order, queued, ended) = ([:], [], 0, 0)
    default: break
    }
  }

  private mutating func end(_ id: String) {
    running[id] = nil
    order.removeAll { $0 == id }
    ended += 1
  }

  mutating func erasure(_ output: Output) -> String {
    defer { isDrawn = false }
    return isDrawn ? "\r\u{1B}[K" : ""
  }

  mutating func drawing(_ output: Output) -> String {
    guard output.isTerminal, let id = order.first, let job = running[id] else { return "" }
    isDrawn = true
    var line = "  \(job.name) \(job.kind)"
    if job.isCancelling {
      line += "  cancelling"
    } else if job.fraction > 0 {
      line += "  \(Self.bar(job.fraction, width: 16)) \(Int(job.fraction * 100)) %"
    }
    if !job.doing.isEmpty, !job.isCancelling { line += "  \(TerminalText.shortened(job.doing, to: 40))" }
    let left = queued - ended
    if left > 1 { line += "  and \(left - 1) more" }
    return output.coloured(TerminalText.shortened(line, to: max(20, output.columns - 1)), .dim)
  }

  /// A bar in eighths of a character.
  static func bar(_ fraction: Double, width: Int) -> String {
    let eighths = Int((min(max(fraction, 0), 1) * Double(width * 8)).rounded())
    let blocks = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    let full = String(repeating: "█", count: eighths / 8) + blocks[eighths % 8]
    return full + String(repeating: " ", count: max(0, width - full.count))
  }
}
