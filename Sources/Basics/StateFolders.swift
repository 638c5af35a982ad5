internal import CShims
internal import Glibc

/// Where a user's own things about one project lie, outside of it: no git cleans them away, no sync tool carries them off.
///
/// By the XDG base directory rules, `KEY` being the project's:
/// - state, `$XDG_STATE_HOME/reelwright/KEY` (else `~/.local/state`): index, journal, lock;
/// - runtime, `$XDG_RUNTIME_DIR/reelwright/KEY` (else `/run/user/UID`, else the state folder): the control socket;
/// - cache, `$XDG_CACHE_HOME/reelwright` (else `~/.cache`): shared by all projects;
/// - configuration, `$XDG_CONFIG_HOME/reelwright` (else `~/.config`): what a person wrote for all projects.
package struct StateFolders: Hashable, Sendable {
  /// The project's name for people, then 16 hexadecimal digits over its place: `my-film-7f3a9c21b04d11aa`.
  ///
  /// The place is the canonical path with the inode: a copy of the folder has another, and so has what is put in its stead under
  /// the same path. The device number is not part of it: on btrfs, NFS, overlays and tmpfs it changes with every mount, and a
  /// journal that is not found after a reboot is a journal lost.
  package let key: String
  package let state: String
  package let runtime: String
  package let cache: String

  /// - Parameters:
  ///   - folder: the project folder, open.
  ///   - environment: the process's variables; `XDG_*` and `HOME` are read. Relative values are ignored, as the rules say.
  /// - Throws: what the kernel says when it is asked about the folder.
  package init(
    of folder: Folder, environment: [String: String] = StateFolders.processEnvironment(), user: UInt32 = getuid()
  ) throws(FileError) {
    var status = stat()
    if fstat(folder.raw, &status) != 0 { throw .last("look at", folder.path) }
    key = Self.key(path: folder.path, inode: UInt64(status.st_ino))

    state = "\(Self.base("XDG_STATE_HOME", ".local/state", environment, user))/reelwright/\(key)"
    cache = Self.cache(environment, user: user)
    // A runtime folder of another user's is what `sudo` leaves in the environment.
    let candidates = [Self.absolute(environment["XDG_RUNTIME_DIR"]), "/run/user/\(user)"].compactMap { $0 }
    runtime = candidates.first { Self.isFolder($0, of: user) }.map { [key] in "\($0)/reelwright/\(key)" } ?? state
  }

  /// Makes the three folders and those above them where they are missing, for this user alone (0700).
  package func make() throws(FileError) {
    for path in [state, runtime, cache] { try Self.make(path) }
  }

  /// The folder with the user's own configuration; it need not be there.
  package static func config(
    _ environment: [String: String] = StateFolders.processEnvironment(), user: UInt32 = getuid()
  ) -> String {
    "\(base("XDG_CONFIG_HOME", ".config", environment, user))/reelwright"
  }

  /// The folder that all projects of the user share; it need not be there.
  package static func cache(
    _ environment: [String: String] = StateFolders.processEnvironment(), user: UInt32 = getuid()
  ) -> String {
    "\(base("XDG_CACHE_HOME", ".cache", environment, user))/reelwright"
  }

  private static func base(
    _ variable: String, _ fallback: String, _ environment: [String: String], _ user: UInt32
  ) -> String {
    absolute(environment[variable]) ?? "\(absolute(environment["HOME"]) ?? home(of: user))/\(fallback)"
  }

  /// The variables that matter here, as this process has them.
  package static func processEnvironment() -> [String: String] {
    var found: [String: String] = [:]
    for name in ["HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"] {
      if let value = getenv(name) { found[name] = String(cString: value) }
    }
    return found
  }
}

extension StateFolders {
  static func key(path: String, inode: UInt64) -> String {
    // NUL cannot stand in a path, so no two places run together.
    let digest = Digest(of: Array("\(path)\0\(inode)".utf8))
    return "\(slug(of: path))-\(digest.hex.prefix(16))"
  }

  /// The folder's own name, as far as it is letters and digits of ASCII; `project` when nothing is left. At most 24 bytes, since
  /// the path of a Unix socket has 108 in all.
  private static func slug(of path: String) -> String {
    var slug: [UInt8] = []
    for byte in path.utf8.reversed().prefix(while: { $0 != UInt8(ascii: "/") }).reversed() {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): slug.append(byte)
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): slug.append(byte | 0x20)
      default: if let last = slug.last, last != UInt8(ascii: "-") { slug.append(UInt8(ascii: "-")) }
      }
      if slug.count == 24 { break }
    }
    while slug.last == UInt8(ascii: "-") { slug.removeLast() }
    return slug.isEmpty ? "project" : String(decoding: slug, as: UTF8.self)
  }

  /// The value without trailing slashes, or nil when it is absent, empty or relative.
  private static func absolute(_ value: String?) -> String? {
    guard var value, value.hasPrefix("/") else { return nil }
    while value.count > 1, value.hasSuffix("/") { value.removeLast() }
    return value
  }

  /// The home folder by the user database, for processes without HOME.
  private static func home(of user: UInt32) -> String {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    let size = 16 * 1024
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer in
      guard let start = buffer.baseAddress, getpwuid_r(user, &entry, start, size, &found) == 0, found != nil,
        let directory = entry.pw_dir
      else { return "/" }
      return String(cString: directory)
    }
  }

  private static func isFolder(_ path: String, of user: UInt32) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && reel_is_directory(status.st_mode) != 0 && status.st_uid == user
  }

  /// Makes one folder and those above it where they are missing, for this user alone (0700).
  package static func make(_ path: String) throws(FileError) {
    if mkdir(path, 0o700) == 0 { return syncFolder(above: path) }
    switch reel_errno() {
    case EEXIST:
      // A link to a folder will do: people move their state to another disk.
      var status = stat()
      if stat(path, &status) != 0 { throw .last("make the folder", path) }
      if reel_is_directory(status.st_mode) == 0 {
        throw FileError(code: ENOTDIR, action: "make the folder", path: path)
      }
    case ENOENT:
      guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
        throw FileError(code: ENOENT, action: "make the folder", path: path)
      }
      try make(String(path[..<slash]))
      if mkdir(path, 0o700) != 0, reel_errno() != EEXIST { throw .last("make the folder", path) }
      syncFolder(above: path)
    default: throw .last("make the folder", path)
    }
  }

  /// What is synced in a new folder is found after a power cut only if the folder itself is. One above that may not be read is no
  /// reason to stop; a disk that fails is told by whoever writes into the new one.
  private static func syncFolder(above path: String) {
    guard let slash = path.lastIndex(of: "/") else { return }
    try? Folder.sync(slash == path.startIndex ? "/" : String(path[..<slash]))
  }
}
