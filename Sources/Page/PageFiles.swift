internal import Basics
internal import CPage
internal import Glibc
internal import HTTPServer

/// The page's own files, as they were compiled in.
struct PageFiles: Sendable {
  private struct File {
    var bytes: [UInt8]
    var etag: String
    var type: String
  }

  private let files: [String: File]

  init() {
    var files: [String: File] = [:]
    for index in 0..<reel_page_count() {
      guard let name = reel_page_name(index), let start = reel_page_bytes(index) else { continue }
      let bytes = Array(UnsafeBufferPointer(start: start, count: reel_page_length(index)))
      files[String(cString: name)] = Self.file(String(cString: name), bytes)
    }
    self.files = files
  }

  private static func file(_ name: String, _ bytes: [UInt8]) -> File {
    File(bytes: bytes, etag: "\"\(Digest(of: bytes).text(of: 16))\"", type: type(of: name))
  }

  var names: [String] { files.keys.sorted() }

  /// - Parameter name: as it was sent; only exact names are any.
  func response(_ name: String, _ head: RequestHead) throws(HTTPFault) -> Response {
    guard let file = current(name) else { throw HTTPFault(404, "not-found", "the page has no file of that name") }
    let headers = [("ETag", file.etag), ("Cache-Control", "no-cache")]
    if head.value(of: "if-none-match").map({ Conditions.matches($0, file.etag) }) ?? false {
      return Response(304, headers)
    }
    return Response(200, [("Content-Type", file.type)] + headers, .bytes(file.bytes))
  }

  private func current(_ name: String) -> File? {
    #if DEBUG
      // For who works on them: a change shows when the page is loaded again.
      if let folder = getenv("REEL_PAGE_FILES").map({ String(cString: $0) }), Self.isName(name),
        let bytes = (try? Folder(opening: folder)).flatMap({
          try? $0.read(ProjectPath(trusted: name), limit: 16 << 20).bytes
        })
      {
        return Self.file(name, bytes)
      }
    #endif
    return files[name]
  }

  private static func isName(_ name: String) -> Bool {
    !name.hasPrefix(".")
      && name.utf8.allSatisfy {
        switch $0 {
        case 0x30...0x39, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
      }
  }

  private static func type(of name: String) -> String {
    switch name.split(separator: ".").last {
    case "html"?: "text/html; charset=utf-8"
    case "css"?: "text/css; charset=utf-8"
    case "js"?: "text/javascript; charset=utf-8"
    case "svg"?: "image/svg+xml"
    case "png"?: "image/png"
    case "woff2"?: "font/woff2"
    default: "application/octet-stream"
    }
  }
}
