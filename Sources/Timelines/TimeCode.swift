/// `01:00:04:00`, the name of a frame: hours, minutes, seconds and frames by the rate's nominal count.
///
/// At 29.97 and 59.94 frames a second numbers are left out (not frames): the first two, or four, of each minute, but for every tenth. So
/// the time code stays with the clock, to a frame or two an hour. Such time codes have a `;` before the frames.
package struct TimeCode: Hashable, Sendable, CustomStringConvertible {
  package let hours: Int
  package let minutes: Int
  package let seconds: Int
  package let frames: Int
  package let isDropFrame: Bool

  /// - Parameter frame: counted from 00:00:00:00.
  /// - Returns: nil from 24 hours on, where time codes end, and at rates that have none.
  package init?(frame: Int, at rate: FrameRate) {
    guard rate.hasTimeCode, frame >= 0 else { return nil }
    let nominal = rate.nominal
    var number = frame
    if rate.dropsFrames {
      // The first of ten minutes is whole, the nine others are short.
      let (tens, rest) = frame.quotientAndRemainder(dividingBy: Self.tenMinutes(at: rate))
      number += 9 * Self.dropped(at: rate) * tens
      let whole = nominal * 60
      if rest >= whole {
        number += Self.dropped(at: rate) * (1 + (rest - whole) / (whole - Self.dropped(at: rate)))
      }
    }
    let second = number / nominal
    guard second < 24 * 3600 else { return nil }
    (hours, minutes, seconds) = (second / 3600, second / 60 % 60, second % 60)
    frames = number % nominal
    isDropFrame = rate.dropsFrames
  }

  /// The frame that bears the number of a full hour.
  package static func frame(ofHour hour: Int, at rate: FrameRate) -> Int {
    hour * (rate.dropsFrames ? 6 * tenMinutes(at: rate) : 3600 * rate.nominal)
  }

  private static func dropped(at rate: FrameRate) -> Int { rate.nominal / 15 }
  private static func tenMinutes(at rate: FrameRate) -> Int { 600 * rate.nominal - 9 * dropped(at: rate) }

  package var description: String {
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(two(hours)):\(two(minutes)):\(two(seconds))\(isDropFrame ? ";" : ":")\(two(frames))"
  }
}
