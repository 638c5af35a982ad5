/// Writes values in their canonical spelling, into one buffer.
struct CanonicalPrinter {
  private(set) var text: [UInt8] = []
  /// The members of the objects that are being written, those of outer ones first, each object's in the order of their keys. One
  /// array for all: most objects have few members, and memory of their own would cost more than sorting them.
  private var order: [Place] = []

  private struct Place {
    let key: CanonicalKey
    let number: Int
  }

  mutating func append(_ value: JSON) {
    switch value {
    case .null: text += "null".utf8
    case .bool(let value): text += (value ? "true" : "false").utf8
    case .number(let number): text += number.canonicalText.utf8
    case .string(let string): JSONEscapes.append(string, to: &text)
    case .array(let elements): append(elements)
    case .object(let members): append(members)
    }
  }

  private mutating func append(_ elements: [JSON]) {
    text.append(ASCII.openBracket)
    for (index, element) in elements.enumerated() {
      if index > 0 { text.append(ASCII.comma) }
      append(element)
    }
    text.append(ASCII.closeBracket)
  }

  private mutating func append(_ members: JSONObject) {
    let start = order.count
    sort(members)
    text.append(ASCII.openBrace)
    for place in start..<order.count {
      if place > start { text.append(ASCII.comma) }
      let member = members[position: order[place].number]
      JSONEscapes.append(member.key, to: &text)
      text.append(ASCII.colon)
      append(member.value)
    }
    text.append(ASCII.closeBrace)
    order.removeLast(order.count - start)
  }

  /// Puts the places of the members behind those that are there, sorted by their keys.
  private mutating func sort(_ members: JSONObject) {
    let start = order.count
    order.reserveCapacity(start + members.count)
    var isSorted = true
    for number in 0..<members.count {
      let place = Place(key: CanonicalKey(members[position: number].key), number: number)
      if number > 0, isSorted { isSorted = !Self.precedes(place, order[start + number - 1], in: members) }
      order.append(place)
    }
    if isSorted { return }
    order.withUnsafeMutableBufferPointer { all in
      var own = UnsafeMutableBufferPointer(rebasing: all[start...])
      if own.count > Self.few {
        own.sort { Self.precedes($0, $1, in: members) }
      } else {
        Self.insert(&own, members)
      }
    }
  }

  /// Up to so many members each is put in its place by going back from the end.
  private static let few = 16

  private static func insert(_ places: inout UnsafeMutableBufferPointer<Place>, _ members: JSONObject) {
    for next in 1..<places.count {
      let place = places[next]
      var free = next
      while free > 0, precedes(place, places[free - 1], in: members) {
        places[free] = places[free - 1]
        free -= 1
      }
      places[free] = place
    }
  }

  private static func precedes(_ left: Place, _ right: Place, in members: JSONObject) -> Bool {
    if left.key != right.key { return left.key < right.key }
    // Equal heads: alike in the first eight bytes, or the shorter key is all of the head.
    return members[position: left.number].key.utf16.lexicographicallyPrecedes(members[position: right.number].key.utf16)
  }
}

/// The beginning of a key as a number: of two keys with different beginnings the one with the smaller number comes first in canonical
/// JSON, where the order is that of UTF-16 code units.
///
/// UTF-8 sorts as UTF-16 does but for one thing: what UTF-16 writes with surrogates (from D800 on) comes before U+E000 to U+FFFF there. In
/// UTF-8 those begin with EE and EF, the others with F0 to F4, and bytes that continue a letter are below C0. So EE and EF are made F5
/// and F6, which do not occur, and bytes can be compared.
private struct CanonicalKey: Equatable {
  /// The first eight bytes, the first in the highest place; zeros where there are no more.
  private let head: UInt64

  init(_ key: String) {
    var head: UInt64 = 0
    let isRead: Void? = key.utf8.withContiguousStorageIfAvailable { bytes in
      if bytes.count >= 8 {
        head = UInt64(bigEndian: UnsafeRawBufferPointer(bytes).loadUnaligned(as: UInt64.self))
      } else {
        for byte in bytes { head = head << 8 | UInt64(byte) }
        head <<= UInt64(8 * (8 - bytes.count))
      }
    }
    if isRead == nil {
      for (place, byte) in key.utf8.prefix(8).enumerated() { head |= UInt64(byte) << UInt64(56 - 8 * place) }
    }
    // Plain ASCII needs no second look.
    self.head = head & 0x8080_8080_8080_8080 == 0 ? head : Self.reordered(head)
  }

  private static func reordered(_ head: UInt64) -> UInt64 {
    var result: UInt64 = 0
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      let byte = head >> shift & 0xFF
      result = result << 8 | (byte == 0xEE || byte == 0xEF ? byte + 7 : byte)
    }
    return result
  }

  static func < (left: CanonicalKey, right: CanonicalKey) -> Bool { left.head < right.head }
}
