/// What the first bytes of a file say it is. Names lie: a `.png` may be a JPEG, a `.jpg` an error page.
package enum ImageFormat: String, Hashable, Sendable {
  case png
  case jpeg
  case webp
  case gif
  case tiff
  case heif
  /// Not a picture that reel can draw.
  case unknown

  /// Tells the format by its signature.
  /// - Parameter head: at least the first 16 bytes of the file, or all of it.
  package init(head: [UInt8]) {
    func has(_ bytes: [UInt8], at offset: Int = 0) -> Bool {
      head.count >= offset + bytes.count && Array(head[offset..<(offset + bytes.count)]) == bytes
    }
    if has([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if has([0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if has(Array("RIFF".utf8)), has(Array("WEBP".utf8), at: 8) {
      self = .webp
    } else if has(Array("GIF8".utf8)) {
      self = .gif
    } else if has([0x49, 0x49, 0x2A, 0x00]) || has([0x4D, 0x4D, 0x00, 0x2A]) {
      self = .tiff
    } else if has(Array("ftyp".utf8), at: 4),
      ["heic", "heix", "mif1", "avif", "avis"].contains(where: { has(Array($0.utf8), at: 8) })
    {
      self = .heif
    } else {
      self = .unknown
    }
  }

  /// Whether the end of the file is there. A copy that is under way has the right beginning and no end.
  /// - Parameters:
  ///   - head: the first bytes, at least 12.
  ///   - tail: the last bytes, up to 64 KB: a JPEG may carry more behind its end marker.
  package func isComplete(head: [UInt8], tail: [UInt8], size: Int) -> Bool {
    switch self {
    case .png: return Self.contains(Array("IEND".utf8), in: tail)
    case .jpeg: return Self.contains([0xFF, 0xD9], in: tail)
    case .gif: return tail.last { $0 != 0 } == 0x3B
    case .webp:
      guard head.count >= 8 else { return false }
      let stated = Int(head[4]) | Int(head[5]) << 8 | Int(head[6]) << 16 | Int(head[7]) << 24
      return size >= stated + 8
    case .tiff, .heif: return true
    // Nothing says where such a file ends; but an empty one is only just begun.
    case .unknown: return size > 0
    }
  }

  private static func contains(_ needle: [UInt8], in bytes: [UInt8]) -> Bool {
    guard bytes.count >= needle.count else { return false }
    var index = bytes.count - needle.count
    while index >= 0 {
      if bytes[index] == needle[0], Array(bytes[index..<(index + needle.count)]) == needle { return true }
      index -= 1
    }
    return false
  }
}
