package import Basics
internal import Glibc
internal import Index
package import JSONText
internal import ProjectFiles
internal import Watching

/// What a project was when nothing was left to do: the answers that a session gave then, and the tree that they follow from.
///
/// Most of the time somebody asks how a project stands, it stands as before. Then the answer is found with one stat a file, and
/// no file is read, no recipe made and no database opened. It is thrown away whenever anything at all is otherwise, and it is never
/// the reason for a job, as nothing but answers comes of it.
///
/// Only a project at rest has one: all its shots are up to date, and none of its engines needs trust. What else could change an
/// answer (the user's cache, a time that comes, git's HEAD, a file outside the project) has no part in it then. This program, the
/// journal and the user's config.json have, and are told by their stamps.
package struct RestRecord {
  /// The calls whose answers are kept.
  package static let calls = ["status", "plan"]

  private let answers: JSONObject
  private let tree: StampedTree
  private let state: String
  private let environment: [String: String]

  /// Takes down how a loaded session stands; nil when it is not at rest, or anything moved a moment ago.
  package init?(of session: Session, environment: [String: String] = StateFolders.processEnvironment()) {
    let standing = session.standing
    guard let places = session.places, standing.isAtRest, session.gate.facts.isEmpty, session.notices.isEmpty else {
      return nil
    }
    let files = standing.picture.files
    guard
      let tree = StampedTree(
        of: session.folder, count: files.count, isKnown: { files[$0]?.stillHold(at: $1) ?? false })
    else { return nil }
    let engines = session.engineAnswers()
    var answers: JSONObject = [:]
    for call in Self.calls {
      guard case .success(let answer) = standing.answer(ControlCall(call), engines: engines) else { return nil }
      answers[call] = answer
    }
    self.answers = answers
    self.tree = tree
    self.environment = environment
    state = places.state
  }

  /// Puts it into the state folder. The session must be closed by now, since its journal is told by its stamp, and its lock held.
  package func save() {
    guard let key = Self.key(state, environment), let folder = try? Folder(opening: state) else { return }
    RestFile(key: key, answers: JSON.object(answers).compact, tree: tree.bytes).save(in: folder)
  }

  /// The answer to a call, if it is one that is kept and the project is as it was then. Who holds the project knows better and is
  /// asked first.
  package static func answer(
    _ call: ControlCall, of folder: Folder, environment: [String: String] = StateFolders.processEnvironment()
  ) -> JSON? {
    guard calls.contains(call.name), call.fields.isEmpty,
      let state = try? StateFolders(of: folder, environment: environment).state,
      let file = (try? Folder(opening: state)).flatMap({ RestFile(in: $0) }), file.key == key(state, environment),
      StampedTree(bytes: file.tree).isStill(folder)
    else { return nil }
    return (try? JSONDocument(parsing: file.answers))?.root.value[call.name]
  }

  /// Over the stamps of what an answer hangs on outside of the project; nil when there is no journal, or one that was not closed:
  /// its log may hold more.
  private static func key(_ state: String, _ environment: [String: String]) -> Digest? {
    let journal = "\(state)/journal.sqlite"
    if let log = stamp("\(journal)-wal"), log.size > 0 { return nil }
    guard let journal = stamp(journal) else { return nil }
    let others = ["/proc/self/exe", "\(StateFolders.config(environment))/\(UserConfig.path)"].map { stamp($0) }
    let lines = ([journal] + others).map { stamp in
      stamp.map { "\($0.size) \($0.modified) \($0.changed) \($0.inode) \($0.device)" } ?? "none"
    }
    return Digest(of: Array(lines.joined(separator: "\n").utf8))
  }

  private static func stamp(_ path: String) -> FileStamp? {
    var status = stat()
    return stat(path, &status) == 0 ? FileStamp(status) : nil
  }
}

extension Standing {
  /// Whether nothing is left to do, and nothing could come of anything but a change of the files.
  fileprivate var isAtRest: Bool { counts.total == counts[.fresh] }
}
