/// Why no picture came back.
package struct ImagingError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Stable names: scripts, the journal and the protocol of `reel-imaging` carry them.
  package enum Code: String, Sendable, Hashable {
    /// No picture of a known kind, damaged, or one that killed or outlasted the program that decodes.
    case unreadableImage = "unreadable-image"
    /// More pixels than are ever decoded.
    case tooLarge = "too-large"
    /// The file is not there or may not be read.
    case unreadableFile = "unreadable-file"
    /// The file no longer has the content that was asked for.
    case changedFile = "changed-file"
    /// The request itself is wrong: a bug of ours, or a size that cannot be drawn.
    case badRequest = "bad-request"
    /// `reel-imaging` could not be started: the installation is not complete.
    case notInstalled = "not-installed"
    /// `reel-imaging` ended or stood still, and did so again.
    case died
    /// The task was cancelled, or this was asked after `stop()`.
    case cancelled
  }

  package var code: Code
  /// A full sentence, with the file in it where there is one.
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
