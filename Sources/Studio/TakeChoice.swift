/// Which takes are handed over.
package enum TakeChoice: String, Hashable, Sendable, CaseIterable {
  /// Those that the film uses or shows, and the current one of every recipe: where they go, nothing needs to be made that need not be
  /// made here.
  case used
  /// Those that somebody likes.
  case liked
  /// Older ones and those of shots that are gone, too.
  case all
}
