/// One value of a parsed text: where it stands and what comes after it.
///
/// The entries of a document lie in one array, the tape, in the order of the text: an array is followed by its elements,
/// an object by key, value, key, value. Nothing is allocated per value, and a value is skipped by going to `next`.
/// The kind is not stored: the byte at `start` tells it. Offsets have 32 bits, which is what limits a document to
/// `JSONDocument.largestSize`.
struct JSONTapeEntry: Sendable {
  /// The offset of the first byte, and of the one after the last.
  var start: UInt32
  var end: UInt32
  /// The place on the tape after this value and all that is in it.
  var next: UInt32
  /// How many elements or members; for a string 1 if it has escapes, else 0.
  var count: UInt32
}
