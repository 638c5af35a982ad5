/// A file that a server made, as its history names it.
struct ComfyUIFile: Hashable, Sendable {
  /// The node that it came from.
  var node: String
  var name: String
  /// Below the folder of its type; empty for none.
  var subfolder: String
  /// `output`, `temp` or `input`.
  var type: String

  /// The query of `GET /view`.
  var query: String {
    "filename=\(ComfyUIText.escaped(name))&subfolder=\(ComfyUIText.escaped(subfolder))&type=\(ComfyUIText.escaped(type))"
  }
}

/// Texts in URLs.
enum ComfyUIText {
  private static let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
  private static let digits = Array("0123456789ABCDEF".utf8)

  /// Every byte that means something in a URL, or nothing at all, as `%XX`.
  static func escaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      if plain.contains(byte) {
        bytes.append(byte)
      } else {
        bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
