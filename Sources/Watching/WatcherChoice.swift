package import Basics

/// Which watcher serves a project folder, found out by trying.
///
/// Whether a file system gives events cannot be told from its name: the same one does or does not, by who changes files
/// and how it is mounted. So a cookie is dropped into `.reel/sync` and its event awaited. What this cannot see are
/// changes made on another machine: a share that tells of our own changes may be silent about those. There, `--poll` is
/// for the user to say.
package enum WatcherChoice: Sendable, Hashable {
  case inotify
  case polling(because: Reason)

  package enum Reason: Sendable, Hashable {
    /// The cookie's event did not come in time.
    case noEvents
    /// The kernel has no watch left for this user, not even one.
    case limited
    /// No cookie can be dropped; whether events come is then unknown.
    case notWritable
  }

  /// Drops a cookie and waits for its event.
  ///
  /// - Parameter limit: a second is a thousand times what an event takes, and short enough to wait for at every start.
  package static func probe(_ folder: Folder, limit: Duration = .seconds(1)) async throws(WatchError) -> WatcherChoice {
    do throws(FileError) {
      try SyncFolder.prepare(in: folder)
    } catch {
      return .polling(because: .notWritable)
    }
    let watcher = InotifyWatcher(folder: folder, times: Settling.Times(), isProbe: true, isHeld: { false })
    let stream = try watcher.start()
    // Ends the stream, and so the reading below, when time is up.
    let timer = Task {
      do { try await Task.sleep(for: limit) } catch { return }
      watcher.stop()
    }
    var cookie: String?
    var choice = WatcherChoice.polling(because: .noEvents)
    reading: for await event in stream {
      switch event {
      case .dirty(let dirty):
        if let cookie {
          if dirty.cookies.contains(cookie) {
            choice = .inotify
            break reading
          }
          continue
        }
        // The first batch: the folder is watched now.
        do throws(FileError) {
          cookie = try SyncFolder.dropCookie(in: folder)
        } catch {
          choice = .polling(because: .notWritable)
          break reading
        }
      case .limited:
        choice = .polling(because: .limited)
        break reading
      case .watching, .rootGone:
        continue
      }
    }
    timer.cancel()
    await timer.value
    watcher.stop()
    // Read to its end, which tells that the watches are released.
    for await _ in stream {}
    if let cookie { try? SyncFolder.removeCookie(cookie, in: folder) }
    return choice
  }

  /// The watcher that was chosen.
  package func watcher(
    for folder: Folder, times: Settling.Times = Settling.Times(), isHeld: @escaping @Sendable () -> Bool = { false }
  ) -> any Watcher {
    switch self {
    case .inotify: InotifyWatcher(folder: folder, times: times, isHeld: isHeld)
    case .polling: PollingWatcher(folder: folder, times: times, isHeld: isHeld)
    }
  }
}
