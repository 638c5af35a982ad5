internal import Basics
internal import Glibc
internal import ProjectFiles

/// Who is at work: git's `user.email`, as it holds in the project, else `USER@HOST`.
///
/// git is asked itself: where its settings come from (includes, work trees, the system's own) is its business.
enum GitIdentity {
  static func person(in project: String) async -> Person {
    if let email = await email(in: project) { return Person(identity: email) }
    return Person(identity: "\(user)@\(host)")
  }

  /// A repository's settings may come from an archive, and include what never ends to be read.
  private static let patience = Duration.seconds(5)

  /// Nil where there is no git, where it knows no address, and where it does not answer.
  private static func email(in project: String) async -> String? {
    guard let git = Programs.find("git") else { return nil }
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    let reading = Descriptor(owning: ends[0])
    let writing = Descriptor(owning: ends[1])
    guard
      let child = try? ChildProcess(
        starting: git, arguments: ["config", "--get", "user.email"], directory: project,
        output: .descriptor(writing.raw), error: .null)
    else { return nil }
    try? writing.close("git")
    let watch = Task {
      try? await Task.sleep(for: patience)
      if !Task.isCancelled { child.signal(SIGKILL) }
    }
    let exit = await child.waitForExit()
    watch.cancel()
    guard exit.isSuccess, let bytes = try? reading.readAll(limit: 4096, sizeHint: 256, path: "git config") else {
      return nil
    }
    let email = String(decoding: bytes, as: UTF8.self).filter { !$0.isNewline }
    return email.isEmpty ? nil : email
  }

  private static var user: String {
    if let entry = getpwuid(getuid()) { return String(cString: entry.pointee.pw_name) }
    return String(getuid())
  }

  private static var host: String {
    var name = utsname()
    guard uname(&name) == 0 else { return "localhost" }
    return withUnsafeBytes(of: &name.nodename) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
