internal import Basics
internal import ProjectFiles

/// The user's own `reelwright/config.json`, which lies outside of all projects and is read when one is opened.
enum UserConfigFile {
  /// A file that is not there says nothing. Of one that cannot be read nothing counts, and a notice says where it is at fault.
  static func read(_ environment: [String: String]) -> (model: UserConfig, notices: [String]) {
    let path = "\(StateFolders.config(environment))/\(UserConfig.path)"
    let bytes: [UInt8]
    do throws(FileError) {
      let folder = try Folder(opening: StateFolders.config(environment))
      bytes = try folder.read(UserConfig.path, limit: JSONFile.maximumSize).bytes
    } catch {
      return (UserConfig(), error.isAbsence ? [] : ["your own engines are not used: \(error)"])
    }
    let reading = UserConfig.read(SourceText(file: UserConfig.path, bytes: bytes))
    let notices = reading.diagnostics.filter { $0.severity != .note }.map { fault in
      let place = fault.place.map { ":\($0.line):\($0.column)" } ?? ""
      let fix = fault.place.map { $0.label.isEmpty ? "" : " (\($0.label))" } ?? ""
      return "\(TerminalText.escaped(path))\(place): \(fault.message)\(fix)"
    }
    let isFaulty = reading.diagnostics.contains { $0.severity == .error }
    return (isFaulty ? UserConfig() : reading.model ?? UserConfig(), notices)
  }
}
