/// What goes between us and `reel-imaging`: a JSON object on a line each way; the bytes of a picture follow their line as they are.
package enum ImagingWire {
  package enum Reply: Sendable, Hashable {
    case facts(ImageFacts)
    /// That many bytes follow.
    case picture(Int)
    case error(ImagingError)
  }

  /// Replies are short; a longer line is none of `reel-imaging`.
  static let longestReply = 64 * 1024

  static func line(for request: ImagingRequest, id: Int) -> [UInt8] { [] }
  static func reply(in line: [UInt8], to id: Int) -> Reply? { nil }
}
