internal import Basics
internal import Glibc

/// Something that says where in a project folder to look again.
///
/// Two of them exist: `InotifyWatcher`, and `PollingWatcher` for file systems that give no events. Both promise the
/// same: what is in the folder when a batch has been looked at is what a cold reading would find, or another batch is
/// on its way.
package protocol Watcher: Sendable {
  /// Starts watching. The stream gives `.watching` and `.dirty(.all)` first, both after the watches are in place, so a
  /// reader needs no first scan of its own. Batches wait in it merged into one until they are taken. Cancelling the
  /// task that reads it stops the watcher.
  ///
  /// A watcher starts once.
  func start() throws(WatchError) -> AsyncStream<WatchEvent>

  /// Stops watching: the stream ends when all that was held for this watcher has been released.
  func stop()
}

package enum WatchEvent: Sendable, Hashable {
  case dirty(DirtyPaths)
  /// The project folder is no longer where it was: deleted, moved away, unmounted or covered by another mount. What was
  /// dirty is withheld, since looking now would show everything as deleted. The stream ends after it.
  case rootGone
  /// Some folders cannot be watched; they are polled instead.
  case limited(WatchLimit)
  /// How many folders are watched by now; again whenever that was set up anew.
  case watching(folders: Int)
}

/// The kernel's limit that leaves folders without a watch.
package struct WatchLimit: Sendable, Hashable, CustomStringConvertible {
  package enum Resource: Sendable, Hashable {
    /// `fs.inotify.max_user_watches`, for all programs of the user together; in a container `user.max_inotify_watches` may be lower.
    case watches
    /// `fs.inotify.max_user_instances`, likewise.
    case instances
    /// Open files of this process: there is no free descriptor, or none below 1024 where the library needs it.
    case descriptors
  }

  package var resource: Resource
  /// How many folders of this project are polled because of it.
  package var folders: Int
  /// The limit's value, where it could be read.
  package var value: Int?
  /// The name of the setting that is to be raised; nil for a limit of this process.
  package var setting: String?

  package init(resource: Resource, folders: Int, value: Int? = nil, setting: String? = nil) {
    self.resource = resource
    self.folders = folders
    self.value = value
    self.setting = setting
  }

  /// Names the setting that stands in the way: where a namespace of its own has a lower one than the whole system, that.
  static func reached(_ resource: Resource, folders: Int) -> WatchLimit {
    let names: (system: String, namespace: String)
    switch resource {
    case .watches: names = ("fs.inotify.max_user_watches", "user.max_inotify_watches")
    case .instances: names = ("fs.inotify.max_user_instances", "user.max_inotify_instances")
    case .descriptors: return WatchLimit(resource: resource, folders: folders)
    }
    let (system, namespace) = (number(of: names.system), number(of: names.namespace))
    if let system, let namespace, namespace < system {
      return WatchLimit(resource: resource, folders: folders, value: namespace, setting: names.namespace)
    }
    return WatchLimit(resource: resource, folders: folders, value: system, setting: names.system)
  }

  private static func number(of setting: String) -> Int? {
    number(in: "/proc/sys/" + setting.split(separator: ".").joined(separator: "/"))
  }

  private static func number(in path: String) -> Int? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 32)
    guard fgets(&line, Int32(line.count), file) != nil else { return nil }
    return Int(String(decoding: line.prefix { $0 > 0x20 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
  }

  /// What is the matter and what helps, as one sentence without a capital or full stop.
  package var description: String {
    let polled = "\(folders) \(folders == 1 ? "folder is" : "folders are") looked at every second instead"
    let now = value.map { " (now \($0))" } ?? ""
    switch resource {
    case .watches:
      return "the system's limit of watched folders\(now) is reached, \(polled); "
        + "raise it with `sudo sysctl \(setting ?? "fs.inotify.max_user_watches")=524288`"
    case .instances:
      return "the system's limit of watching programs\(now) is reached, \(polled); "
        + "raise it with `sudo sysctl \(setting ?? "fs.inotify.max_user_instances")=1024`"
    case .descriptors:
      return "this process has too many files open to watch for changes, \(polled); raise `ulimit -n`"
    }
  }
}

/// Why a watcher could not start.
package struct WatchError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    case startedTwice
    /// The folder is not reachable by its path any more.
    case rootGone
    /// This process has no file descriptor left.
    case noDescriptor
  }

  package let code: Code
  package let path: String

  package init(code: Code, path: String) {
    self.code = code
    self.path = path
  }

  package var description: String {
    switch code {
    case .startedTwice: "cannot watch \(TerminalText.escaped(path)): this watcher was started before"
    case .rootGone: "cannot watch \(TerminalText.escaped(path)): it is no longer there"
    case .noDescriptor:
      "cannot watch \(TerminalText.escaped(path)): this process has too many files open; raise `ulimit -n`"
    }
  }
}
