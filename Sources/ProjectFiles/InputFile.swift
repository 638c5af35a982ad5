package import Basics

/// A file that a recipe may name, such as a reference image, as far as it was looked at.
package struct InputFile: Hashable, Sendable {
  package var stamp: FileStamp
  package var content: Content

  package enum Content: Hashable, Sendable {
    /// Seen, but nobody asked for its hash yet.
    case unread
    /// Being read: its hash comes.
    case reading
    case here(Digest, ImageFormat)
    /// A picture whose end is missing: it is still being copied, or was cut off.
    case incomplete
    /// A git-lfs pointer: the hash of the real content is known, the content is not here.
    case pointer(Digest)
    case unreadable(FileError)
  }

  package init(stamp: FileStamp, content: Content) {
    self.stamp = stamp
    self.content = content
  }
}
