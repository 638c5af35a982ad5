package import Basics
package import ProjectFiles

/// What moved in how things stand, for who shows a project: what to ask for again. It says where, never what.
package struct StandingChange: Sendable {
  /// Shots that were planned again, whose jobs went on, or that are gone.
  package var shots: Set<ShotAddress> = []
  /// Takes of either sort that came, changed or went.
  package var takes: Set<ProjectPath> = []
  /// File names of takes of which somebody thinks otherwise now.
  package var rated: Set<ProjectPath> = []
  /// Whether sequences, their order or their shots may have changed.
  package var outline = false
  package var inbox = false
  package var library = false
  /// Problems, counts, engines, the queue, or whatever else is said of the project as a whole.
  package var overview = false

  package init() {}

  package var isEmpty: Bool {
    shots.isEmpty && takes.isEmpty && rated.isEmpty && !outline && !inbox && !library && !overview
  }

  package mutating func form(_ other: StandingChange) {
    if isEmpty {
      self = other
      return
    }
    shots.formUnion(other.shots)
    takes.formUnion(other.takes)
    rated.formUnion(other.rated)
    outline = outline || other.outline
    inbox = inbox || other.inbox
    library = library || other.library
    overview = overview || other.overview
  }

  mutating func note(_ touched: Set<Touched>, takes paths: Set<ProjectPath>) {
    takes.formUnion(paths)
    for mark in touched {
      switch mark {
      case .everything, .sequence: outline = true
      case .entry: library = true
      case .path(let path):
        if InboxClaims(path) != nil { inbox = true }
        if DroppedTake(path) != nil { takes.insert(path) }
      case .shots, .name, .shot: break
      }
    }
  }

  mutating func noteRatings(_ before: Ratings?, _ after: Ratings?) {
    let (old, new) = (before?.byTake ?? [:], after?.byTake ?? [:])
    for (name, rating) in old where new[name] != rating { rated.insert(name) }
    for name in new.keys where old[name] == nil { rated.insert(name) }
  }
}
