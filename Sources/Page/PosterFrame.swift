internal import Basics
internal import CShims
internal import Glibc
internal import ProjectFiles

/// The first picture of a film, by ffmpeg where there is one.
///
/// Films come from strangers. ffmpeg gets the open file and no name, and is told what the first bytes say that it is: what it finds out by itself
/// may be a list that names other files and hosts. It runs with limits on memory, time and what it writes.
struct PosterFrame {
  /// Why there is no picture.
  enum Refusal: Error {
    /// It could not be tried. Another time there may be a picture.
    case untried(String)
    /// There is none in it.
    case none(String)
    case damaged(String)
  }

  private let prlimit: String
  private let ffmpeg: String
  private let ffprobe: String?

  /// In seconds.
  private static let patience = 20
  private static let largest = 8 << 20

  /// Nil where there is no ffmpeg. It is looked for each time: it may be installed meanwhile.
  init?() {
    guard let prlimit = Programs.find("prlimit"), let ffmpeg = Programs.find("ffmpeg") else { return nil }
    (self.prlimit, self.ffmpeg, ffprobe) = (prlimit, ffmpeg, Programs.find("ffprobe"))
  }

  /// As WebP, no side longer than `width`, never enlarged.
  func webp(of file: borrowing Descriptor, _ type: MediaType, width: Int) throws(Refusal) -> [UInt8] {
    let deadline = ContinuousClock.now + .seconds(Self.patience)
    let scale = "scale=w='min(\(width),iw)':h='min(\(width),ih)':force_original_aspect_ratio=decrease"
    let picture = try run(
      ffmpeg,
      ["-nostdin", "-v", "error", "-threads", "1"] + Self.input(type) + [
        "-map", "0:v:0", "-frames:v", "1", "-vf", scale, "-c:v", "libwebp", "-quality", "75", "-f", "webp", "pipe:1",
      ], on: file, until: deadline)
    if picture.exit.isSuccess, picture.output.count > 16 { return picture.output }
    // It says the same of a film without pictures as of one that is broken.
    if let ffprobe {
      let streams = try run(
        ffprobe, ["-v", "error"] + Self.input(type) + ["-show_entries", "stream=codec_type", "-of", "csv=p=0"],
        on: file,
        until: deadline)
      let hasPictures = String(decoding: streams.output, as: UTF8.self).contains("video")
      if streams.exit.isSuccess, !hasPictures { throw .none("there are no pictures in it") }
    }
    throw .damaged("ffmpeg finds no picture in it")
  }

  /// The open file, whose reading begins at its beginning whatever was read of it before.
  private static func input(_ type: MediaType) -> [String] {
    let isMatroska = type.name == "video/webm" || type.name == "video/x-matroska"
    return ["-f", isMatroska ? "matroska" : "mov", "-protocol_whitelist", "file", "-i", "file:/proc/self/fd/0"]
  }

  /// What a program says of the file, and how it ended. One that takes too long is killed, with all that it started.
  private func run(
    _ program: String, _ arguments: [String], on file: borrowing Descriptor, until deadline: ContinuousClock.Instant
  ) throws(Refusal) -> (output: [UInt8], exit: ChildProcess.Exit) {
    var ends: [Int32] = [0, 0]
    guard reel_pipe(&ends) == 0 else { throw .untried("there is no pipe for it") }
    let reading = Descriptor(owning: ends[0])
    let writing = Descriptor(owning: ends[1])
    let child: ChildProcess
    do throws(FileError) {
      child = try ChildProcess(
        starting: prlimit,
        arguments: ["--as=3221225472", "--cpu=15", "--fsize=0", "--nofile=64", "--core=0", "--", program] + arguments,
        environment: ["LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin"], directory: "/", input: .descriptor(file.raw),
        output: .descriptor(writing.raw), error: .null)
    } catch {
      throw .untried("ffmpeg cannot be started: \(error)")
    }
    try? writing.close("ffmpeg")
    let output = Self.read(reading.raw, until: deadline)
    if output == nil { child.signal(SIGKILL, toGroup: true) }
    let exit = Monitor<ChildProcess.Exit?>(nil)
    Task {
      let how = await child.waitForExit()
      exit.change { $0 = how }
    }
    // It may have closed its output and go on.
    let left = max(0.1, Double((deadline - .now) / .milliseconds(1)) / 1000)
    let how = exit.wait(atMost: left) { $0 }
    if how == nil { child.signal(SIGKILL, toGroup: true) }
    guard let output, let how else { throw .damaged("no picture came of it within \(Self.patience) seconds") }
    return (output, how)
  }

  /// All that comes through a pipe, up to a limit; nil when its end does not come in time.
  private static func read(_ raw: Int32, until deadline: ContinuousClock.Instant) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count <= largest {
      let left = Int32((deadline - .now) / .milliseconds(1))
      if left <= 0 { return nil }
      var ready = pollfd(fd: raw, events: Int16(POLLIN), revents: 0)
      if poll(&ready, 1, left) <= 0 { continue }
      let count = Glibc.read(raw, &buffer, buffer.count)
      if count == 0 { return bytes }
      if count > 0 { bytes += buffer[..<count] }
    }
    return nil
  }
}
