/// What a take's file is, told by its content: names lie.
package struct MediaType: Hashable, Sendable {
  /// Such as `image/png`.
  package var name: String
  /// Pixels, as the file's head says; nil for sound, and for films.
  package var width: Int?
  package var height: Int?

  package var isPicture: Bool { name.hasPrefix("image/") }
  package var isFilm: Bool { name.hasPrefix("video/") }
  package var isSound: Bool { name.hasPrefix("audio/") }

  /// Whether a take of a kind can be this.
  package func suits(_ kind: Kind) -> Bool {
    switch kind {
    case .still: isPicture
    case .voice: isSound
    case .clip, .talk, .animatic: isFilm
    default: true
    }
  }

  /// How many bytes from the beginning tell all: a JPEG has its size behind its EXIF data, which may hold a thumbnail.
  package static let headSize = 256 << 10

  /// Tells the type; nil for what is no picture, film or sound that takes are made of.
  /// - Parameter head: the first `headSize` bytes, or all.
  package init?(head: [UInt8]) {
    switch ImageFormat(head: head) {
    case .png: (name, width, height) = ("image/png", Self.big(head, 16, 4), Self.big(head, 20, 4))
    case .jpeg:
      let size = Self.jpegSize(head)
      (name, width, height) = ("image/jpeg", size?.width, size?.height)
    case .webp:
      let size = Self.webpSize(head)
      (name, width, height) = ("image/webp", size?.width, size?.height)
    case .gif: (name, width, height) = ("image/gif", Self.little(head, 6, 2), Self.little(head, 8, 2))
    case .tiff, .heif: return nil
    case .unknown:
      guard let name = Self.filmOrSound(head) else { return nil }
      self.name = name
    }
  }

  private static func filmOrSound(_ head: [UInt8]) -> String? {
    func has(_ text: String, at offset: Int = 0) -> Bool {
      let bytes = Array(text.utf8)
      return head.count >= offset + bytes.count && head[offset..<(offset + bytes.count)].elementsEqual(bytes)
    }
    if has("ftyp", at: 4) {
      return has("qt  ", at: 8) ? "video/quicktime" : has("M4A ", at: 8) ? "audio/mp4" : "video/mp4"
    }
    if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) {
      // The document's type stands among the first elements.
      let start = head.prefix(128)
      return (0..<max(0, start.count - 4)).contains { has("webm", at: $0) } ? "video/webm" : "video/x-matroska"
    }
    if has("RIFF"), has("WAVE", at: 8) { return "audio/wav" }
    if has("fLaC") { return "audio/flac" }
    if has("OggS") { return "audio/ogg" }
    // A frame of MPEG audio, layer 3, with or without a tag before it.
    if has("ID3") || head.count > 2 && head[0] == 0xFF && [0xFB, 0xFA, 0xF3, 0xF2].contains(head[1]) {
      return "audio/mpeg"
    }
    return nil
  }

  // MARK: Sizes

  private static func big(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int? {
    guard offset >= 0, bytes.count >= offset + count else { return nil }
    return bytes[offset..<(offset + count)].reduce(0) { $0 << 8 | Int($1) }
  }

  private static func little(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int? {
    guard offset >= 0, bytes.count >= offset + count else { return nil }
    return bytes[offset..<(offset + count)].reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// Behind the first marker of a frame (SOF): C0 to CF but for tables (C4, C8, CC).
  private static func jpegSize(_ bytes: [UInt8]) -> (width: Int, height: Int)? {
    var offset = 2
    while offset + 9 < bytes.count, bytes[offset] == 0xFF {
      let marker = bytes[offset + 1]
      if marker == 0xFF {
        offset += 1
        continue
      }
      if (0xC0...0xCF).contains(marker), ![0xC4, 0xC8, 0xCC].contains(marker) {
        guard let height = big(bytes, offset + 5, 2), let width = big(bytes, offset + 7, 2) else { return nil }
        return (width, height)
      }
      guard let length = big(bytes, offset + 2, 2) else { return nil }
      offset += 2 + length
    }
    return nil
  }

  /// In three forms: lossy, lossless, extended.
  private static func webpSize(_ bytes: [UInt8]) -> (width: Int, height: Int)? {
    guard bytes.count >= 30 else { return nil }
    switch String(decoding: bytes[12..<16], as: UTF8.self) {
    case "VP8 ":
      guard let width = little(bytes, 26, 2), let height = little(bytes, 28, 2) else { return nil }
      return (width & 0x3FFF, height & 0x3FFF)
    case "VP8L":
      guard let bits = little(bytes, 21, 4) else { return nil }
      return ((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1)
    case "VP8X":
      guard let width = little(bytes, 24, 3), let height = little(bytes, 27, 3) else { return nil }
      return (width + 1, height + 1)
    default: return nil
    }
  }
}
