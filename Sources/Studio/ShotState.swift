package import Planning
internal import ProjectFiles

/// The state of a shot as people see it, from the worst down.
package enum ShotState: String, Hashable, Sendable, CaseIterable, Comparable {
  case failed
  case unreadable
  case running
  case queued
  case waiting
  case held
  case stale
  case missing
  case fresh

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? Self.allCases.count }

  package static func < (left: ShotState, right: ShotState) -> Bool { left.rank < right.rank }

  /// What the plan alone says of a want; the job board knows of queued, running and failed ones.
  package init(of want: PlannedWant, isHeld: Bool) {
    switch want.state {
    case .fresh: self = .fresh
    case .copyable: self = isHeld ? .held : .missing
    case .waits: self = .waiting
    case .needed(let reason), .restorable(_, let reason): self = isHeld ? .held : reason.isStale ? .stale : .missing
    }
  }
}
