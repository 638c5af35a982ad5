internal import Basics

/// A few threads that take work off a list, for answers that read a disk or wait for somebody. They start when there is work and end
/// when there has been none for a while: a server that nobody asks costs nothing.
final class WorkThreads: Sendable {
  private struct List {
    var works: [@Sendable () -> Void] = []
    var next = 0
    var threads = 0
    var idle = 0
    var isStopped = false

    mutating func take() -> (@Sendable () -> Void)? {
      if next == works.count { return nil }
      defer {
        next += 1
        if next == works.count { (works, next) = ([], 0) }
      }
      return works[next]
    }
  }

  private let name: String
  private let count: Int
  private let list = Monitor(List())

  init(_ name: String, count: Int) {
    self.name = name
    self.count = count
  }

  func run(_ work: @escaping @Sendable () -> Void) {
    let starts = list.changeForOne { list in
      list.works.append(work)
      let isShort = list.works.count - list.next > list.idle && list.threads < count
      if isShort { list.threads += 1 }
      return isShort
    }
    if starts { NamedThread.start(name) { [list] in Self.work(list) } }
  }

  /// Threads that have nothing to do end; what is on the list is still done.
  func stop() { list.change { $0.isStopped = true } }

  private static func work(_ list: Monitor<List>) {
    while true {
      list.look { $0.idle += 1 }
      let work = list.wait(atMost: 10) { list -> (@Sendable () -> Void)?? in
        if let work = list.take() { return .some(work) }
        return list.isStopped ? .some(nil) : nil
      }
      let next = list.look { list -> (@Sendable () -> Void)? in
        list.idle -= 1
        // Work that came just now goes before the end.
        let next = (work ?? nil) ?? list.take()
        if next == nil { list.threads -= 1 }
        return next
      }
      guard let next else { return }
      next()
    }
  }
}
