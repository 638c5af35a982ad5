internal import Basics
internal import Glibc

/// How long a film or a sound lasts, as its container says.
///
/// MP4 and MOV say it in their `mvhd` box, wherever that lies; of WAV the size of the data and the bytes a second tell. What others say can be
/// known only by reading much of them, which is not done here. The files may be strangers': a few small reads, sizes checked against the file's.
enum MediaLength {
  /// Seconds; nil where the file does not say.
  static func seconds(of path: ProjectPath, in folder: Folder) -> Double? {
    guard let file = try? folder.open(path, O_RDONLY | O_NONBLOCK) else { return nil }
    var status = stat()
    guard fstat(file.raw, &status) == 0, let head = bytes(file, at: 0, 12) else { return nil }
    let size = Int64(status.st_size)
    let seconds =
      head[4..<8].elementsEqual("ftyp".utf8)
      ? film(file, size)
      : head[0..<4].elementsEqual("RIFF".utf8) && head[8..<12].elementsEqual("WAVE".utf8) ? sound(file, size) : nil
    // A day is the longest that a shot may last; nothing, and more than that, is a file that says nothing.
    return seconds.flatMap { $0 > 0 && $0 <= 86_400 ? $0 : nil }
  }

  // MARK: MP4, MOV

  private static func film(_ file: borrowing Descriptor, _ size: Int64) -> Double? {
    guard let movie = box("moov", file, in: 0..<size), let header = box("mvhd", file, in: movie),
      let version = bytes(file, at: header.lowerBound, 1)?.first
    else { return nil }
    // Behind version, flags and two times: 32 bits each in version 0, 64 in version 1.
    let isLong = version == 1
    guard let scale = bytes(file, at: header.lowerBound + (isLong ? 20 : 12), 4),
      let length = bytes(file, at: header.lowerBound + (isLong ? 24 : 16), isLong ? 8 : 4), big(scale) > 0
    else { return nil }
    // All bits set: not known.
    return length.allSatisfy { $0 == 0xFF } ? nil : Double(big(length)) / Double(big(scale))
  }

  /// The content of the first box of a name.
  private static func box(_ name: String, _ file: borrowing Descriptor, in place: Range<Int64>) -> Range<Int64>? {
    var at = place.lowerBound
    for _ in 0..<1000 {
      guard place.upperBound - at >= 8, let head = bytes(file, at: at, 8) else { return nil }
      var header: Int64 = 8
      var size = Int64(big(head[0..<4]))
      if size == 1 {
        guard let large = bytes(file, at: at + 8, 8) else { return nil }
        (size, header) = (Int64(clamping: big(large)), 16)
      } else if size == 0 {
        size = place.upperBound - at
      }
      guard size >= header, size <= place.upperBound - at else { return nil }
      if head[4..<8].elementsEqual(name.utf8) { return (at + header)..<(at + size) }
      at += size
    }
    return nil
  }

  // MARK: WAV

  private static func sound(_ file: borrowing Descriptor, _ size: Int64) -> Double? {
    var at: Int64 = 12
    var rate: UInt64 = 0
    for _ in 0..<100 {
      guard size - at >= 8, let head = bytes(file, at: at, 8) else { return nil }
      // What is written while it is played says more than there is.
      let length = min(Int64(big(head[4..<8].reversed())), size - at - 8)
      if head[0..<4].elementsEqual("data".utf8) { return rate > 0 ? Double(length) / Double(rate) : nil }
      if head[0..<4].elementsEqual("fmt ".utf8) {
        guard length >= 12, let format = bytes(file, at: at + 8, 12) else { return nil }
        rate = big(format[8..<12].reversed())
      }
      at += 8 + length + length % 2
    }
    return nil
  }

  // MARK: Bytes

  private static func bytes(_ file: borrowing Descriptor, at offset: Int64, _ count: Int) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: count)
    return pread(file.raw, &bytes, count, off_t(offset)) == count ? bytes : nil
  }

  private static func big(_ bytes: some Sequence<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
