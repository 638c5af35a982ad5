internal import Basics
internal import Studio

extension Inquiry {
  /// Edits a file by what is known of it. Where something else stands there, the watcher may not have read it yet, such as right after
  /// another command: it is waited for, as `reel sync` does, and asked once more.
  func edit<Said, Result>(
    _ ask: () throws(Refusal) -> Said, by body: (Said, Folder) throws(SequenceEditError) -> Result
  ) throws(Refusal) -> Result {
    let said = try ask()
    do throws(SequenceEditError) {
      return try body(said, SequenceEdit.open(project))
    } catch {
      if !error.isLate { throw Refusal(error.description, .failed) }
    }
    do throws(Refusal) {
      _ = try self.ask(ControlCall("sync"), .holderOnly)
    } catch {
      // With no watcher the files themselves are asked.
      if error.code != .noWatcher { throw error }
    }
    let now = try ask()
    do throws(SequenceEditError) {
      return try body(now, SequenceEdit.open(project))
    } catch {
      throw Refusal(error.description, .failed)
    }
  }
}
