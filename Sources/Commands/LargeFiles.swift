internal import Basics

/// git-lfs in the `.gitattributes` of a new project: pictures, films and sound go there where it is installed.
enum LargeFiles {
  /// Whether git-lfs is among the programs that can be called.
  static var isThere: Bool { Programs.find("git-lfs") != nil }

  private static let hint = #"# Large files with git-lfs: run "git lfs install" once, then take the # away."#
  private static let activeHint = #"# Large files with git-lfs: run "git lfs install" once on each computer."#

  /// The attributes with their lines for git-lfs, which stand there as comments, in force.
  static func activated(_ attributes: [UInt8]) -> [UInt8] {
    let lines = String(decoding: attributes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    let active = lines.map { line in
      if line == hint { return activeHint }
      return line.hasPrefix("#*.") ? String(line.dropFirst()) : String(line)
    }
    return Array(active.joined(separator: "\n").utf8)
  }
}
