internal import Glibc

/// A sketch in a few tones, as a storyboard artist lays one in before anything is drawn: masses, one light, one accent.
///
/// It says "here will be a picture of this kind" and makes frames tell apart in a contact sheet; it does not pretend to be more.
struct SceneSketch {
  let canvas: Canvas
  let area: Rect
  private let motif: SceneReading.Motif
  private let light: SceneReading.Light
  private var chance: Chance
  private let deep: Color
  private let pale: Color
  /// The one colour of the sketch, for what shines.
  private let accent: Color

  /// Inks of a printmaker: each accent with the dark that it is printed with.
  private static let inks: [(accent: UInt32, deep: UInt32)] = [
    (0xD9A441, 0x17202A), (0xC8673F, 0x1B2226), (0x6FA3A0, 0x18222B), (0x8FA3BF, 0x1A1D2B),
    (0xB7A15A, 0x1E2420), (0xB5727C, 0x231D26), (0x7D9B76, 0x1A2420), (0xD8C7A0, 0x22201F),
  ]

  init(_ reading: SceneReading, on canvas: Canvas, in area: Rect) {
    self.canvas = canvas
    self.area = area
    motif = reading.motif
    light = reading.light
    chance = reading.chance
    let ink = Self.inks[chance.below(Self.inks.count)]
    deep = Color(ink.deep)
    accent = Color(ink.accent)
    pale = Color(0xEFEBE2).mixed(with: accent, 0.07)
  }

  /// 0 is the ink, 1 the paper; darker lights shift all tones down.
  private func tone(_ value: Double) -> Color {
    let shifted: Double =
      switch light {
      case .night: value * 0.52
      case .dusk: 0.08 + value * 0.72
      case .day: 0.16 + value * 0.84
      }
    return deep.mixed(with: pale, min(max(shifted, 0), 1))
  }

  /// What shines: nearly white by day, the accent otherwise.
  private var glow: Color { light == .day ? pale.mixed(with: accent, 0.35) : accent.mixed(with: pale, 0.35) }

  mutating func draw() {
    switch motif {
    case .sea: sea()
    case .hills: hills()
    case .room: room()
    case .street: street()
    case .figure: figure()
    case .portrait: portrait()
    case .woods: woods()
    case .still: still()
    }
  }

  // MARK: Parts

  /// On one of the lines of thirds.
  private mutating func third() -> Double { chance.flip() ? 1.0 / 3 : 2.0 / 3 }

  private func wash(_ rect: Rect, _ stops: [(Double, Double)]) {
    canvas.rectangle(rect)
    canvas.fill(from: rect.at(0.5, 0), to: rect.at(0.5, 1), stops.map { ($0.0, tone($0.1)) })
  }

  private func halo(_ center: Point, _ radius: Double, strength: Double) {
    canvas.rectangle(area)
    canvas.fill(
      around: center, radius: radius,
      [(0, glow.withAlpha(strength)), (0.35, glow.withAlpha(strength * 0.4)), (1, glow.withAlpha(0))])
  }

  private func disc(_ center: Point, _ radius: Double) {
    halo(center, radius * 5, strength: light == .day ? 0.5 : 0.34)
    canvas.ellipse(center, radius, radius)
    canvas.fill(glow)
  }

  /// A ridge across the whole width, filled down to the bottom.
  private mutating func ridge(at height: Double, swing: Double, _ color: Color) {
    let phases = (0..<4).map { _ in chance.between(0, 2 * .pi) }
    let points = (0...64).map { step in
      let x = Double(step) / 64
      var y = height
      for (index, phase) in phases.enumerated() {
        let rate = [1.7, 3.6, 7.3, 15.1][index]
        y += swing * [0.55, 0.3, 0.11, 0.04][index] * sin(x * rate * .pi + phase)
      }
      return area.at(x, y)
    }
    canvas.polygon(points + [area.at(1, 1.01), area.at(0, 1.01)])
    canvas.fill(color)
  }

  /// A person seen from behind in a long coat, standing at `foot`.
  private func person(_ foot: Point, _ height: Double, _ color: Color) {
    func at(_ x: Double, _ y: Double) -> Point { Point(x: foot.x + x * height, y: foot.y - y * height) }
    canvas.ellipse(at(0, 0.925), height * 0.058, height * 0.072)
    canvas.fill(color)
    canvas.move(to: at(-0.035, 0.87))
    canvas.curve(at(-0.06, 0.83), at(-0.135, 0.84), to: at(-0.145, 0.74))
    canvas.line(to: at(-0.165, 0.44))
    canvas.curve(at(-0.15, 0.41), at(-0.13, 0.42), to: at(-0.125, 0.46))
    canvas.line(to: at(-0.145, 0.22))
    canvas.curve(at(-0.1, 0.2), at(-0.08, 0.2), to: at(-0.075, 0.2))
    canvas.line(to: at(-0.065, 0))
    canvas.line(to: at(-0.012, 0))
    canvas.line(to: at(-0.008, 0.2))
    canvas.line(to: at(0.012, 0.2))
    canvas.line(to: at(0.02, 0))
    canvas.line(to: at(0.073, 0))
    canvas.line(to: at(0.078, 0.2))
    canvas.curve(at(0.1, 0.2), at(0.12, 0.21), to: at(0.145, 0.22))
    canvas.line(to: at(0.125, 0.46))
    canvas.curve(at(0.13, 0.42), at(0.15, 0.41), to: at(0.165, 0.44))
    canvas.line(to: at(0.145, 0.74))
    canvas.curve(at(0.135, 0.84), at(0.06, 0.83), to: at(0.035, 0.87))
    canvas.close()
    canvas.fill(color)
  }

  private var side: Double { min(area.width, area.height) }

  // MARK: Motifs

  private mutating func sea() {
    let horizon = chance.between(0.54, 0.64)
    let sun = third()
    wash(area, [(0, 0.42), (horizon * 0.7, 0.72), (horizon, 0.92)])
    let center = area.at(sun, horizon - chance.between(0.1, 0.24))
    disc(center, side * chance.between(0.055, 0.085))
    ridge(at: horizon - 0.015, swing: 0.035, tone(0.66))
    let water = Rect(
      x: area.x, y: area.y + area.height * horizon, width: area.width, height: area.height * (1 - horizon))
    wash(water, [(0, 0.7), (0.35, 0.4), (1, 0.16)])
    for index in 0..<15 {
      let depth = Double(index) / 15
      let y = water.y + water.height * (0.03 + 0.9 * depth * depth)
      let half = area.width * (0.012 + 0.085 * depth) * chance.between(0.5, 1.3)
      let shift = area.width * 0.03 * depth * chance.between(-1, 1)
      canvas.rounded(
        Rect(x: center.x + shift - half, y: y, width: 2 * half, height: max(1, side * (0.004 + 0.008 * depth))), side)
      canvas.fill(glow.withAlpha(0.75 - 0.45 * depth))
    }
    let other = sun < 0.5 ? 1.0 : 0.0
    let toward = sun < 0.5 ? -1.0 : 1.0
    // A headland with its light, on the side away from the sun.
    canvas.move(to: area.at(other, horizon - 0.12))
    canvas.curve(
      area.at(other + toward * 0.14, horizon - 0.12), area.at(other + toward * 0.2, horizon - 0.02),
      to: area.at(other + toward * 0.32, horizon + 0.02))
    canvas.line(to: area.at(other, horizon + 0.05))
    canvas.close()
    canvas.fill(tone(0.14))
    let base = area.at(other + toward * 0.13, horizon - 0.06)
    let tall = area.height * 0.26
    let wide = tall * 0.095
    canvas.polygon([
      base + Point(x: -wide, y: 0), base + Point(x: -wide * 0.6, y: -tall), base + Point(x: wide * 0.6, y: -tall),
      base + Point(x: wide, y: 0),
    ])
    canvas.fill(tone(0.14))
    canvas.fill(
      Rect(x: base.x - wide * 0.85, y: base.y - tall - wide * 0.3, width: wide * 1.7, height: wide * 0.3), tone(0.05))
    canvas.fill(Rect(x: base.x - wide * 0.5, y: base.y - tall - wide * 1.3, width: wide, height: wide), glow)
    canvas.polygon([
      base + Point(x: -wide * 0.75, y: -tall - wide * 1.3), base + Point(x: 0, y: -tall - wide * 2.1),
      base + Point(x: wide * 0.75, y: -tall - wide * 1.3),
    ])
    canvas.fill(tone(0.05))
  }

  private mutating func hills() {
    wash(area, [(0, 0.5), (0.6, 0.95), (1, 0.95)])
    let sun = third()
    disc(area.at(sun, chance.between(0.2, 0.34)), side * chance.between(0.06, 0.1))
    let count = 5
    for index in 0..<count {
      let share = Double(index) / Double(count - 1)
      ridge(at: 0.46 + 0.38 * share, swing: 0.09 + 0.03 * share, tone(0.74 - 0.66 * share))
    }
    person(area.at(1 - sun, 0.93), side * 0.17, tone(0.02))
  }

  private mutating func room() {
    let isLeft = chance.flip()
    func x(_ value: Double) -> Double { isLeft ? value : 1 - value }
    wash(area, [(0, 0.24), (0.72, 0.4), (1, 0.3)])
    let floor = 0.74
    canvas.polygon([area.at(0, floor), area.at(1, floor), area.at(1, 1), area.at(0, 1)])
    canvas.fill(tone(0.17))
    // The window, its light on the floor, and the air between.
    let (left, right) = (chance.between(0.14, 0.2), chance.between(0.38, 0.44))
    let (top, bottom) = (0.16, 0.56)
    canvas.polygon([area.at(x(left), top), area.at(x(right), top), area.at(x(right), bottom), area.at(x(left), bottom)])
    canvas.fill(glow)
    canvas.polygon([
      area.at(x(left + 0.2), floor + 0.04), area.at(x(right + 0.26), floor + 0.04), area.at(x(right + 0.42), 0.96),
      area.at(x(left + 0.3), 0.96),
    ])
    canvas.fill(glow.withAlpha(0.4))
    canvas.polygon([
      area.at(x(left), bottom), area.at(x(right), top), area.at(x(right + 0.42), 0.96), area.at(x(left + 0.3), 0.96),
    ])
    canvas.fill(
      from: area.at(x(left), top), to: area.at(x(right + 0.35), 0.96),
      [(0, glow.withAlpha(0.26)), (1, glow.withAlpha(0.03))])
    let bar = max(1, side * 0.012)
    for share in [1.0 / 3, 2.0 / 3] {
      canvas.move(to: area.at(x(left + (right - left) * share), top))
      canvas.line(to: area.at(x(left + (right - left) * share), bottom))
      canvas.stroke(tone(0.2), bar)
    }
    canvas.move(to: area.at(x(left), (top + bottom) / 2))
    canvas.line(to: area.at(x(right), (top + bottom) / 2))
    canvas.stroke(tone(0.2), bar)
    // Someone at a table, away from the window.
    person(area.at(x(0.74), 0.94), area.height * 0.56, tone(0.05))
    canvas.polygon([area.at(x(0.5), 0.7), area.at(x(0.69), 0.7), area.at(x(0.69), 0.725), area.at(x(0.5), 0.725)])
    canvas.fill(tone(0.07))
    for leg in [0.52, 0.66] {
      canvas.polygon([
        area.at(x(leg), 0.72), area.at(x(leg + 0.012), 0.72), area.at(x(leg + 0.01), 0.93),
        area.at(x(leg + 0.002), 0.93),
      ])
      canvas.fill(tone(0.07))
    }
  }

  private mutating func street() {
    let vanish = chance.between(0.38, 0.62)
    let eye = chance.between(0.56, 0.64)
    let point = area.at(vanish, eye)
    wash(area, [(0, 0.4), (eye, 0.96), (1, 0.5)])
    halo(point, side * 0.75, strength: 0.55)
    canvas.polygon([point, area.at(1.25, 1), area.at(-0.25, 1)])
    canvas.fill(from: point, to: area.at(0.5, 1), [(0, tone(0.82)), (1, tone(0.26))])
    // Houses on both sides, the nearer the darker; each begins where the one before ends.
    for isLeft in [true, false] {
      let edge = isLeft ? -0.02 : 1.02
      var near = 0.0
      for (index, far) in [0.34, 0.58, 0.76, 0.88].enumerated() {
        let top = chance.between(-0.5, 0.12)
        func place(_ depth: Double, _ y: Double) -> Point {
          area.at(edge + (vanish - edge) * depth, y + (eye - y) * depth)
        }
        canvas.polygon([place(near, top), place(far, top), place(far, 1.0), place(near, 1.0)])
        canvas.fill(tone(0.07 + 0.17 * Double(index)))
        if index < 3 {
          for floor in stride(from: 0.1, to: 0.62, by: 0.2) {
            let (a, b) = (near + (far - near) * 0.34, near + (far - near) * 0.58)
            guard chance.between(0, 1) > 0.45 else { continue }
            canvas.polygon([place(a, floor), place(b, floor), place(b, floor + 0.1), place(a, floor + 0.1)])
            canvas.fill(chance.between(0, 1) > 0.7 ? accent : tone(0.15 + 0.17 * Double(index)))
          }
        }
        near = far
      }
    }
    let foot = area.at(vanish + chance.between(-0.03, 0.03), eye + 0.2)
    canvas.polygon([
      foot, foot + Point(x: side * 0.03, y: 0), foot + Point(x: side * 0.12, y: area.height * 0.2),
      foot + Point(x: -side * 0.04, y: area.height * 0.2),
    ])
    canvas.fill(tone(0.05).withAlpha(0.45))
    person(foot, area.height * 0.3, tone(0.03))
  }

  private mutating func figure() {
    wash(area, [(0, 0.36), (0.7, 0.62), (1, 0.4)])
    let place = third()
    let center = area.at(place, 0.46)
    let radius = side * chance.between(0.27, 0.34)
    if chance.flip() {
      disc(center, radius)
    } else {
      // A doorway of light, and what it throws on the floor.
      let width = side * 0.42
      halo(area.at(place, 0.5), side * 1.1, strength: 0.4)
      canvas.fill(
        Rect(x: center.x - width / 2, y: area.y + area.height * 0.1, width: width, height: area.height * 0.68), glow)
      canvas.polygon([
        Point(x: center.x - width / 2, y: area.y + area.height * 0.78),
        Point(x: center.x + width / 2, y: area.y + area.height * 0.78),
        Point(x: center.x + width * 0.95, y: area.maxY), Point(x: center.x - width * 0.95, y: area.maxY),
      ])
      canvas.fill(
        from: area.at(0, 0.78), to: area.at(0, 1), [(0, glow.withAlpha(0.7)), (1, glow.withAlpha(0.15))])
    }
    canvas.polygon([area.at(0, 0.86), area.at(1, 0.84), area.at(1, 1), area.at(0, 1)])
    canvas.fill(tone(0.12).withAlpha(0.8))
    person(area.at(place, 0.93), area.height * 0.7, tone(0.02))
  }

  private mutating func portrait() {
    let place = third()
    let faces = place < 0.5 ? 1.0 : -1.0
    wash(area, [(0, 0.5), (1, 0.3)])
    halo(area.at(1 - place, 0.3), max(area.width, area.height) * 0.7, strength: 0.6)
    let size = min(area.height, area.width * 1.15) * 0.5
    let center = area.at(place, 0.44)
    func at(_ x: Double, _ y: Double) -> Point { Point(x: center.x + faces * x * size, y: center.y + y * size) }
    func bust(_ color: Color, shift: Double) {
      func off(_ x: Double, _ y: Double) -> Point { at(x + shift, y) }
      // The head in three-quarter view, hair, neck, and shoulders that run out of the picture.
      canvas.move(to: off(-0.36, -0.1))
      canvas.curve(off(-0.4, -0.52), off(-0.06, -0.66), to: off(0.16, -0.54))
      canvas.curve(off(0.34, -0.45), off(0.37, -0.24), to: off(0.35, -0.1))
      canvas.curve(off(0.36, -0.04), off(0.42, 0.04), to: off(0.42, 0.08))
      canvas.curve(off(0.42, 0.12), off(0.36, 0.12), to: off(0.36, 0.15))
      canvas.curve(off(0.37, 0.26), off(0.35, 0.38), to: off(0.22, 0.4))
      canvas.curve(off(0.16, 0.41), off(0.1, 0.4), to: off(0.07, 0.38))
      canvas.curve(off(0.08, 0.5), off(0.1, 0.58), to: off(0.22, 0.64))
      canvas.curve(off(0.5, 0.74), off(0.68, 0.86), to: off(0.76, 1.4))
      canvas.line(to: off(-1.0, 1.4))
      canvas.curve(off(-0.92, 0.86), off(-0.72, 0.74), to: off(-0.4, 0.64))
      canvas.curve(off(-0.26, 0.58), off(-0.24, 0.46), to: off(-0.26, 0.34))
      canvas.curve(off(-0.34, 0.22), off(-0.35, 0.06), to: off(-0.36, -0.1))
      canvas.close()
      canvas.fill(color)
    }
    // The light grazes the side that faces it.
    bust(glow.mixed(with: tone(0.5), 0.25), shift: 0.028)
    bust(tone(0.09), shift: 0)
  }

  private mutating func woods() {
    wash(area, [(0, 0.62), (0.62, 0.96), (1, 0.5)])
    halo(area.at(third(), 0.5), side * 0.9, strength: 0.5)
    for layer in 0..<4 {
      let depth = Double(layer) / 3
      let count = 11 - 2 * layer
      for index in 0..<count {
        let x = (Double(index) + chance.between(0.1, 0.9)) / Double(count)
        let width = side * (0.012 + 0.05 * depth * depth) * chance.between(0.7, 1.3)
        let lean = side * 0.03 * chance.between(-1, 1)
        let foot = area.at(x, 0.72 + 0.2 * depth + chance.between(-0.02, 0.02))
        canvas.polygon([
          Point(x: foot.x - width * 0.36 + lean, y: area.y - 2), Point(x: foot.x + width * 0.36 + lean, y: area.y - 2),
          foot + Point(x: width * 0.6, y: 0), foot + Point(x: -width * 0.6, y: 0),
        ])
        canvas.fill(tone(0.72 - 0.64 * depth))
      }
      ridge(at: 0.74 + 0.16 * depth, swing: 0.02, tone(0.7 - 0.6 * depth))
      if layer == 2 { person(area.at(third() + chance.between(-0.03, 0.03), 0.87), side * 0.24, tone(0.06)) }
    }
  }

  /// A thing on a table under a lamp.
  private mutating func still() {
    let place = third()
    wash(area, [(0, 0.12), (0.6, 0.22), (1, 0.16)])
    let lamp = area.at(place, -0.02)
    let table = area.at(place + (0.5 - place) * 0.35, 0.72)
    canvas.polygon([area.at(0, 0.56), area.at(1, 0.56), area.at(1, 1), area.at(0, 1)])
    canvas.fill(from: area.at(0, 0.56), to: area.at(0, 1), [(0, tone(0.3)), (1, tone(0.16))])
    let (radiusX, radiusY) = (side * 0.62, side * 0.19)
    canvas.polygon([
      lamp + Point(x: -side * 0.07, y: 0), lamp + Point(x: side * 0.07, y: 0), table + Point(x: radiusX, y: 0),
      table + Point(x: -radiusX, y: 0),
    ])
    canvas.fill(from: lamp, to: table, [(0, glow.withAlpha(0.5)), (1, glow.withAlpha(0.05))])
    canvas.ellipse(table, radiusX, radiusY)
    canvas.fill(from: table - Point(x: 0, y: radiusY), to: table + Point(x: 0, y: radiusY), [(0, glow), (1, accent)])
    // A box, a ball, and their shadows.
    let size = side * 0.17
    let box = table + Point(x: -size * 0.9, y: 0)
    canvas.polygon([
      box + Point(x: -size * 0.1, y: size * 0.22), box + Point(x: size, y: size * 0.3),
      box + Point(x: -size * 0.9, y: size * 0.68), box + Point(x: -size * 1.5, y: size * 0.5),
    ])
    canvas.fill(deep.withAlpha(0.4))
    canvas.polygon([
      box + Point(x: -size * 0.5, y: -size * 0.72), box + Point(x: size * 0.35, y: -size * 0.84),
      box + Point(x: size * 0.72, y: -size * 0.66), box + Point(x: -size * 0.12, y: -size * 0.52),
    ])
    canvas.fill(tone(0.75))
    canvas.polygon([
      box + Point(x: -size * 0.5, y: -size * 0.72), box + Point(x: -size * 0.12, y: -size * 0.52),
      box + Point(x: -size * 0.12, y: size * 0.34), box + Point(x: -size * 0.5, y: size * 0.12),
    ])
    canvas.fill(tone(0.06))
    canvas.polygon([
      box + Point(x: -size * 0.12, y: -size * 0.52), box + Point(x: size * 0.72, y: -size * 0.66),
      box + Point(x: size * 0.72, y: size * 0.16), box + Point(x: -size * 0.12, y: size * 0.34),
    ])
    canvas.fill(tone(0.3))
    let ball = table + Point(x: size * 1.25, y: -size * 0.05)
    canvas.ellipse(ball + Point(x: size * 0.1, y: size * 0.36), size * 0.55, size * 0.13)
    canvas.fill(deep.withAlpha(0.5))
    canvas.ellipse(ball, size * 0.4, size * 0.4)
    canvas.fill(
      around: ball + Point(x: -size * 0.12, y: -size * 0.2), radius: size * 0.62,
      [(0, tone(0.9)), (0.5, tone(0.4)), (1, tone(0.05))])
  }
}
