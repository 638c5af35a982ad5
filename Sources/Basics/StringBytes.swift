internal import Glibc

extension String {
  /// Whether both are the same bytes. `==` is canonical equivalence: to it `é` in one code point and in two are equal.
  package func hasSameBytes(as other: String) -> Bool {
    if utf8.count != other.utf8.count { return false }
    let isSame = utf8.withContiguousStorageIfAvailable { left in
      other.utf8.withContiguousStorageIfAvailable { right in
        guard let left = left.baseAddress, let right = right.baseAddress else { return true }
        return memcmp(left, right, utf8.count) == 0
      }
    }
    // A string that is not kept as UTF-8 does not occur on Linux, but may.
    return isSame.flatMap { $0 } ?? utf8.elementsEqual(other.utf8)
  }

  /// All bytes in one go: one by one takes four times as long.
  package func hashBytes(into hasher: inout Hasher) {
    var text = self
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(0xFF as UInt8)
  }
}
