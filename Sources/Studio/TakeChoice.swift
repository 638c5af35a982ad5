/// Which takes are handed over.
package enum TakeChoice: String, Hashable, Sendable, CaseIterable {
  /// Those that the film uses, and the current one of every recipe: nothing needs to be made where they go.
  case used
  /// Those that somebody likes.
  case liked
  /// Older ones and those of shots that are gone, too.
  case all
}
