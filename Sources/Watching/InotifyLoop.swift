internal import Basics

/// What the inotify thread does: take orders, drain events, deliver what has settled, sleep.
final class InotifyLoop {
  /// How often folders without a watch are read, and how often each project folder is checked to be still in its place:
  /// nobody is told when a folder above it is moved, or another file system is mounted over it or over a folder in it.
  private static let round: Duration = .seconds(1)
  /// Events taken at a stretch: then the clock is looked at, lest endless events keep a batch from being delivered.
  private static let stretch = 4096

  private var wakeup: Wakeup?
  private let orders: InotifyThread
  private var inotify: Inotify?
  private var roots: [WatchedRoot] = []
  private var mountTable: MountTable?
  private var limit: WatchLimit.Resource = .watches
  /// The mailboxes of those that are no longer served; their streams end once that has been cleared up.
  private var left: [Mailbox] = []
  /// The watches no longer fit the trees.
  private var isStale = false
  /// Until when watches are not set up again: in a storm that makes them stale at once, that takes no more than a fifth
  /// of the time.
  private var restUntil = ContinuousClock.now
  private var nextRound = ContinuousClock.now + round

  init(orders: InotifyThread) {
    self.orders = orders
    wakeup = orders.wakeup
  }

  func run() {
    while true {
      carryOutOrders()
      if roots.isEmpty {
        while inotify?.next() != nil {}
        inotify = nil
        mountTable = nil
        isStale = false
        let isOver = orders.end()
        if isOver { wakeup = nil }
        finishLeft()
        if isOver { return }
        continue
      }
      finishLeft()
      let isDrained = drain()
      let now = ContinuousClock.now
      if isStale, now >= restUntil, isDue(at: now) { startAnew() }
      if now >= nextRound {
        nextRound = now + Self.round
        goRound()
      }
      deliver()
      if roots.isEmpty || !isDrained { continue }
      var next = roots.compactMap(\.wakeAt).min() ?? nextRound
      if isStale { next = max(next, restUntil) }
      wakeup?.wait(orReadable: inotify?.descriptor, until: min(next, nextRound))
    }
  }

  /// Whether a batch of some project is ready.
  private func isDue(at now: ContinuousClock.Instant) -> Bool {
    roots.contains { $0.wakeAt.map { $0 <= now } ?? false }
  }

  /// The end of a stream says that all is released: it comes last.
  private func finishLeft() {
    for mailbox in left { mailbox.finish() }
    left = []
  }

  private func carryOutOrders() {
    for order in orders.takeOrders() {
      switch order {
      case .watch(let order):
        if inotify == nil { open() }
        if mountTable == nil { mountTable = MountTable() }
        let root = WatchedRoot(order)
        root.watchAll(inotify)
        roots.append(root)
      case .leave(let id):
        for root in roots where root.order.id == id {
          left.append(root.order.mailbox)
          // The others' watches stay; these must go before their folders do, or the library would take dead ones for
          // live.
          markStale()
        }
        roots.removeAll { $0.order.id == id }
      }
    }
  }

  private func open() {
    do throws(Inotify.LimitReached) {
      inotify = try Inotify()
      limit = .watches
    } catch {
      limit = error.resource
    }
  }

  /// - Returns: whether there is no event left.
  private func drain() -> Bool {
    guard let inotify else { return true }
    for _ in 0..<Self.stretch {
      guard let event = inotify.next() else { return true }
      if event.folder == nil {
        // The queue overflowed, or a number that nobody gave: events were lost. The end of a watch alone tells nothing.
        if event.mask.contains(.overflow) || !event.mask.contains(.ignored) { markStale() }
        continue
      }
      for root in roots where root.handle(event, inotify) { markStale() }
    }
    return false
  }

  /// Notes that everything has to be set up anew. That is done when the burst has settled: deleting a tree of a hundred
  /// folders sets up once or twice and not a hundred times. Until then the paths of events may be wrong and some may be
  /// missing, so nothing is delivered.
  private func markStale() {
    if isStale { return }
    isStale = true
    for root in roots { root.notice(.all) }
  }

  /// Forgets all watches and sets them up again, top down. The library's state is common to all projects, so all are
  /// read again.
  private func startAnew() {
    let start = ContinuousClock.now
    // What is still queued was before the look at everything that follows; left in the library's buffer it would be
    // taken for events of the new watches.
    while inotify?.next() != nil {}
    inotify = nil
    open()
    isStale = false
    dropGone()
    for root in roots { root.watchAll(inotify) }
    let end = ContinuousClock.now
    restUntil = end + min((end - start) * 4, Self.round)
  }

  private func goRound() {
    dropGone()
    if inotify == nil {
      open()
      if inotify != nil {
        for root in roots { root.watchAll(inotify) }
        return
      }
    }
    if mountTable?.hasChanged() ?? false, roots.contains(where: \.hasOtherMounts) { markStale() }
    for root in roots { root.poll(inotify) }
  }

  private func deliver() {
    let now = ContinuousClock.now
    // Before anyone is told to look: where the project folder is gone, everything would seem deleted.
    if isDue(at: now) { dropGone() }
    if isStale { return }
    for root in roots {
      root.tellCounts(limit)
      root.deliver(at: now)
    }
  }

  private func dropGone() {
    let gone = Set(roots.filter { !$0.order.place.isThere }.map(\.order.id))
    if gone.isEmpty { return }
    for root in roots where gone.contains(root.order.id) {
      root.order.mailbox.post(.rootGone)
      left.append(root.order.mailbox)
    }
    roots.removeAll { gone.contains($0.order.id) }
    markStale()
  }
}
