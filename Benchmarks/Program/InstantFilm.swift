internal import Engines
internal import Glibc
internal import Studio
internal import Synchronization

/// Makes all takes of a project as `reel make` does, by an engine that takes no time: what is left is the cost of a job.
struct InstantFilm {
  let folder: String

  func make() async {
    let options = ProjectLoop.Options(mode: .make(shots: []), version: "0")
    let start = ContinuousClock.now
    let loop = ProjectLoop(path: folder, options: options, engines: EngineList([InstantEngine()])) { _ in }
    let ending = await loop.run()
    let seconds = start.duration(to: .now) / .seconds(1)
    guard ending.cause == .done, ending.failed == 0, ending.waiting == 0, ending.errors == 0 else {
      refuse("\(folder): \(ending)\n", status: 1)
    }
    print(#"{"takes":\#(ending.finished),"seconds":\#(seconds)}"#)
  }
}
