import Glibc

/// A folder with a `.git` that no git ever saw, in memory.
struct Repository {
  static let shared = Repository()
  let project: String

  init?() {
    var template = Array("/dev/shm/reel-fuzz-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    project = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    for folder in ["", "/logs"] { mkdir("\(project)/.git\(folder)", 0o700) }
  }

  func write(_ bytes: [UInt8], to name: String) {
    guard let file = fopen("\(project)/.git/\(name)", "we") else { fatalError("\(name) cannot be written") }
    fwrite(bytes, 1, bytes.count, file)
    fclose(file)
  }
}
