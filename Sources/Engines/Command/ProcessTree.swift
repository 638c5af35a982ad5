internal import Basics
internal import CShims
internal import Glibc

/// The processes that descend from one, as /proc shows them.
enum ProcessTree {
  /// All of them, at any depth. Those that lost their parents belong to the nearest process above that adopts orphans.
  static func descendants(of pid: pid_t) -> [pid_t] {
    var found: [pid_t] = []
    var waiting = [pid]
    var parents: [pid_t: [pid_t]]?
    while let next = waiting.popLast() {
      var children: [pid_t] = []
      if let listed = listedChildren(of: next) {
        children = listed
      } else {
        // A kernel without these lists.
        let all = parents ?? childrenByParent()
        parents = all
        children = all[next] ?? []
      }
      found += children
      waiting += children
    }
    return found
  }

  /// Nil when the kernel keeps no such list.
  private static func listedChildren(of pid: pid_t) -> [pid_t]? {
    if !hasLists { return nil }
    return names(in: "/proc/\(pid)/task").flatMap { task in
      text("/proc/\(pid)/task/\(task)/children").split(separator: " ").compactMap { pid_t($0) }
    }
  }

  private static let hasLists = access("/proc/self/task/\(getpid())/children", R_OK) == 0

  private static func childrenByParent() -> [pid_t: [pid_t]] {
    var children: [pid_t: [pid_t]] = [:]
    for pid in names(in: "/proc").compactMap({ pid_t($0) }) {
      // PID (NAME) STATE PPID …, where the name may hold anything.
      let fields = text("/proc/\(pid)/stat").split(separator: ")").last?.split(separator: " ") ?? []
      if fields.count > 1, let parent = pid_t(fields[1]) { children[parent, default: []].append(pid) }
    }
    return children
  }

  /// The bytes that processes hold for themselves, in memory and swapped out. What several share counts once.
  /// - Parameter limit: only when a quick look gives more than this is it looked at exactly, which takes the kernel milliseconds.
  static func memory(of pids: [pid_t], exactAbove limit: Int64) -> Int64 {
    let quick = pids.reduce(Int64(0)) { $0 + kilobytes(["RssAnon", "RssShmem", "VmSwap"], in: "/proc/\($1)/status") }
    if quick << 10 <= limit { return quick << 10 }
    let exact = pids.reduce(Int64(0)) {
      $0 + kilobytes(["Pss_Anon", "Pss_Shmem", "SwapPss"], in: "/proc/\($1)/smaps_rollup")
    }
    return (exact > 0 ? exact : quick) << 10
  }

  private static func kilobytes(_ keys: Set<Substring>, in path: String) -> Int64 {
    text(path).split(separator: "\n").reduce(0) { sum, line in
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, keys.contains(parts[0]) else { return sum }
      return sum + (parts[1].split(whereSeparator: { $0 == " " || $0 == "\t" }).first.flatMap { Int64($0) } ?? 0)
    }
  }

  /// Kills all processes that were started for a job, by the mark in their environment: for jobs whose supervisor was killed. A
  /// process is held by a descriptor before it is looked at, so that no stranger with its pid is hit.
  static func killAll(marked mark: String) {
    let wanted = Array(mark.utf8)
    for pid in names(in: "/proc").compactMap({ pid_t($0) }) where isMarked(pid, wanted) {
      let raw = reel_pidfd(pid)
      if raw < 0 {
        if reel_errno() == ENOSYS { kill(pid, SIGKILL) }
        continue
      }
      let process = Descriptor(owning: raw)
      if isMarked(pid, wanted) { _ = reel_pidfd_signal(process.raw, SIGKILL) }
    }
  }

  private static func isMarked(_ pid: pid_t, _ mark: [UInt8]) -> Bool {
    bytes("/proc/\(pid)/environ").split(separator: 0).contains { $0.elementsEqual(mark) }
  }

  // MARK: Reading /proc

  private static func text(_ path: String) -> String { String(decoding: bytes(path), as: UTF8.self) }

  /// Empty for a process that is gone, or another's.
  private static func bytes(_ path: String) -> [UInt8] {
    let raw = reel_openat(AT_FDCWD, path, O_RDONLY, 0)
    if raw < 0 { return [] }
    let file = Descriptor(owning: raw)
    return (try? file.readAll(limit: 4 << 20, sizeHint: 4096, path: path)) ?? []
  }

  /// The names that are numbers.
  private static func names(in path: String) -> [String] {
    Tree.names(inFolder: path).filter { $0.utf8.first.map { (0x30...0x39).contains($0) } ?? false }
  }
}
