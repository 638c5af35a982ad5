internal import Basics
internal import Glibc
internal import HTTPServer

/// The first picture of a film, by ffmpeg where there is one. Files come from strangers: it runs with limits on memory, time and what it
/// writes, gets the open file and nothing else, and may open nothing by itself.
enum PosterFrame {
  private static let patience = 20.0
  private static let largest = 8 << 20

  static func webp(of file: borrowing Descriptor, width: Int) throws(HTTPFault) -> [UInt8] {
    guard let ffmpeg = Programs.find("ffmpeg"), let prlimit = Programs.find("prlimit") else {
      throw HTTPFault(404, "unreadable", "a film's first picture needs ffmpeg", hint: "apt install ffmpeg")
    }
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw HTTPFault(404, "unreadable", "no pipe") }
    let reading = Descriptor(owning: ends[0])
    let writing = Descriptor(owning: ends[1])
    let child: ChildProcess
    do throws(FileError) {
      child = try ChildProcess(
        starting: prlimit,
        arguments: [
          "--as=3221225472", "--cpu=15", "--fsize=0", "--nofile=64", "--core=0", "--", ffmpeg, "-nostdin", "-v",
          "error",
          "-protocol_whitelist", "file,pipe,fd", "-threads", "1", "-i", "file:/proc/self/fd/0", "-an", "-sn", "-dn",
          "-frames:v", "1", "-vf",
          "scale=w='min(\(width),iw)':h='min(\(width),ih)':force_original_aspect_ratio=decrease", "-c:v", "libwebp",
          "-quality", "75", "-f", "webp", "pipe:1",
        ], environment: ["LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin"], directory: "/", input: .descriptor(file.raw),
        output: .descriptor(writing.raw), error: .null)
    } catch {
      throw HTTPFault(404, "unreadable", "ffmpeg cannot be started: \(error)")
    }
    try? writing.close("ffmpeg")
    let isOver = Monitor(false)
    NamedThread.start("poster clock") {
      if isOver.wait(atMost: patience, for: { $0 ? true : nil }) == nil { child.signal(SIGKILL) }
    }
    let bytes = try? reading.readAll(limit: largest, sizeHint: 64 << 10, path: "ffmpeg")
    isOver.change { $0 = true }
    guard let bytes, bytes.count > 16 else {
      throw HTTPFault(404, "damaged", "ffmpeg finds no picture in it")
    }
    return bytes
  }
}
