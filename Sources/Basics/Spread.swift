internal import Glibc
internal import Synchronization

/// Works through a list on all cores: for work that is pure and long enough that a thread pays.
package enum Spread {
  /// The results in the order of the items. Short lists are worked through right here.
  /// - Parameters:
  ///   - chunk: how many items a thread takes at a time; with fewer than two such chunks there is nothing to share.
  package static func map<Item: Sendable, Result: Sendable>(
    _ items: [Item], chunk: Int, _ body: @escaping @Sendable (Item) -> Result
  ) -> [Result] {
    let chunks = (items.count + chunk - 1) / chunk
    let threads = min(cores, chunks)
    if threads < 2 { return items.map(body) }
    let work = Work<Result>()
    let step = { @Sendable in
      while true {
        let number = work.next.add(1, ordering: .relaxed).oldValue
        if number >= chunks { return }
        let results = items[number * chunk..<min(items.count, (number + 1) * chunk)].map(body)
        work.done.withLock { $0[number] = results }
      }
    }
    NamedThread.beside("spread", count: threads - 1, step, here: step)
    return work.done.withLock { done in (0..<chunks).flatMap { done[$0] ?? [] } }
  }

  /// The same for work that takes too little for each item to be handed out by itself: a thread takes so many neighbours at a time.
  package static func mapChunks<Item: Sendable, Result: Sendable>(
    _ items: [Item], of count: Int, _ body: @escaping @Sendable ([Item]) -> [Result]
  ) -> [Result] {
    if items.count < 2 * count { return body(items) }
    let chunks = stride(from: 0, to: items.count, by: count).map { Array(items[$0..<min($0 + count, items.count)]) }
    return Array(map(chunks, chunk: 1, body).joined())
  }

  private final class Work<Result: Sendable>: Sendable {
    let next = Atomic(0)
    let done = Mutex<[Int: [Result]]>([:])
  }

  /// More than eight share the memory's speed, and nothing here takes that long.
  package static let cores = max(1, min(8, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
