import Testing

@testable import Timelines

/// Rates and time codes: the arithmetic that is easy to get nearly right.
struct TimeCodeTests {
  private func code(_ frame: Int, _ fps: Double) -> String? {
    TimeCode(frame: frame, at: FrameRate(fps))?.description
  }

  @Test func `what is written as 23.976 or 23.98 is 24000 frames in 1001 seconds`() {
    for (written, numerator, denominator) in [
      (23.976, 24_000, 1001), (23.98, 24_000, 1001), (23.976023976023978, 24_000, 1001), (24, 24, 1), (25, 25, 1),
      (29.97, 30_000, 1001), (30, 30, 1), (47.952, 48_000, 1001), (50, 50, 1), (59.94, 60_000, 1001), (60, 60, 1),
      (119.88, 120_000, 1001), (12.5, 25, 2), (14.985, 2997, 200), (8, 8, 1), (0.5, 1, 2), (23.5, 47, 2),
      (1e-9, 1, 1000), (240, 240, 1),
    ] as [(Double, Int, Int)] {
      let rate = FrameRate(written)
      #expect(rate.numerator == numerator && rate.denominator == denominator, "\(written): \(rate)")
    }
  }

  @Test func `a duration is frames to the nearest, and never none`() {
    #expect(FrameRate(24).frames(in: 4) == 96)
    #expect(FrameRate(24).frames(in: 2.5) == 60)
    #expect(FrameRate(25).frames(in: 0.1) == 3)
    #expect(FrameRate(24).frames(in: 0.001) == 1)
    #expect(FrameRate(23.976).frames(in: 4) == 96)
    #expect(FrameRate(29.97).frames(in: 3600) == 107_892)
    #expect(FrameRate(240).frames(in: 86_400) == 20_736_000)
    #expect(FrameRate(29.97).seconds(of: 30_000) == 1001)
  }

  @Test func `whole rates count straight on`() {
    #expect(code(0, 24) == "00:00:00:00")
    #expect(code(23, 24) == "00:00:00:23")
    #expect(code(24, 24) == "00:00:01:00")
    #expect(code(86_400 * 24 - 1, 24) == "23:59:59:23")
    #expect(code(86_400 * 24, 24) == nil)
    #expect(code(59, 60) == "00:00:00:59")
    #expect(code(25 * 3661 + 7, 25) == "01:01:01:07")
    #expect(code(-1, 25) == nil)
  }

  @Test func `23.976 counts as 24 does and leaves nothing out`() {
    #expect(code(1440, 23.976) == "00:01:00:00")
    #expect(TimeCode.frame(ofHour: 1, at: FrameRate(23.976)) == 86_400)
  }

  @Test func `29.97 leaves out two numbers a minute but for every tenth`() {
    for (frame, expected) in [
      (0, "00:00:00;00"), (1799, "00:00:59;29"), (1800, "00:01:00;02"), (1801, "00:01:00;03"), (3597, "00:01:59;29"),
      (3598, "00:02:00;02"), (17_981, "00:09:59;29"), (17_982, "00:10:00;00"), (17_982 + 1799, "00:10:59;29"),
      (17_982 + 1800, "00:11:00;02"), (107_892, "01:00:00;00"), (24 * 107_892 - 1, "23:59:59;29"),
    ] { #expect(code(frame, 29.97) == expected, "\(frame)") }
    #expect(code(24 * 107_892, 29.97) == nil)
    #expect(TimeCode.frame(ofHour: 1, at: FrameRate(29.97)) == 107_892)
  }

  @Test func `59.94 leaves out four`() {
    for (frame, expected) in [
      (3599, "00:00:59;59"), (3600, "00:01:00;04"), (7195, "00:01:59;59"), (7196, "00:02:00;04"),
      (35_964, "00:10:00;00"), (215_784, "01:00:00;00"),
    ] { #expect(code(frame, 59.94) == expected, "\(frame)") }
  }

  @Test func `every frame of an hour has a number of its own, none is one that is left out, and they go up`() {
    for (fps, dropped) in [(29.97, 2), (59.94, 4), (23.976, 0), (25, 0)] as [(Double, Int)] {
      let rate = FrameRate(fps)
      var last = -1
      for frame in 0..<TimeCode.frame(ofHour: 1, at: rate) {
        guard let code = TimeCode(frame: frame, at: rate) else {
          Issue.record("no time code for \(frame)")
          return
        }
        let number = ((code.hours * 60 + code.minutes) * 60 + code.seconds) * rate.nominal + code.frames
        let isLeftOut = code.seconds == 0 && code.frames < dropped && !code.minutes.isMultiple(of: 10)
        guard number > last, !isLeftOut, code.frames < rate.nominal else {
          Issue.record("\(code) follows \(last) at \(fps)")
          return
        }
        last = number
      }
      #expect(last == 3600 * rate.nominal - 1)
    }
  }

  @Test func `rates without time codes are told`() {
    #expect(!FrameRate(12.5).hasTimeCode && !FrameRate(119.88).hasTimeCode && FrameRate(100).hasTimeCode)
    #expect(code(0, 12.5) == nil)
  }
}
