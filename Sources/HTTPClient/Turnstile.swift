internal import Glibc

/// A door that many wait at and that, once open, stays so. A semaphore may be used from any thread.
final class Turnstile: @unchecked Sendable {
  private let semaphore: UnsafeMutablePointer<sem_t>

  init() {
    semaphore = .allocate(capacity: 1)
    sem_init(semaphore, 0, 0)
  }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func open() { sem_post(semaphore) }

  /// Blocks the thread until it is open.
  func pass() {
    while sem_wait(semaphore) != 0 {}
    sem_post(semaphore)
  }
}
