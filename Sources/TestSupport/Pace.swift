internal import CShims

/// How slow the programs under test are.
package enum Pace {
  /// What limits of waiting are multiplied with: a program that watches itself (scripts/sanitize) takes several times as long.
  package static let slowness = isSanitized ? 8 : 1

  /// Whether they watch themselves. Programs that put themselves between them and the system's libraries cannot be used then.
  package static let isSanitized = reel_is_sanitized() != 0
}
