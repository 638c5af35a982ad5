internal import Basics
internal import CShims
package import Engines
internal import Glibc
internal import Journal
package import Planning
internal import ProjectFiles
package import Watching

/// The daemon of one project: what is wanted against what is there, again and again, and jobs for the difference.
///
/// One stream of signals, consumed by one loop on a thread of its own, so that everything happens in an order: a file moved, an
/// engine gave its output, somebody asked. What blocks for long (drawing, writing takes, hashing large files) runs elsewhere and
/// comes back as a signal.
package actor ProjectLoop {
  package struct Options: Sendable {
    package enum Mode: Sendable {
      /// Until stopped.
      case watch(polling: Bool)
      /// Until nothing is left to do for these shots (empty: for all).
      case make(shots: [String])
    }

    package var mode: Mode
    package var version: String
    package var patience = Patience.Times()
    package var settling = Settling.Times()
    /// How long the first event is waited for before the folder is polled instead. An event takes a millisecond; on a machine that is
    /// busy with other things, or has many projects to watch, some more; with a sanitizer several times that.
    package var probeLimit = Duration.seconds(reel_is_sanitized() != 0 ? 80 : 10)
    package var kinds = KindList.released
    package var environment = StateFolders.processEnvironment()
    /// A shot whose takes are all there, to be made once more all the same.
    package var again: String?
    /// Who shows the project: told on the loop's thread what to ask for again, after what had to be begun has begun.
    package var follower: (@Sendable (StandingChange) -> Void)?
    /// Answers calls that are not the loop's business, such as where the page is.
    package var others: @Sendable (ControlCall) -> ControlReply? = { _ in nil }

    package init(mode: Mode, version: String) {
      self.mode = mode
      self.version = version
    }
  }

  /// How the loop ended.
  package struct Ending: Sendable {
    package enum Cause: Hashable, Sendable {
      case done
      case stopped
      /// The project folder went away.
      case rootGone
      case failed(SessionError)
    }

    package var cause: Cause
    package var counts = Counts()
    /// Of the shots that were asked for, those that came to nothing, and names that mean no shot. Those that cannot be read stand
    /// in `counts`.
    package var failed = 0
    /// Of the shots that were asked for, those that wait for something that did not come.
    package var waiting = 0
    /// Errors in the files: what they say could not be made.
    package var errors = 0
    /// Of the shots that were asked for, those that wait for a person's approval or trust.
    package var unapproved = 0
    /// Names of shots that mean none: nothing is made then.
    package var unknown = 0
    /// Whether the project was paused: nothing was started then.
    package var isPaused = false
    /// Takes that were made.
    package var finished = 0
  }

  package enum Stop: Hashable, Sendable {
    /// Jobs that run are finished, none is started.
    case finishing
    /// Jobs that run are left; they are taken up next time.
    case leaving
  }

  enum Signal: Sendable {
    case watch(WatchEvent)
    /// git was at work when something was to be looked at, and is no more.
    case gitRests
    /// The stream of a watcher ended, by the number that it was started with.
    case watchEnded(Int)
    case progress(id: String, fraction: Double, doing: String)
    case made(id: String, Result<EngineOutput, EngineError>)
    /// The engine that was asked to go on with a job knows nothing of it.
    case lost(id: String)
    /// What the engine kept for a job is gone.
    case cleared(id: String)
    case wrote(id: String, FileError?)
    case copied(Want, from: Take, Result<ProjectPath, FileError>)
    /// The path of the take; nil when the cache did not hold it any more.
    case restored(Want, Result<ProjectPath?, FileError>)
    /// The cache took an output in, or could not.
    case stored(FileError?)
    /// What a file held that was read on a thread beside since a time, by the file system's clock.
    case read(ProjectPath, InputFile?, since: Int64)
    case notice(String)
    case call(ControlCall, reply: @Sendable (ControlReply) -> Void)
    case stop(Stop)
    case tick
  }

  private let executor = ThreadExecutor(name: "loop")
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  let path: String
  let options: Options
  let engines: EngineList
  let emit: @Sendable (StudioEvent) -> Void
  private let signals: AsyncStream<Signal>
  let send: AsyncStream<Signal>.Continuation

  // What follows is set up by `open` and used on the loop's thread only.
  var session: Session?
  var writer: TakeWriter?
  var cacheWriter: CacheWriter?
  var ledger: JobLedger
  var watcher: (any Watcher)?
  /// Counts the watchers: there is a second one when the first turned out to hear nothing.
  var watcherNumber = 0
  var probe: Probe?
  var control: ControlServer?
  var git = GitState(of: "/")
  var gitWait: GitWait?
  /// Where to look again, once git rests.
  var unseen = DirtyPaths()
  var isWaitingForGit = false
  let reader = ReferenceReader()
  /// Pictures of jobs that run, for whoever asks, from any thread.
  package nonisolated let previews = Previews()

  // What is under way.
  var tasks: [String: Task<Void, Never>] = [:]
  var startTimes: [String: ContinuousClock.Instant] = [:]
  /// Jobs that are over and whose engines clear up after them.
  var clearing: [String: Task<Void, Never>] = [:]
  /// Outputs from when they were made until they are written.
  var outputs: [String: TakeWriter.Order] = [:]
  /// Files that are being read on a thread beside.
  var pendingReads: Set<ProjectPath> = []
  /// Those of them that something was told of since: what is being read may be what they held before.
  var staleReads: Set<ProjectPath> = []
  var pendingCopies: Set<WantKey> = []
  var failedCopies: [WantKey: FailedCopy] = [:]
  /// Outputs that the cache is taking in.
  var pendingStores = 0
  /// Whether it was said that the cache takes nothing in.
  var isCacheTroubled = false
  var patience: Patience
  var syncs: [String: Sync] = [:]
  /// Calls that came before the project was read.
  var earlyCalls: [(ControlCall, @Sendable (ControlReply) -> Void)] = []
  /// Looks of which it is not known yet whether git brought what they found, and when that is known: soon, and at the latest.
  var unweighed: [Unweighed] = []
  var weighingDeadline: (next: ContinuousClock.Instant?, last: ContinuousClock.Instant?)
  var hasWeighed = false
  var isAdmissionTroubled = false
  /// When the disk is looked at again that was nearly full.
  var diskCheck: ContinuousClock.Instant?
  var toldNotices: Set<String> = []
  /// Faults that an engine found, so that each is told once.
  var toldFaults: Set<Diagnostic> = []
  /// Calls for whose answers takes are being read.
  var questions: [Question] = []
  var timer: (deadline: ContinuousClock.Instant, task: Task<Void, Never>)?

  // What was said and decided so far.
  var isLoaded = false
  var folders = 0
  /// The shots that `make` is for; nil means all.
  var selection: Set<ShotAddress>?
  /// The takes that met each shot when it was last planned, nil where none did.
  var met: [ShotAddress: Few<ProjectPath>?] = [:]
  /// Takes that are being written here: that they meet their shots is no news.
  var ours: Set<ProjectPath> = []
  /// Waits of shots that were told already, so that each is told once.
  var toldWaits: Set<String> = []
  /// How many git-lfs pointers were told of, and at which of their changes.
  var toldPointers = (changes: 0, count: 0)
  /// What the last `idle` said, and whether anything happened since that is worth another.
  var lastIdle: Counts?
  var didSomething = true
  /// What the follower is told next.
  var shown = StandingChange()
  var stopping: Stop?
  var ending = Ending(cause: .done)

  /// A cookie whose event shows that the file system tells of changes.
  struct Probe {
    var cookie: String
    var deadline: ContinuousClock.Instant
  }

  /// A copy, of a take or out of the cache, that is tried again.
  struct FailedCopy {
    var attempts: Int
    var retryAt: ContinuousClock.Instant
  }

  /// Somebody who waits until all that happened before a cookie was dropped is planned.
  struct Sync {
    var isSeen = false
    /// Whether it also waits until nothing runs any more.
    var untilIdle: Bool
    var reply: @Sendable (ControlReply) -> Void
  }

  /// A call whose answer says of takes whether they were edited, which is known when they have been read.
  struct Question {
    /// Takes that are written all the time keep nobody from an answer.
    static let mostRounds = 4

    var call: ControlCall
    var unread: Set<ProjectPath> = []
    /// How often it was found that takes are to be read.
    var rounds = 0
    var reply: @Sendable (ControlReply) -> Void
  }

  /// - Parameter emit: called on the loop's thread for everything that happens, in order.
  package init(
    path: String, options: Options, engines: EngineList, emit: @escaping @Sendable (StudioEvent) -> Void
  ) {
    self.path = path
    self.options = options
    self.engines = engines
    self.emit = emit
    ledger = JobLedger(nil) { _ in }
    patience = Patience(options.patience)
    (signals, send) = AsyncStream.makeStream()
  }

  /// Asks what commands ask over the socket; may be called from anywhere. The answer comes on the loop's thread, or never when the loop
  /// has ended.
  package nonisolated func ask(_ call: ControlCall, reply: @escaping @Sendable (ControlReply) -> Void) {
    send.yield(.call(call, reply: reply))
  }

  /// Asks the loop to end; may be called from anywhere, the second time harder.
  package nonisolated func stop(_ stop: Stop) {
    send.yield(.stop(stop))
  }

  /// Works until there is nothing more to do, or until stopped. A loop runs once.
  package func run() async -> Ending {
    do throws(SessionError) {
      try open()
      for await signal in signals {
        handle(signal)
        if isOver { break }
      }
    } catch {
      ending.cause = .failed(error)
    }
    await close()
    return ending
  }

  var isWatching: Bool {
    if case .watch = options.mode { true } else { false }
  }

  private func handle(_ signal: Signal) {
    guard let session else { return }
    let wasLoaded = isLoaded
    switch signal {
    case .watch(let event): handle(event, session)
    case .gitRests: gitRests(session)
    case .watchEnded(let number): if stopping == nil, number == watcherNumber { ending.cause = .rootGone }
    case .read(let path, let input, let began): took(input, readAt: path, since: began, session)
    case .progress(let id, let fraction, let doing):
      if let job = session.standing.board.progressed(id, fraction) {
        reached(job.want.engine, session)
        emit(.progress(StudioEvent.JobSummary(job), fraction: fraction, doing: doing))
      }
    case .made(let id, let result): made(id, result, session)
    case .lost(let id): lost(id, session)
    case .cleared(let id): clearing[id] = nil
    case .wrote(let id, let error): wrote(id, error, session)
    case .copied(let want, let take, let result): copied(want, take, result, session)
    case .notice(let sentence): emit(.notice(sentence))
    case .restored(let want, let result): restored(want, result, session)
    case .stored(let error): stored(error)
    case .call(let call, let reply): answer(call, reply, session)
    case .stop(let level): stop(level, session)
    case .tick: break
    }
    settleProbe(session)
    settleWaits(session)
    answerQuestions(session)
    retryCopies(session)
    admit(session)
    start(session)
    rest(session)
    setTimer(session)
    tellFollower(session)
    // What was needed only for reading a large project is not kept for days.
    if isLoaded, !wasLoaded, isWatching { reel_trim_memory() }
  }
}
