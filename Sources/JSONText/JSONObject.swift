internal import Basics

/// The members of an object, in order, each key once.
///
/// Keys are the same when their bytes are. Two objects are equal whatever the order of their members.
package struct JSONObject: Sendable {
  private var list: [(key: String, value: JSON)] = []
  /// Where each key stands in `list`; kept only from `indexedFrom` members on, as going through a few keys is quicker.
  private var places: [UTF8Key: Int] = [:]

  private static let indexedFrom = 24

  package init() {}

  init(reserving count: Int) {
    list.reserveCapacity(count)
  }

  /// Of keys that stand twice the last value counts, at the place of the first.
  package init(_ members: some Sequence<(String, JSON)>) {
    list.reserveCapacity(members.underestimatedCount)
    for (key, value) in members { self[key] = value }
  }

  package var count: Int { list.count }
  package var isEmpty: Bool { list.isEmpty }

  /// The keys in order.
  package var keys: [String] { list.map(\.key) }

  /// The value of a key. Setting replaces the value at its place or appends a member; setting nil removes the member.
  package subscript(key: String) -> JSON? {
    get { place(of: key).map { list[$0].value } }
    set {
      switch (place(of: key), newValue) {
      case (let place?, let value?): list[place].value = value
      case (nil, let value?): append(key, value)
      case (let place?, nil):
        list.remove(at: place)
        if list.count < Self.indexedFrom { places = [:] } else { indexAll() }
      case (nil, nil): break
      }
    }
  }

  /// A member by its place in the order, from 0 on.
  subscript(position place: Int) -> (key: String, value: JSON) { list[place] }

  mutating func appendIfAbsent(_ key: String, _ value: JSON) {
    if place(of: key) == nil { append(key, value) }
  }

  private mutating func append(_ key: String, _ value: JSON) {
    list.append((key, value))
    if list.count == Self.indexedFrom {
      indexAll()
    } else if list.count > Self.indexedFrom {
      places[UTF8Key(key)] = list.count - 1
    }
  }

  private func place(of key: String) -> Int? {
    if list.count >= Self.indexedFrom { return places[UTF8Key(key)] }
    return list.firstIndex { $0.key.hasSameBytes(as: key) }
  }

  private mutating func indexAll() {
    places.removeAll(keepingCapacity: true)
    for (place, member) in list.enumerated() { places[UTF8Key(member.key)] = place }
  }
}

extension JSONObject: Sequence {
  package var underestimatedCount: Int { count }

  package func makeIterator() -> IndexingIterator<[(key: String, value: JSON)]> { list.makeIterator() }
}

extension JSONObject: Hashable {
  package static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
  }

  package func hash(into hasher: inout Hasher) {
    // A sum, as the order must not count.
    var sum = 0
    for (key, value) in list {
      var member = Hasher()
      key.hashBytes(into: &member)
      member.combine(value)
      sum &+= member.finalize()
    }
    hasher.combine(count)
    hasher.combine(sum)
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral members: (String, JSON)...) { self.init(members) }
}
