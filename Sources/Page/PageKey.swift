package import Basics

/// Short names of shots and takes in the page's addresses: twelve characters, the same after every restart and on every machine.
package enum PageKey {
  private static let length = 12

  /// Of a file of the project.
  package static func of(_ path: ProjectPath) -> String { Digest(of: path.bytes).text(of: length) }

  /// Of a shot, by its address. No path has a colon where this has one.
  package static func of(shot address: String) -> String { Digest(of: Array("shot:\(address)".utf8)).text(of: length) }

  package static func isKey(_ text: String) -> Bool {
    text.utf8.count == length
      && text.utf8.allSatisfy {
        switch $0 {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
      }
  }
}
