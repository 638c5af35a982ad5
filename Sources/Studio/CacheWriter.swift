internal import Basics
internal import Cache
internal import ProjectFiles

/// Puts outputs into the cache on a thread of its own, so that neither the loop nor the takes wait for it.
actor CacheWriter {
  private let executor = ThreadExecutor(name: "cache")
  private let cache: OutputCache
  private let project: Folder

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(_ cache: OutputCache, project: Folder) {
    self.cache = cache
    self.project = project
  }

  func store(_ sidecar: Sidecar, from path: ProjectPath, leaving reserve: Int64) throws(FileError) {
    try cache.store(sidecar, from: path, in: project, leaving: reserve)
  }

  /// Gives up some of what it holds, when a disk is full.
  func yield(_ bytes: Int64) { cache.yield(bytes) }

  /// Returns when everything ordered before has been done.
  func finish() {}
}
