import Basics
import TestSupport

/// What a run of `reel` and of all that it starts did to the world, by the calls that strace saw.
struct Trace {
  /// The programs that were started, each with its arguments.
  var programs: [[String]] = []
  /// The kinds of addresses that were connected or sent to: `AF_UNIX`, `AF_INET`.
  var families: Set<String> = []
  /// The paths of files and folders that were written, made, renamed or removed.
  var changed: Set<String> = []
  /// The paths of all that was opened, links followed.
  var opened: Set<String> = []

  private static let calls =
    "execve,execveat,connect,sendto,sendmsg,open,openat,openat2,creat,truncate,rename,renameat,renameat2,link,linkat,"
    + "symlink,symlinkat,unlink,unlinkat,rmdir,mkdir,mkdirat,mknod,mknodat,chmod,fchmodat,chown,lchown,fchownat"

  /// The command that runs a program so that `init(of:in:)` can tell what it did.
  static func command(into file: String) -> [String] {
    ["strace", "-f", "-qq", "-y", "-s", "4096", "-o", file, "-e", "trace=\(calls)", "-e", "signal=none"]
  }

  init(of text: String) {
    // A call that is interrupted by another thread's is told in two lines.
    var unfinished: [Substring: Substring] = [:]
    for line in text.split(separator: "\n") {
      guard let space = line.firstIndex(of: " ") else { continue }
      let pid = line[..<space]
      var call = line[space...].drop { $0 == " " }
      if call.hasSuffix(" <unfinished ...>") {
        unfinished[pid] = call.dropLast(" <unfinished ...>".count)
        continue
      }
      if call.hasPrefix("<... "), let end = call.firstIndex(of: ">") {
        call = (unfinished.removeValue(forKey: pid) ?? "") + call[call.index(after: end)...]
      }
      take(call)
    }
    // Who replaces the program of a thread leaves its call open for good.
    for call in unfinished.values { take(call) }
  }

  private mutating func take(_ call: Substring) {
    guard let open = call.firstIndex(of: "(") else { return }
    let name = call[..<open]
    let words = Self.texts(call)
    switch name {
    case "execve", "execveat": programs.append(words.map(\.text))
    case "connect", "sendto", "sendmsg":
      if let family = call.firstRange(of: "sa_family=") {
        families.insert(String(call[family.upperBound...].prefix { $0 != "," && $0 != "}" }))
      }
    case "open", "openat", "openat2", "creat":
      guard let path = Self.result(call) else { return }
      opened.insert(path)
      if name == "creat" || ["O_WRONLY", "O_RDWR", "O_CREAT"].contains(where: { call.contains($0) }) {
        changed.insert(path)
      }
    default:
      if call.contains(" = -1 ") { return }
      for word in words { changed.insert(word.text.hasPrefix("/") ? word.text : "\(word.folder)/\(word.text)") }
    }
  }

  /// The path that strace writes behind the descriptor that a call gave.
  private static func result(_ call: Substring) -> String? {
    guard let sign = call.range(of: " = ", isLast: true) else { return nil }
    let result = call[sign.upperBound...]
    guard let start = result.firstIndex(of: "<"), let end = result.lastIndex(of: ">") else { return nil }
    return String(result[result.index(after: start)..<end])
  }

  /// The texts in quotes, each with the folder whose descriptor stands before it.
  private static func texts(_ call: Substring) -> [(folder: String, text: String)] {
    var found: [(folder: String, text: String)] = []
    var folder = ""
    var index = call.startIndex
    while index < call.endIndex {
      let character = call[index]
      index = call.index(after: index)
      if character == "<", let end = call[index...].firstIndex(of: ">") {
        folder = String(call[index..<end])
        index = end
      } else if character == "\"" {
        var text = ""
        while index < call.endIndex, call[index] != "\"" {
          text.append(call[index])
          if call[index] == "\\" {
            index = call.index(after: index)
            if index < call.endIndex { text.append(call[index]) }
          }
          if index < call.endIndex { index = call.index(after: index) }
        }
        if index < call.endIndex { index = call.index(after: index) }
        found.append((folder, text))
      }
    }
    return found
  }
}

extension Substring {
  fileprivate func contains(_ other: String) -> Bool { firstRange(of: other) != nil }

  fileprivate func firstRange(of other: String) -> Range<Index>? { range(of: other, isLast: false) }

  fileprivate func range(of other: String, isLast: Bool) -> Range<Index>? {
    let places = isLast ? Array(indices.reversed()) : Array(indices)
    guard let start = places.first(where: { self[$0...].hasPrefix(other) }) else { return nil }
    return start..<index(start, offsetBy: other.count)
  }
}

extension Film {
  /// Runs `reel` under strace to its end.
  /// - Parameter variables: `NAME=value`, for this run alone.
  func traced(_ words: [String], variables: [String] = []) async throws -> (outcome: Outcome, trace: Trace) {
    let file = scratch.file("trace")
    let outcome = try await run(
      "/usr/bin/env", variables + Trace.command(into: file) + [BuiltProgram.path("reel")] + words)
    return (outcome, Trace(of: String(decoding: scratch.read("trace") ?? [], as: UTF8.self)))
  }
}
