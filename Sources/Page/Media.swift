internal import Basics
internal import CShims
internal import Glibc
internal import HTTPServer
internal import ProjectFiles

/// Takes and pictures of the inbox, as they lie there, opened beneath the project folder and never by a path that a client sent.
struct Media: Sendable {
  let folder: Folder

  /// A file that is open, with what is known of it.
  final class OpenFile: Sendable {
    let descriptor: Descriptor
    let stamp: FileStamp
    /// The first bytes, which tell what it is.
    let head: [UInt8]

    init(_ descriptor: consuming Descriptor, stamp: FileStamp, head: [UInt8]) {
      self.descriptor = descriptor
      self.stamp = stamp
      self.head = head
    }
  }

  func open(_ path: ProjectPath) throws(HTTPFault) -> OpenFile {
    let descriptor = try descriptor(of: path)
    var status = stat()
    guard fstat(descriptor.raw, &status) == 0, reel_is_regular(status.st_mode) != 0 else {
      throw HTTPFault(404, "unreadable", "it is no file")
    }
    let head = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
      count = max(0, pread(descriptor.raw, buffer.baseAddress, buffer.count, 0))
    }
    return OpenFile(descriptor, stamp: FileStamp(status), head: head)
  }

  private func descriptor(of path: ProjectPath) throws(HTTPFault) -> Descriptor {
    do throws(FileError) {
      // O_NONBLOCK: a named pipe must not hold us up; it has no effect on regular files.
      return try folder.open(path, O_RDONLY | O_NONBLOCK)
    } catch {
      throw HTTPFault(404, error.isAbsence ? "absent" : "unreadable", "it cannot be read: \(error.reason)")
    }
  }

  /// The file or the part of it that is asked for.
  /// - Parameter isCurrent: whether the client asked for the version that lies there: such an answer never changes.
  func response(_ path: ProjectPath, _ head: RequestHead, isCurrent: Bool, asDownload: Bool) throws(HTTPFault)
    -> Response
  {
    let file = try open(path)
    let stamp = file.stamp
    let tag =
      "\"\(Digest(of: Array("\(stamp.size) \(stamp.modified) \(stamp.changed) \(stamp.inode)".utf8)).text(of: 16))\""
    // Told by the first bytes. What is none of these may be a page or a drawing with a script in it, and is never shown.
    let type = MediaType(head: file.head)
    let isShown = type != nil && !asDownload
    var headers = [
      ("Content-Type", type?.name ?? "application/octet-stream"), ("ETag", tag), ("Accept-Ranges", "bytes"),
      ("Cache-Control", isCurrent ? "private, max-age=31536000, immutable" : "private, no-cache"),
      ("Content-Security-Policy", "default-src 'none'; sandbox"),
    ]
    headers.append(("Content-Disposition", Self.disposition(isShown ? "inline" : "attachment", path.name)))
    if let known = head.value(of: "if-none-match"), Conditions.matches(known, tag) { return Response(304, headers) }
    switch Conditions.part(head, size: stamp.size, tag: tag) {
    case .whole:
      return Response(200, headers, .file(try body(file, 0..<stamp.size)))
    case .range(let range):
      headers.append(("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(stamp.size)"))
      return Response(206, headers, .file(try body(file, range)))
    case .unsatisfiable:
      return Response(416, [("Content-Range", "bytes */\(stamp.size)")])
    }
  }

  /// A descriptor of its own, which is closed when the answer was sent.
  private func body(_ file: OpenFile, _ range: Range<Int64>) throws(HTTPFault) -> FileBody {
    let raw = reel_fcntl(file.descriptor.raw, F_DUPFD_CLOEXEC, 3)
    if raw < 0 { throw HTTPFault(503, "busy", "too many files are open") }
    return FileBody(Descriptor(owning: raw), offset: range.lowerBound, count: Int64(range.count))
  }

  /// With a name that any system can have, and the real one for those that understand it (RFC 6266).
  static func disposition(_ kind: String, _ name: String) -> String {
    let plain = String(
      name.unicodeScalars.map { scalar -> Character in
        let isSafe =
          scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789._- ".unicodeScalars.contains(scalar))
        return isSafe ? Character(scalar) : "_"
      })
    let escaped = name.utf8.map { byte -> String in
      let isSafe =
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
      let digits = String(byte, radix: 16, uppercase: true)
      return isSafe ? String(UnicodeScalar(byte)) : "%\(digits.count == 1 ? "0" : "")\(digits)"
    }.joined()
    return "\(kind); filename=\"\(plain)\"; filename*=UTF-8''\(escaped)"
  }
}
