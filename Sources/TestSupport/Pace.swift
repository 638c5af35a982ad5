internal import CShims

/// How slow the programs under test are.
package enum Pace {
  /// What limits of waiting are multiplied with: a program that watches itself (scripts/sanitize) takes several times as long.
  package static let slowness = reel_is_sanitized() != 0 ? 8 : 1
}
