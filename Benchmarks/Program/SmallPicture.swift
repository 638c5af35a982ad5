/// A PNG of one grey, with a text in it that makes its bytes its own.
enum SmallPicture {
  static let side = 64

  static func png(saying text: String) -> [UInt8] {
    let header = bigEndian(UInt32(side)) + bigEndian(UInt32(side)) + [8, 0, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", header) + chunk("tEXt", Array("Recipe\0\(text)".utf8)) + chunk("IDAT", rows) + chunk("IEND", [])
  }

  /// A zlib stream with one stored block: a filter byte and `side` pixels for each row.
  private static let rows: [UInt8] = {
    let pixels = [UInt8](repeating: 0, count: side * (side + 1))
    let length = UInt16(pixels.count)
    let header: [UInt8] = [0x78, 0x01, 0x01]
    let lengths = [length, ~length].flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    // Adler-32 of zeros: 1 in its low half, their number in the high one.
    return header + lengths + pixels + bigEndian(UInt32(pixels.count) << 16 | 1)
  }()

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let content = Array(name.utf8) + data
    return bigEndian(UInt32(data.count)) + content + bigEndian(crc(content))
  }

  private static func bigEndian(_ number: UInt32) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }

  /// CRC-32 as in the PNG specification, annex D.
  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(0xFFFF_FFFF) { remainder, byte in
      remainder >> 8 ^ table[Int(UInt8(truncatingIfNeeded: remainder) ^ byte)]
    }
  }

  private static let table: [UInt32] = (0..<256).map { number in
    (0..<8).reduce(number) { remainder, _ in remainder & 1 == 1 ? 0xEDB8_8320 ^ remainder >> 1 : remainder >> 1 }
  }
}
