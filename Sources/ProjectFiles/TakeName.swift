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
  package init?(_ name: String) {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 2 || parts.count == 3, let ending = parts.last, !ending.isEmpty else { return nil }
    let middle = parts[parts.count - 2].split(separator: "-", omittingEmptySubsequences: false)
    guard middle.count == 3, let kind = Kind(String(middle[0])), Self.isHash(middle[1]), Self.isHash(middle[2]) else {
      return nil
    }
    if parts.count == 3, parts[0].isEmpty { return nil }
    self.shot = parts.count == 3 ? String(parts[0]) : nil
    self.kind = kind
    self.recipe = String(middle[1])
    self.output = String(middle[2])
    self.fileExtension = String(ending)
  }

  private static func isHash(_ text: Substring) -> Bool {
    text.utf8.count == 8 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
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
