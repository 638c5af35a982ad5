internal import Archive
internal import Basics
internal import CShims
internal import Glibc
internal import HTTPClient
internal import HTTPServer
internal import Imaging

/// What `reel doctor` finds on the machine, whatever the project.
enum MachineFindings {
  static func programs() -> [Finding] {
    let helper = ImagingHelper.besideThisProgram
    let shown = TerminalText.escaped(helper)
    guard access(helper, X_OK) == 0 else {
      return [
        Finding(
          "reel-imaging", .error, "the program that draws and reads pictures is not at \(shown)",
          fix: "put it beside reel: make build, or make install")
      ]
    }
    return [Finding("reel-imaging", .ok, shown)]
  }

  /// The libraries that are loaded when there is something for them to do, each loaded here and now.
  static func libraries() -> [Finding] {
    let findings = [
      (CurlLibrary.missing, "no server can be asked"), (Server.missing, "reel watch has no page"),
      (ZipArchive.missing, "reel export writes no archives"),
    ].compactMap { missing, lost in
      missing.map { Finding("libraries", .error, "\($0); \(lost)", fix: $0.hint) }
    }
    return findings.isEmpty
      ? [Finding("libraries", .ok, "libarchive, libcurl and libmicrohttpd can be loaded")] : findings
  }

  /// - Parameter folders: how many this project watches; nil without a project.
  static func inotify(folders: Int?) -> [Finding] {
    guard let watches = limit("max_user_watches"), let instances = limit("max_user_instances") else {
      return [
        Finding(
          "inotify", .warning, "this system does not say its limits; it may have no events of files",
          fix: "reel watch --poll looks at the files every second")
      ]
    }
    return [inotify(folders: folders, InotifyUse.ofThisUser(), of: InotifyUse(watches: watches, instances: instances))]
  }

  static func inotify(folders: Int?, _ used: InotifyUse, of limits: InotifyUse) -> Finding {
    let needed = folders ?? 0
    if used.watches + needed > limits.watches {
      return Finding(
        "inotify", .error, "\(used.watches) of \(limits.watches) watches are in use, and this project needs \(needed)",
        fix: "sudo sysctl fs.inotify.max_user_watches=\(max(limits.watches * 2, 524_288))")
    }
    if used.instances >= limits.instances {
      return Finding(
        "inotify", .error, "all \(limits.instances) instances are in use",
        fix: "sudo sysctl fs.inotify.max_user_instances=\(max(limits.instances * 2, 512))")
    }
    let here = folders.map { "; this project needs \($0)" } ?? ""
    return Finding(
      "inotify", .ok,
      "\(used.watches) of \(limits.watches) watches and \(used.instances) of \(limits.instances) instances in use\(here)"
    )
  }

  private static func limit(_ name: String) -> Int? {
    guard let file = fopen("/proc/sys/fs/inotify/\(name)", "re") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 32)
    guard fgets(&line, Int32(line.count), file) != nil else { return nil }
    return Int(String(decoding: line.prefix { $0 != 0 && $0 != 10 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  /// The room on the file system of a folder.
  /// - Parameter wanted: bytes that should stay free.
  static func disk(_ subject: String, _ folder: String, wanted: Int) -> Finding? {
    guard let free = FreeDisk.bytes(at: folder).map({ Int($0) }) else { return nil }
    let shown = "\(ByteText.text(free)) free"
    if free >= wanted { return Finding(subject, .ok, shown) }
    return Finding(
      subject, .error, "\(shown), and `limits.freeDisk` wants \(ByteText.text(wanted)): engines that cost wait",
      fix: "make room (reel gc says what it can free), or lower `limits.freeDisk` in project.json")
  }

  /// Whether a folder lies where changes made on other machines give no events.
  static func fileSystem(of folder: String) -> Finding? {
    // By linux/magic.h.
    let remote: [UInt32: String] = [
      0x6969: "NFS", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB", 0x6573_5546: "FUSE", 0x0102_1997: "9P",
      0x0000_517B: "SMB",
    ]
    guard let name = remote[reel_file_system(folder)] else { return nil }
    return Finding(
      "file system", .warning, "\(name): changes made elsewhere may give no events here",
      fix: "reel watch --poll looks at the files every second")
  }
}
