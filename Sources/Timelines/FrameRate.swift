/// Frames a second as a fraction, since 23.976 is 24000/1001 and nothing else: rounded, a film of an hour is off by frames.
package struct FrameRate: Hashable, Sendable {
  package let numerator: Int
  package let denominator: Int

  /// What holds where nobody said anything.
  package static let standard = FrameRate(24)

  /// The rate that a person means: what is written as 23.976 or 23.98 is 24000/1001, and so are its relatives; other rates are taken as
  /// they are, to the thousandth.
  package init(_ written: Double) {
    let written = min(max(written, 0.001), 1000)
    let whole = (written * 1.001).rounded()
    // 23.98 lies 0.004 beside what it means; whole numbers mean themselves.
    let isRelative = whole > 0 && (Int(whole) % 24 == 0 || Int(whole) % 30 == 0)
    if isRelative, written != written.rounded(), abs(written - whole / 1.001) < 0.005 {
      (numerator, denominator) = (Int(whole) * 1000, 1001)
      return
    }
    let thousandths = Int((written * 1000).rounded())
    let divisor = Self.greatestDivisor(thousandths, 1000)
    (numerator, denominator) = (thousandths / divisor, 1000 / divisor)
  }

  private static func greatestDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestDivisor(b, a % b) }

  /// Frames a second.
  package var value: Double { Double(numerator) / Double(denominator) }

  /// How many frames a time code counts in a second: 24 for 23.976.
  package var nominal: Int { (2 * numerator + denominator) / (2 * denominator) }

  /// Whether it is one of the rates that are a thousandth slower than their time code, such as 29.97.
  package var isNTSC: Bool { denominator == 1001 }

  /// Whether time codes leave out numbers to stay with the clock: at 29.97 and 59.94, but not at 23.976, as is the custom.
  package var dropsFrames: Bool { isNTSC && nominal % 30 == 0 }

  /// Whether there are time codes at all: 12.5 frames a second have none, and two digits count no more than 100 frames.
  package var hasTimeCode: Bool { (denominator == 1 || isNTSC) && nominal <= 100 }

  /// The frames of a duration, to the nearest, and at least one. A shot's length depends on no other shot's: what stands before it may
  /// change as it likes.
  package func frames(in seconds: Double) -> Int { max(1, Int((seconds * value).rounded())) }

  /// How long some frames last, in seconds.
  package func seconds(of frames: Int) -> Double { Double(frames) * Double(denominator) / Double(numerator) }
}
