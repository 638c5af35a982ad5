internal import Basics
internal import Studio

extension Inquiry {
  /// Edits a file by what is known of it. Where something else stands there, the watcher may not have read it yet, such as right after
  /// another command: it is waited for, as `reel sync` does, and asked once more.
  func edit<Said, Result>(
    _ ask: () throws(Refusal) -> Said, by body: (Said, Folder) throws(SequenceEditError) -> Result
  ) throws(Refusal) -> Result {
    let said = try ask()
    let refusal: Refusal
    do throws(SequenceEditError) {
      return try body(said, SequenceEdit.open(project))
    } catch {
      refusal = Refusal(error.description, .failed)
      if !error.isLate { throw refusal }
    }
    do throws(Refusal) {
      _ = try self.ask(ControlCall("sync"), .holderOnly)
    } catch {
      // With no watcher the files themselves are asked.
      if error.code != .noWatcher { throw refusal }
    }
    let now = try ask()
    do throws(SequenceEditError) {
      return try body(now, SequenceEdit.open(project))
    } catch {
      throw Refusal(error.description, .failed)
    }
  }
}
