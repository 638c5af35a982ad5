internal import Basics
internal import Glibc
internal import Synchronization

/// How large the cache grows, and what goes out.
extension OutputCache {
  /// About how many bytes there are, so that storing need not count them.
  ///
  /// The file `account` begins with the sum of the last sweep, `=SUM`; everyone who stores appends `+BYTES`. What several processes
  /// do at once may be missed or counted twice; the next sweep puts that right. No file means: nobody knows, sweep.
  struct Account {
    /// Nil until it was read.
    var total: Int64?
  }

  /// What a sweep found and took away.
  package struct Sweep: Hashable, Sendable {
    /// What was there before.
    package var count = 0
    package var bytes: Int64 = 0
    /// What went out, or would.
    package var removedCount = 0
    package var removedBytes: Int64 = 0
  }

  private static let account: ProjectPath = "account"

  /// What a file of a cache may be without the one that belongs to it: it may still be written.
  private static let grace: Int64 = 3600 * 1_000_000_000

  /// The bytes that the cache may hold when it holds `total`: its limit, but never more than half of what would be free without it, and
  /// never so much that less than the reserve is free.
  func limit(holding total: Int64, leaving reserve: Int64, in folder: Folder) -> Int64 {
    guard let free = FreeDisk.bytes(in: folder) else { return size }
    return Self.limit(size: size, holding: total, free: free, leaving: reserve)
  }

  static func limit(size: Int64, holding total: Int64, free: Int64, leaving reserve: Int64) -> Int64 {
    let (whole, overflow) = free.addingReportingOverflow(total)
    if overflow { return size }
    return max(0, min(size, whole / 2, whole - reserve))
  }

  /// Whether so many bytes fit in, after what was used least recently has gone out.
  func makeRoom(for bytes: Int64, in folder: Folder, leaving reserve: Int64) -> Bool {
    let total = knownTotal(in: folder)
    let limit = limit(holding: total, leaving: reserve, in: folder)
    if total + bytes <= limit { return true }
    // What does not fit even alone drives nothing out.
    if bytes > limit, total <= limit { return false }
    // A twentieth more than must go: a sweep goes through all entries, and is not to come again with the next output.
    if total > 0 { _ = sweep(in: folder, .downTo(max(0, min(limit - limit / 20, limit - bytes)))) }
    return knownTotal(in: folder) + bytes <= limit
  }

  /// Gives up what was used least recently, when the disk is full: a take that must be written goes first.
  package func yield(_ bytes: Int64) {
    if let folder = opened() { _ = sweep(in: folder, .less(bytes)) }
  }

  /// What `clear` would do.
  package func survey(unusedSince time: Int64? = nil) -> Sweep {
    opened().map { sweep(in: $0, time.map { .unusedSince($0) } ?? .downTo(0), isDry: true) } ?? Sweep()
  }

  /// Throws away all that there is, or what was not used since a time (nanoseconds since 1970).
  @discardableResult
  package func clear(unusedSince time: Int64? = nil) -> Sweep {
    opened().map { sweep(in: $0, time.map { .unusedSince($0) } ?? .downTo(0)) } ?? Sweep()
  }
}

// MARK: The account

extension OutputCache {
  private func knownTotal(in folder: Folder) -> Int64 {
    if let total = state.withLock({ $0.account.total }) { return total }
    let read = (try? folder.read(Self.account, limit: 64 << 20)).flatMap { Self.total($0.bytes) }
    let total = read ?? sweep(in: folder, .count).bytes
    state.withLock { $0.account.total = total }
    return total
  }

  static func total(_ account: [UInt8]) -> Int64? {
    var total: Int64?
    for line in account.split(separator: UInt8(ascii: "\n")) {
      guard let number = Int64(String(decoding: line.dropFirst(), as: UTF8.self)), number >= 0 else { continue }
      switch line.first {
      case UInt8(ascii: "="): total = number
      case UInt8(ascii: "+"): total = total.map { $0.addingReportingOverflow(number).partialValue }
      default: continue
      }
    }
    return total.map { max(0, $0) }
  }

  func add(_ bytes: Int64, in folder: Folder) {
    state.withLock { state in state.account.total = state.account.total.map { $0 + bytes } }
    guard let file = try? folder.open(Self.account, O_WRONLY | O_APPEND) else { return }
    try? file.writeAll("+\(bytes)\n".utf8, path: Self.account.string)
  }

  private func set(_ total: Int64, in folder: Folder) {
    state.withLock { $0.account.total = total }
    _ = try? AtomicFile.write(to: Self.account, in: folder, existing: .replace, mode: 0o600, isDurable: false) {
      file throws(FileError) in try file.writeAll("=\(total)\n".utf8, path: Self.account.string)
    }
  }
}

// MARK: Sweeping

extension OutputCache {
  private struct Found {
    var entry: Entry
    var bytes: Int64
    var usedAt: Int64
  }

  /// Which entries go out; always those first that were used least recently.
  enum Goal {
    /// None.
    case count
    /// Until at most so many bytes remain.
    case downTo(Int64)
    /// Until so many bytes are gone.
    case less(Int64)
    /// Those that were not used since a time.
    case unusedSince(Int64)
  }

  /// Goes through all entries, and removes what has no use beside those that go out.
  private func sweep(in folder: Folder, _ goal: Goal, isDry: Bool = false) -> Sweep {
    var found = entries(in: folder, isDry: isDry)
    found.sort { $0.usedAt != $1.usedAt ? $0.usedAt < $1.usedAt : $0.entry.output < $1.entry.output }
    var sweep = Sweep(count: found.count, bytes: found.reduce(0) { $0 + $1.bytes })
    for one in found {
      let goesOut =
        switch goal {
        case .count: false
        case .downTo(let bytes): sweep.bytes - sweep.removedBytes > bytes
        case .less(let bytes): sweep.removedBytes < bytes
        case .unusedSince(let time): one.usedAt < time
        }
      if !goesOut { break }
      if !isDry { remove(one.entry, in: folder) }
      sweep.removedCount += 1
      sweep.removedBytes += one.bytes
    }
    if !isDry { set(sweep.bytes - sweep.removedBytes, in: folder) }
    return sweep
  }

  private func entries(in folder: Folder, isDry: Bool) -> [Found] {
    var found: [Found] = []
    for group in Self.folders(.root, in: folder) {
      for place in Self.folders(group, in: folder) {
        guard let fingerprint = Digest(hex: place.name) else { continue }
        found += entries(of: fingerprint, in: folder, isDry: isDry)
      }
    }
    return found
  }

  private static func folders(_ path: ProjectPath, in folder: Folder) -> [ProjectPath] {
    ((try? Tree.entries(of: path, in: folder)) ?? []).filter { $0.kind == .folder }.map(\.path)
  }

  /// The entries of one recipe. An output without facts and a temporary file that nobody has touched for an hour were left by a process
  /// that died, whichever machine or container it ran in.
  private func entries(of fingerprint: Digest, in folder: Folder, isDry: Bool) -> [Found] {
    var outputs: [Digest: FileStamp] = [:]
    var facts: [Digest: FileStamp] = [:]
    var left: [ProjectPath] = []
    let now = FileStamp.now()
    for file in (try? Tree.entries(of: Self.place(of: fingerprint), in: folder)) ?? [] {
      guard case .file(let stamp) = file.kind else { continue }
      if let digest = Digest(hex: file.path.name) {
        outputs[digest] = stamp
      } else if file.path.name.hasSuffix(".json"), let digest = Digest(hex: file.path.stem) {
        facts[digest] = stamp
      } else if stamp.modified < now - Self.grace {
        left.append(file.path)
      }
    }
    let place = Self.place(of: fingerprint)
    for (digest, stamp) in outputs where facts[digest] == nil && stamp.changed < now - Self.grace {
      left.append(place.appending(digest.hex))
    }
    for digest in facts.keys where outputs[digest] == nil { left.append(place.appending("\(digest.hex).json")) }
    if !isDry {
      for path in left { try? folder.removeFile(path) }
      if outputs.isEmpty { removeEmptyFolder(of: fingerprint, in: folder) }
    }
    return facts.compactMap { digest, stamp in
      outputs[digest].map { output in
        Found(
          entry: Entry(fingerprint: fingerprint, output: digest), bytes: output.size + stamp.size,
          usedAt: stamp.modified)
      }
    }
  }
}
