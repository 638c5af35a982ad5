package import Basics

/// The name of a take's file: `shot_002.still-7f3a9c21-b04d11aa.png`, or `animatic-51d2a3b0-0c9e8f71.mp4` for a sequence.
///
/// Made of the recipe's and the output's hash, never counted: two machines that make the same bytes write the same file, and
/// two that make different ones never meet in a merge.
package struct TakeName: Hashable, Sendable, CustomStringConvertible {
  /// The shot's id as a file name; nil when the take is the whole sequence's.
  package var shot: String?
  package var kind: Kind
  /// Eight hexadecimal digits of the fingerprint.
  package var recipe: String
  /// Eight hexadecimal digits of the output's hash.
  package var output: String
  /// The extension without its dot, lower case.
  package var fileExtension: String

  package init(shot: ShotID?, kind: Kind, fingerprint: Digest, output: Digest, fileExtension: String) {
    self.shot = shot?.fileName
    self.kind = kind
    self.recipe = fingerprint.short
    self.output = output.short
    self.fileExtension = fileExtension
  }

  /// Reads a name; nil for files that are no takes of ours.
  package init?(_ name: String) { self.init(bytes: Array(name.utf8)[...]) }

  /// The same for a name as the kernel has it. It is read from its end: that of most files is no take's.
  package init?(bytes name: ArraySlice<UInt8>) {
    let dot = UInt8(ascii: ".")
    guard let lastDot = name.lastIndex(of: dot), lastDot + 1 < name.endIndex else { return nil }
    let front = name[..<lastDot]
    let shotEnd = front.lastIndex(of: dot)
    let middle = front[(shotEnd.map { $0 + 1 } ?? front.startIndex)...]
    // `-7f3a9c21-b04d11aa`
    let hashes = middle.suffix(18)
    guard hashes.count == 18, hashes[hashes.startIndex] == UInt8(ascii: "-"),
      hashes[hashes.startIndex + 9] == UInt8(ascii: "-")
    else { return nil }
    let recipe = hashes.dropFirst().prefix(8)
    let output = hashes.suffix(8)
    guard Self.isHash(recipe), Self.isHash(output),
      let kind = Kind(String(decoding: middle.dropLast(18), as: UTF8.self))
    else { return nil }
    if let shotEnd {
      let shot = front[..<shotEnd]
      if shot.isEmpty || shot.contains(dot) { return nil }
      self.shot = String(decoding: shot, as: UTF8.self)
    } else {
      shot = nil
    }
    self.kind = kind
    self.recipe = String(decoding: recipe, as: UTF8.self)
    self.output = String(decoding: output, as: UTF8.self)
    fileExtension = String(decoding: name[(lastDot + 1)...], as: UTF8.self)
  }

  private static func isHash(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }

  package var description: String {
    (shot.map { "\($0)." } ?? "") + "\(kind)-\(recipe)-\(output).\(fileExtension)"
  }

  /// The extension for a media type that engines give; nil for types that no engine of ours makes.
  package static func fileExtension(for type: String) -> String? {
    switch type {
    case "image/png": "png"
    case "image/jpeg": "jpg"
    case "image/webp": "webp"
    case "image/gif": "gif"
    case "video/mp4": "mp4"
    case "video/webm": "webm"
    case "video/quicktime": "mov"
    case "video/x-matroska": "mkv"
    case "audio/wav", "audio/x-wav": "wav"
    case "audio/flac": "flac"
    case "audio/mpeg": "mp3"
    case "audio/mp4": "m4a"
    case "audio/ogg": "ogg"
    case "text/plain": "txt"
    default: nil
    }
  }
}
