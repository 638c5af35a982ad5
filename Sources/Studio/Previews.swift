internal import Engines
internal import Synchronization

/// The newest picture of each job that runs, for those who show them. Kept in memory while the job runs and no longer.
package final class Previews: Sendable {
  /// A picture with its number: another picture of the same job has another one.
  package struct Entry: Sendable {
    package var number: Int
    package var bytes: [UInt8]
  }

  private let entries = Mutex<[String: Entry]>([:])

  /// Larger pictures are not kept.
  private static let largest = 4 << 20

  init() {}

  /// - Parameter id: of the job.
  package subscript(id: String) -> Entry? { entries.withLock { $0[id] }.flatMap { $0.number > 0 ? $0 : nil } }

  func show(_ preview: EnginePreview, of id: String) {
    if preview.bytes.count > Self.largest { return }
    entries.withLock { entries in
      // A job that is over shows nothing any more: its engine may be late.
      guard let number = entries[id]?.number else { return }
      entries[id] = Entry(number: number + 1, bytes: preview.bytes)
    }
  }

  /// The job begins.
  func expect(_ id: String) {
    entries.withLock { $0[id] = Entry(number: 0, bytes: []) }
  }

  /// The job is over.
  func forget(_ id: String) { entries.withLock { $0[id] = nil } }
}
