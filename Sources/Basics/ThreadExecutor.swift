internal import Glibc

/// A thread of its own for an actor whose work blocks: disk, SQLite, hashing.
///
/// Swift's shared pool has as many threads as cores; one that waits for a disk is missing for everyone. An actor that returns
/// this as its `unownedExecutor` runs nowhere else.
package final class ThreadExecutor: SerialExecutor {
  /// Shared with the thread, so that the thread does not keep the executor alive.
  private final class Queue: @unchecked Sendable {  // `jobs` and `isStopped` are guarded by `mutex`
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    var jobs: [UnownedJob] = []
    var isStopped = false

    init() {
      pthread_mutex_init(mutex, nil)
      pthread_cond_init(condition, nil)
    }

    deinit {
      pthread_cond_destroy(condition)
      pthread_mutex_destroy(mutex)
      condition.deallocate()
      mutex.deallocate()
    }

    func add(_ job: UnownedJob) {
      pthread_mutex_lock(mutex)
      jobs.append(job)
      pthread_mutex_unlock(mutex)
      pthread_cond_signal(condition)
    }

    func stop() {
      pthread_mutex_lock(mutex)
      isStopped = true
      pthread_mutex_unlock(mutex)
      pthread_cond_signal(condition)
    }

    /// The jobs that wait, once there are any; nil when stopped and empty.
    func take() -> [UnownedJob]? {
      pthread_mutex_lock(mutex)
      defer { pthread_mutex_unlock(mutex) }
      while jobs.isEmpty {
        if isStopped { return nil }
        pthread_cond_wait(condition, mutex)
      }
      defer { jobs = [] }
      return jobs
    }
  }

  private let queue = Queue()
  private let name: String

  /// - Parameter name: shown by `top -H` and debuggers; the kernel keeps 15 bytes.
  package init(name: String) {
    self.name = name
    let queue = self.queue
    NamedThread.start(name) { [unowned self] in
      while let jobs = queue.take() {
        for job in jobs { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
      }
    }
  }

  deinit {
    queue.stop()
  }

  package func enqueue(_ job: UnownedJob) {
    queue.add(job)
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    queue.add(UnownedJob(job))
  }

  package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
    UnownedSerialExecutor(ordinary: self)
  }
}
