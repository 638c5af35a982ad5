internal import Glibc

/// What the processes of this user have of inotify.
struct InotifyUse: Hashable {
  var watches: Int
  var instances: Int

  static func ofThisUser() -> InotifyUse {
    var found = glob_t()
    defer { globfree(&found) }
    guard glob("/proc/[0-9]*/fd/*", GLOB_NOSORT, nil, &found) == 0 else { return InotifyUse(watches: 0, instances: 0) }
    var (watches, instances) = (0, 0)
    for index in 0..<Int(found.gl_pathc) {
      guard let path = found.gl_pathv[index], isInotify(path) else { continue }
      var status = stat()
      // /proc/PID/fd/N
      let parts = String(cString: path).split(separator: "/")
      // What is not ours counts for somebody else.
      guard parts.count == 4, stat("/proc/\(parts[1])", &status) == 0, status.st_uid == getuid() else { continue }
      instances += 1
      watches += watchCount("/proc/\(parts[1])/fdinfo/\(parts[3])")
    }
    return InotifyUse(watches: watches, instances: instances)
  }

  private static func isInotify(_ path: UnsafePointer<CChar>) -> Bool {
    var target = [CChar](repeating: 0, count: 32)
    let count = readlink(path, &target, target.count - 1)
    return count > 0
      && String(decoding: target.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        == "anon_inode:inotify"
  }

  private static func watchCount(_ path: String) -> Int {
    guard let file = fopen(path, "re") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 512)
    var count = 0
    while fgets(&line, Int32(line.count), file) != nil {
      if line.prefix(11).map({ UInt8(bitPattern: $0) }) == Array("inotify wd:".utf8) { count += 1 }
    }
    return count
  }
}
