internal import Basics
internal import Cache
internal import Glibc
internal import Planning
internal import ProjectFiles

/// What the user's cache takes in and gives back.
///
/// Only what a job of this user has just made goes in: no copy of a take that came with the project, and nothing that a person edited.
extension ProjectLoop {
  func keep(_ take: TakeWriter.Order, _ session: Session) { keep(take.sidecar, at: take.path, session) }

  func keep(_ sidecar: Sidecar, at path: ProjectPath, _ session: Session) {
    guard session.cache.isOn, let cacheWriter else { return }
    pendingStores += 1
    let limits = session.standing.picture.project.file?.model?.limits ?? Limits()
    Task { [send] in
      do throws(FileError) {
        try await cacheWriter.store(sidecar, from: path, leaving: limits.freeDisk)
        send.yield(.stored(nil))
      } catch {
        send.yield(.stored(error))
      }
    }
  }

  /// A cache that cannot be written costs time some day, and nothing now: one line.
  func stored(_ error: FileError?) {
    pendingStores -= 1
    if let error, !isCacheTroubled {
      emit(.notice("the cache took in nothing, the work goes on: \(error)"))
    }
    isCacheTroubled = error != nil
  }

  /// On a full disk the cache gives way to a take: its writing is tried again in a moment.
  func yieldCache(to take: TakeWriter.Order, _ error: FileError) {
    guard error.code == ENOSPC || error.code == EDQUOT, let cacheWriter else { return }
    // Twice its size, as others write too; and some more, so that the next one need not ask again.
    let bytes = max(2 * Int64(take.sidecar.output.bytes), 64 << 20)
    Task { await cacheWriter.yield(bytes) }
  }

  func restore(_ cached: CachedOutput, for want: Want, _ session: Session) {
    guard let writer, failedCopies[want.key].map({ $0.retryAt <= .now }) ?? true,
      pendingCopies.insert(want.key).inserted
    else { return }
    Task { [send, cache = session.cache] in
      do throws(FileError) {
        send.yield(.restored(want, .success(try await writer.restore(cached, from: cache, for: want))))
      } catch {
        send.yield(.restored(want, .failure(error)))
      }
    }
  }

  func restored(_ want: Want, _ result: Result<ProjectPath?, FileError>, _ session: Session) {
    pendingCopies.remove(want.key)
    switch result {
    case .success(let path?):
      failedCopies[want.key] = nil
      didSomething = true
      emit(
        .restored(
          shot: want.address, kind: want.kind, fingerprint: want.recipe.fingerprint, take: path, from: .cache))
      ours.insert(path)
      lookAtTake(path, session)
      ours.remove(path)
    case .success(nil):
      // It went out meanwhile, or was damaged: the plan goes on without it.
      failedCopies[want.key] = nil
      take(session.standing.picture.planAgain(want.address), session)
    case .failure(let error):
      putOff(want.key, notice: "a take could not be restored from the cache: \(error)")
    }
  }
}
