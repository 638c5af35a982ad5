internal import Basics
internal import Imaging

/// Pictures that were decoded for frames before, as many as there is room for: a film shows the same people and places in many shots, and
/// decoding two pictures is two thirds of the time of a frame.
///
/// They are known by their content, so a file that has changed is another picture.
final class DecodedPictures {
  private struct Key: Hashable {
    let content: Digest
    let width: Int
    let height: Int
    let fill: Bool
  }

  /// Bytes of pixels that are kept: some thirty pictures as frames of 1280x720 show them in pairs.
  private static let room = 32 << 20

  private var pixels: [Key: Picture.Pixels] = [:]
  /// The one that was used last at the end.
  private var order: [Key] = []
  private var size = 0

  /// What `Picture.decode` gives.
  /// - Parameter content: the hash of `bytes`.
  func decode(
    _ bytes: [UInt8], _ content: Digest, _ path: ProjectPath, width: Int, height: Int, fill: Bool
  ) throws(ImagingError) -> Picture.Pixels {
    let key = Key(content: content, width: width, height: height, fill: fill)
    if let known = pixels[key] {
      if let place = order.lastIndex(of: key) { order.append(order.remove(at: place)) }
      return known
    }
    let decoded = try Picture.decode(bytes, path, width: width, height: height, fill: fill)
    keep(decoded, as: key)
    return decoded
  }

  private func keep(_ decoded: Picture.Pixels, as key: Key) {
    // One that would push most of the others out is better decoded again.
    if decoded.size > Self.room / 4 { return }
    pixels[key] = decoded
    order.append(key)
    size += decoded.size
    while size > Self.room {
      if let oldest = pixels.removeValue(forKey: order.removeFirst()) { size -= oldest.size }
    }
  }
}

extension Picture.Pixels {
  /// In bytes.
  fileprivate var size: Int { values.count * MemoryLayout<UInt32>.stride }
}
