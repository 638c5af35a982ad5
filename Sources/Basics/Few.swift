/// A set that mostly has one element: that one takes no memory of its own.
///
/// Inlinable, as `Boxed` is: of a project's paths and shots each is looked up in such sets.
@usableFromInline
package enum Few<Element: Hashable & Sendable>: Sendable {
  case one(Element)
  /// Two or more.
  case several(Set<Element>)

  @inlinable
  package func contains(_ element: Element) -> Bool {
    switch self {
    case .one(let only): only == element
    case .several(let elements): elements.contains(element)
    }
  }

  @inlinable package var count: Int {
    switch self {
    case .one: 1
    case .several(let elements): elements.count
    }
  }

  @inlinable
  package func inserting(_ element: Element) -> Few {
    contains(element) ? self : .several(elements.union([element]))
  }

  @inlinable package var elements: Set<Element> {
    switch self {
    case .one(let only): [only]
    case .several(let elements): elements
    }
  }
}

extension Few: Sequence {
  @inlinable
  package func makeIterator() -> Iterator {
    switch self {
    case .one(let only): Iterator(only: only, rest: nil)
    case .several(let elements): Iterator(only: nil, rest: elements.makeIterator())
    }
  }

  @usableFromInline
  package struct Iterator: IteratorProtocol {
    @usableFromInline var only: Element?
    @usableFromInline var rest: Set<Element>.Iterator?

    @inlinable
    init(only: Element?, rest: Set<Element>.Iterator?) {
      self.only = only
      self.rest = rest
    }

    @inlinable
    package mutating func next() -> Element? {
      if let element = only {
        only = nil
        return element
      }
      return rest?.next()
    }
  }
}

extension Dictionary {
  /// Puts an element into the set of a key.
  @inlinable
  package mutating func insert<Element>(_ element: Element, into key: Key) where Value == Few<Element> {
    switch self[key] {
    case nil: self[key] = .one(element)
    case .one(let only)?: if only != element { self[key] = .several([only, element]) }
    case .several(var elements)?:
      // Taken out while it is changed, so that it is not copied.
      self[key] = nil
      elements.insert(element)
      self[key] = .several(elements)
    }
  }

  /// Takes an element out of the set of a key; the last one takes its key along.
  @inlinable
  package mutating func remove<Element>(_ element: Element, from key: Key) where Value == Few<Element> {
    switch self[key] {
    case nil: break
    case .one(let only)?: if only == element { self[key] = nil }
    case .several(var elements)?:
      self[key] = nil
      elements.remove(element)
      if elements.count == 1, let only = elements.first {
        self[key] = .one(only)
      } else if !elements.isEmpty {
        self[key] = .several(elements)
      }
    }
  }
}
