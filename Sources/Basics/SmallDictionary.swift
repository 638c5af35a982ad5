/// A dictionary of a handful of keys: gone through one by one, in the order in which they were put in.
///
/// With so few keys that is quicker than hashing them, and the smallest `Dictionary` takes twice the memory: every shot of a project has
/// several of these. Two are equal whatever the order of their keys.
///
/// Inlinable, as `Few` is.
@usableFromInline
package struct SmallDictionary<Key: Equatable, Value> {
  @usableFromInline var pairs: [(key: Key, value: Value)] = []

  @inlinable
  package init() {}

  @inlinable package var isEmpty: Bool { pairs.isEmpty }

  /// In order.
  @inlinable package var keys: [Key] { pairs.map(\.key) }
  @inlinable package var values: [Value] { pairs.map(\.value) }

  /// Puts in a key that is known not to be there, without looking for it: of keys that strangers write there may be very many.
  @inlinable
  package mutating func append(_ value: Value, for key: Key) {
    pairs.append((key, value))
  }

  /// Setting nil takes the key out.
  @inlinable
  package subscript(key: Key) -> Value? {
    get { pairs.first { $0.key == key }?.value }
    set {
      switch (pairs.firstIndex { $0.key == key }, newValue) {
      case (let place?, let value?): pairs[place].value = value
      case (let place?, nil): pairs.remove(at: place)
      case (nil, let value?): append(value, for: key)
      case (nil, nil): break
      }
    }
  }
}

extension SmallDictionary: Sequence {
  @inlinable
  package func makeIterator() -> IndexingIterator<[(key: Key, value: Value)]> { pairs.makeIterator() }
}

extension SmallDictionary: ExpressibleByDictionaryLiteral {
  /// Of keys that stand twice the last value counts.
  @inlinable
  package init(dictionaryLiteral elements: (Key, Value)...) {
    for (key, value) in elements { self[key] = value }
  }
}

extension SmallDictionary: Equatable where Value: Equatable {
  @inlinable
  package static func == (left: SmallDictionary, right: SmallDictionary) -> Bool {
    left.pairs.count == right.pairs.count && left.pairs.allSatisfy { right[$0.key] == $0.value }
  }
}

extension SmallDictionary: Sendable where Key: Sendable, Value: Sendable {}
