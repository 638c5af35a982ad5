internal import Synchronization

/// What one task waits for and the client's thread gives, once: the first to give wins.
final class Reply<Value: Sendable>: Sendable {
  private enum State {
    case open
    case awaited(CheckedContinuation<Result<Value, HTTPError>, Never>)
    /// Given before it was waited for.
    case given(Result<Value, HTTPError>)
    case done
  }

  private let state = Mutex(State.open)

  func give(_ result: Result<Value, HTTPError>) {
    let continuation: CheckedContinuation<Result<Value, HTTPError>, Never>? = state.withLock { state in
      switch state {
      case .open:
        state = .given(result)
        return nil
      case .awaited(let continuation):
        state = .done
        return continuation
      case .given, .done: return nil
      }
    }
    continuation?.resume(returning: result)
  }

  /// Waits for it; for one task.
  /// - Parameter onCancel: what is done when the task is cancelled, before waiting or while it does. It has to see to it that
  ///   something is given.
  func value(onCancel: @escaping @Sendable () -> Void) async throws(HTTPError) -> Value {
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let given: Result<Value, HTTPError>? = state.withLock { state in
          guard case .given(let result) = state else {
            state = .awaited(continuation)
            return nil
          }
          state = .done
          return result
        }
        if let given { continuation.resume(returning: given) }
      }
    } onCancel: {
      onCancel()
    }
    return try result.get()
  }
}
