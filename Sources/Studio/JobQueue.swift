/// Jobs that wait, the next one at the front: a binary heap, so that ten thousand of them cost nothing to have.
struct JobQueue<Element: Sendable>: Sendable {
  private var heap: [Element] = []
  private let isBefore: @Sendable (Element, Element) -> Bool

  init(_ isBefore: @escaping @Sendable (Element, Element) -> Bool) {
    self.isBefore = isBefore
  }

  var first: Element? { heap.first }
  var isEmpty: Bool { heap.isEmpty }

  mutating func push(_ element: Element) {
    heap.append(element)
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard isBefore(heap[child], heap[parent]) else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  mutating func popFirst() -> Element? {
    guard let first = heap.first else { return nil }
    let last = heap.removeLast()
    if heap.isEmpty { return first }
    heap[0] = last
    var parent = 0
    while true {
      var next = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(heap[child], heap[next]) {
        next = child
      }
      if next == parent { return first }
      heap.swapAt(parent, next)
      parent = next
    }
  }
}
