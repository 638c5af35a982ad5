package import Basics
package import Cache
package import Engines
internal import Glibc
package import Index
package import Journal
package import Planning
package import ProjectFiles
internal import Watching

/// An open project: its folder, this process's hold on it, what is kept about it outside, and how things stand.
///
/// Used from one thread at a time.
package final class Session {
  package let folder: Folder
  package let engines: EngineList
  /// Nil for a cold look, which holds nothing and keeps nothing.
  package let places: StateFolders?
  private var lock: HolderLock?
  package let index: ProjectIndex?
  package let journal: JobJournal?
  /// What this user's engines made before, for any project. A cold look asks it too; it is told nothing by one.
  package let cache: OutputCache
  package var standing: Standing
  /// What happened to the index or the journal that the user should know.
  package internal(set) var notices: [String]
  /// What decides, beside the board, whether engines that cost may start.
  var gate = Gate()
  /// Whether recipes must stand for some time before they are sent far away. Only who watches sees what they become.
  var settles = false

  package enum Hold: Sendable {
    /// Look at the files only, whoever holds the project.
    case cold
    /// Take the lock, or throw `.held`.
    case exclusive
  }

  /// - Parameter path: the project folder.
  package init(
    opening path: String, hold: Hold, engines: EngineList, kinds: KindList = .released,
    environment: [String: String] = StateFolders.processEnvironment()
  ) throws(SessionError) {
    do throws(FileError) {
      folder = try Folder(opening: path)
    } catch {
      throw SessionError(.noProject, "\(error)")
    }
    self.engines = engines
    let (cache, config) = Self.cache(environment)
    notices = config.notices
    self.cache = cache
    var remembered: [ProjectPath: IndexedFile] = [:]
    if case .exclusive = hold {
      let places: StateFolders
      do throws(FileError) {
        places = try StateFolders(of: folder, environment: environment)
        try places.make()
      } catch {
        throw SessionError(.unusable, "\(error)")
      }
      do throws(HolderLockError) {
        lock = try HolderLock.acquire(at: "\(places.state)/lock")
      } catch {
        if case .held(let pid) = error { throw SessionError(.held(pid: pid), "\(error)") }
        throw SessionError(.unusable, "\(error)")
      }
      self.places = places
      let memory = IndexAtStart()
      var opened: Result<JobJournal, JournalError>?
      // Both are read as a whole, the journal to find damage now, and neither needs the other.
      NamedThread.beside("index", { memory.load(in: places.state) }) {
        opened = Result { () throws(JournalError) in try JobJournal(in: places.state) }
      }
      do throws(JournalError) {
        guard let opened else { preconditionFailure("Internal inconsistency: the journal was not opened") }
        journal = try opened.get()
      } catch {
        throw SessionError(.unusable, "\(error)")
      }
      index = memory.index
      remembered = memory.files
      notices += [journal?.notice, index?.notice].compactMap { $0 }
    } else {
      (places, lock, journal, index) = (nil, nil, nil, nil)
    }
    let planner = Planner(kinds: kinds, forms: engines.forms)
    let costly = engines.byType.values.filter { !$0.isBuiltIn }.map(\.type)
    let board = JobBoard(capacities: engines.byType.mapValues(\.capacity), costly: Set(costly)) {
      // Unique among all projects that share an engine's queue.
      "\(String(UInt64.random(in: 0...UInt64.max), radix: 36))-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))"
    }
    standing = Standing(
      picture: Picture(of: folder, planner: planner, config: config.model, remembered: remembered) {
        cache.output(of: $0, kind: $1, wished: $2)
      },
      board: board)
  }

  /// The user's cache, as the user's config.json wants it.
  package static func cache(
    _ environment: [String: String] = StateFolders.processEnvironment()
  ) -> (cache: OutputCache, config: (model: UserConfig, notices: [String])) {
    let config = UserConfigFile.read(environment)
    return (OutputCache(in: StateFolders.cache(environment), size: config.model.cacheSize), config)
  }

  /// Reads the whole project, references included, whatever their size; for commands that answer and end.
  package func load() throws(SessionError) {
    var look = standing.picture.look(at: .all, accepting: .asItIs)
    while !look.toRead.isEmpty {
      let paths = Array(look.toRead)
      look.toRead = []
      let began = FileStamp.now()
      let read = Spread.map(paths, chunk: 1) { [folder] in ContentReader.read($0, in: folder) }
      for (path, input) in zip(paths, read) {
        look.form(standing.picture.take(input, readAt: path, since: began, accepting: .asItIs))
      }
    }
    try readJournal()
    try foreseeWaiting(look)
    standing.recount(standing.picture.planner.shots.keys)
    saveIndex()
    if standing.picture.project.file == nil {
      throw SessionError(.noProject, "there is no project.json in \(TerminalText.escaped(folder.path))")
    }
  }

  /// Answers a call that only looks, after reading the takes of which the answer says whether they were edited.
  package func answer(_ call: ControlCall) -> ControlReply {
    for path in standing.unread(askedBy: call) {
      let began = FileStamp.now()
      let input = ContentReader.read(path, in: folder)
      _ = standing.picture.take(input, readAt: path, since: began, accepting: .asItIs)
    }
    saveIndex()
    return standing.answer(call, engines: engineAnswers())
  }

  /// Tells the index what was read; it is only a memory, so a failure costs time at the next start and nothing else.
  package func saveIndex() {
    guard let index else { return }
    let learnt = standing.picture.takeLearnt()
    if learnt.changed.isEmpty, learnt.removed.isEmpty { return }
    try? index.record(learnt.changed, removed: learnt.removed)
  }

  package func close() {
    saveIndex()
    index?.close()
    journal?.close()
  }

  /// Closes it, lets go of the project, and leaves the memory to the end of the process: for commands that answer and end. Giving
  /// back a large project value by value takes a tenth of all their time.
  package func leave() {
    close()
    lock = nil
    _ = Unmanaged.passRetained(self)
  }
}

/// The index as it is opened and read on a thread beside; it is touched by that thread until it has ended, and by nobody else.
private final class IndexAtStart: @unchecked Sendable {
  var index: ProjectIndex?
  var files: [ProjectPath: IndexedFile] = [:]

  func load(in state: String) {
    index = try? ProjectIndex(in: state)
    files = (try? index?.load()) ?? [:]
  }
}

/// Why a project could not be opened.
package struct SessionError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    case noProject
    case held(pid: Int32?)
    /// The folders for state, the journal or the project itself cannot be used.
    case unusable
    /// A call was refused; the code is the reply's.
    case refused(code: String)
  }

  package let code: Code
  package let description: String

  package init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
