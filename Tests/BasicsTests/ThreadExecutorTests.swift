import Basics
import Glibc
import Testing

struct ThreadExecutorTests {
  private actor Worker {
    private let executor = ThreadExecutor(name: "test")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func thread() -> UInt { UInt(pthread_self()) }

    /// Blocks its own thread, which must hold up nobody else.
    func block(milliseconds: UInt32) -> UInt {
      usleep(milliseconds * 1000)
      return thread()
    }
  }

  @Test func `an actor stays on its own thread, in order`() async {
    let worker = Worker()
    let first = await worker.thread()
    for _ in 0..<100 { #expect(await worker.thread() == first) }
    #expect(await Worker().thread() != first)
  }

  @Test func `actors that block do not share threads`() async {
    let workers = (0..<8).map { _ in Worker() }
    await withTaskGroup(of: UInt.self) { group in
      for worker in workers { group.addTask { await worker.block(milliseconds: 50) } }
      var threads: Set<UInt> = []
      for await thread in group { threads.insert(thread) }
      #expect(threads.count == 8)
    }
  }
}
