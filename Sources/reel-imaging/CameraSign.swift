internal import Glibc
internal import Imaging

/// The signs by which storyboards show what the camera does, drawn over the picture.
///
/// Turning on the spot (pan, tilt) is a bent arrow, travelling (truck, pedestal, crane, dolly) a straight one on a rail, and what
/// changes the picture's edges (dolly, zoom) shows the edges that it ends with as a dashed frame.
struct CameraSign {
  let canvas: Canvas
  let picture: Rect
  let unit: Double

  static let color = Color(0xE5532D)
  private static let casing = Color(0xFFFFFF, alpha: 0.9)

  private var thickness: Double { max(1.6, 4.5 * unit) }

  func draw(_ move: CameraMove) {
    guard let kind = move.kind else { return }
    let amount = min(max(move.amount.isFinite ? move.amount : 0, 0), 1)
    // Even the smallest and the largest amount must read as an arrow inside the picture.
    let reach = 0.18 + 0.5 * amount
    switch kind {
    case .static: marks(around: picture.scaled(0.16))
    case .panLeft: bent(from: picture.at(0.5 + reach / 2, 0.86), to: picture.at(0.5 - reach / 2, 0.86), bulge: -0.1)
    case .panRight: bent(from: picture.at(0.5 - reach / 2, 0.86), to: picture.at(0.5 + reach / 2, 0.86), bulge: 0.1)
    case .tiltUp: bent(from: picture.at(0.9, 0.5 + reach / 2), to: picture.at(0.9, 0.5 - reach / 2), bulge: 0.1)
    case .tiltDown: bent(from: picture.at(0.9, 0.5 - reach / 2), to: picture.at(0.9, 0.5 + reach / 2), bulge: -0.1)
    case .truckLeft: rail(from: picture.at(0.5 + reach / 2, 0.88), to: picture.at(0.5 - reach / 2, 0.88))
    case .truckRight: rail(from: picture.at(0.5 - reach / 2, 0.88), to: picture.at(0.5 + reach / 2, 0.88))
    case .pedestalUp: rail(from: picture.at(0.91, 0.5 + reach / 2), to: picture.at(0.91, 0.5 - reach / 2))
    case .pedestalDown: rail(from: picture.at(0.91, 0.5 - reach / 2), to: picture.at(0.91, 0.5 + reach / 2))
    case .craneUp: sweep(from: picture.at(0.62, 0.86), to: picture.at(0.9, 0.86 - reach))
    case .craneDown: sweep(from: picture.at(0.62, 0.86 - reach), to: picture.at(0.9, 0.86))
    case .dollyIn: edges(end: inner(amount), inward: true, isDolly: true)
    case .dollyOut: edges(end: inner(amount), inward: false, isDolly: true)
    case .zoomIn: edges(end: inner(amount), inward: true, isDolly: false)
    case .zoomOut: edges(end: inner(amount), inward: false, isDolly: false)
    case .orbitLeft: orbit(reach, clockwise: true)
    case .orbitRight: orbit(reach, clockwise: false)
    case .roll: roll(amount)
    case .handheld: handheld(amount)
    }
  }

  private func inner(_ amount: Double) -> Rect { picture.scaled(1 - min(max(amount, 0.2), 0.68)) }

  // MARK: Signs

  /// The frame at the other end of the move, and four arrows along the lines that its corners travel.
  private func edges(end: Rect, inward: Bool, isDolly: Bool) {
    let outer = picture.inset(10 * unit)
    frame(end)
    for (far, near) in zip(outer.corners, end.corners) {
      let way = near - far
      guard way.length > 14 * unit else { continue }
      // The arrows keep off both frames, so that neither is hidden.
      let (start, stop) = (far.towards(near, 0.12), far.towards(near, 0.88))
      if isDolly {
        arrow(inward ? [start, stop] : [stop, start])
      } else {
        // A lens has no way through space: a fine line, its head where it ends.
        path([far, near], thickness: thickness * 0.36, dash: [])
        head(at: inward ? stop : start, along: inward ? way : way * -1, length: 4.2 * thickness)
      }
    }
  }

  private func bent(from start: Point, to end: Point, bulge: Double) {
    let way = end - start
    let side = Point(x: -way.y, y: way.x) * (bulge * 2)
    curve(from: start, start.towards(end, 0.3) - side, start.towards(end, 0.7) - side, to: end)
  }

  private func rail(from start: Point, to end: Point) {
    let way = end - start
    let normal = Point(x: -way.y, y: way.x) * (1 / max(way.length, 1))
    let count = max(3, Int((way.length / (34 * unit)).rounded()))
    for index in 0...count {
      let place = start.towards(end, 0.86 * Double(index) / Double(count))
      path([place + normal * (9 * unit), place - normal * (9 * unit)], thickness: thickness * 0.5, dash: [])
    }
    arrow([start, end])
  }

  /// The arm of a crane swings: it leaves along the ground and ends upright.
  private func sweep(from start: Point, to end: Point) {
    let isUp = end.y < start.y
    let corner = isUp ? Point(x: end.x, y: start.y) : Point(x: start.x, y: end.y)
    curve(from: start, start.towards(corner, 0.65), end.towards(corner, 0.65), to: end)
    ring(start, 6 * unit)
  }

  private func orbit(_ reach: Double, clockwise: Bool) {
    let center = picture.at(0.5, 0.56)
    let (radiusX, radiusY) = (picture.width * 0.34, picture.height * 0.2)
    let span = Double.pi * (0.35 + 0.75 * reach)
    func place(_ angle: Double) -> Point {
      Point(x: center.x + radiusX * cos(angle), y: center.y + radiusY * sin(angle))
    }
    let points = (0...48).map { step in
      let share = Double(step) / 48 - 0.5
      return place(.pi / 2 + span * (clockwise ? share : -share))
    }
    canvas.ellipse(center, radiusX, radiusY)
    canvas.stroke(Self.color.withAlpha(0.55), max(1, 1.4 * unit), dash: [5 * unit, 6 * unit])
    arrow(points)
    ring(center, 4 * unit)
  }

  private func roll(_ amount: Double) {
    let radius = min(picture.width, picture.height) * 0.3
    let turn = 0.08 + 0.5 * amount
    canvas.turned(turn * 0.5, around: picture.center) { frame(picture.scaled(0.62)) }
    let span = Double.pi * (0.5 + 0.9 * amount)
    arrow(
      (0...48).map { step in
        let angle = -.pi / 2 - span / 2 + span * Double(step) / 48
        return picture.center + Point(x: cos(angle), y: sin(angle)) * radius
      })
  }

  private func handheld(_ amount: Double) {
    let drift = (0.012 + 0.03 * amount) * picture.width
    for (turn, x, y) in [(0.016, -0.7, 0.5), (-0.022, 0.9, -0.3), (0.008, 0.1, 0.9)] {
      var edge = picture.scaled(0.84)
      edge.x += drift * x
      edge.y += drift * y
      canvas.turned(turn * (0.6 + amount), around: picture.center) { frame(edge) }
    }
  }

  /// Four corners that hold still.
  private func marks(around rect: Rect) {
    let arm = min(rect.width, rect.height) * 0.3
    for (corner, (x, y)) in zip(rect.corners, [(1.0, 1.0), (-1, 1), (-1, -1), (1, -1)]) {
      path(
        [corner + Point(x: arm * x, y: 0), corner, corner + Point(x: 0, y: arm * y)], thickness: thickness * 0.7,
        dash: [])
    }
    ring(rect.center, 3.5 * unit)
  }

  // MARK: Strokes, all with a pale casing that keeps them apart from any picture

  private func frame(_ rect: Rect) {
    path(rect.corners + [rect.corners[0]], thickness: thickness * 0.5, dash: [9 * unit, 7 * unit])
  }

  private func path(_ points: [Point], thickness: Double, dash: [Double]) {
    for (index, point) in points.enumerated() { index == 0 ? canvas.move(to: point) : canvas.line(to: point) }
    canvas.stroke(Self.casing.withAlpha(dash.isEmpty ? 0.9 : 0.4), thickness + 2.4 * unit, keepsPath: true)
    canvas.stroke(Self.color, thickness, dash: dash)
  }

  private func curve(from start: Point, _ first: Point, _ second: Point, to end: Point) {
    arrow(
      (0...40).map { step in
        let t = Double(step) / 40
        let (a, b) = (start.towards(first, t), first.towards(second, t))
        let c = second.towards(end, t)
        return a.towards(b, t).towards(b.towards(c, t), t)
      })
  }

  /// A line through points with its head at the last one.
  private func arrow(_ points: [Point]) {
    guard let end = points.last, points.count > 1 else { return }
    let length = min(5.2 * thickness, 0.6 * zip(points, points.dropFirst()).reduce(0) { $0 + ($1.1 - $1.0).length })
    // The line stops inside the head, wherever along the points that is.
    var stop = points.count - 1
    while stop > 1, (points[stop] - end).length < length * 0.7 { stop -= 1 }
    let direction = end - points[stop == points.count - 1 ? stop - 1 : stop]
    let neck = end - direction * (length * 0.7 / max(direction.length, 0.001))
    path(Array(points[..<stop]) + [neck], thickness: thickness, dash: [])
    head(at: end, along: direction, length: length)
  }

  private func head(at tip: Point, along direction: Point, length: Double) {
    let forward = direction * (1 / max(direction.length, 0.001))
    let side = Point(x: -forward.y, y: forward.x) * (length * 0.42)
    let back = tip - forward * length
    canvas.polygon([tip, back + side, tip - forward * (length * 0.78), back - side])
    canvas.stroke(Self.casing, 2.4 * unit, keepsPath: true)
    canvas.fill(Self.color)
  }

  private func ring(_ center: Point, _ radius: Double) {
    canvas.ellipse(center, radius, radius)
    canvas.stroke(Self.casing, thickness * 0.6 + 2.4 * unit, keepsPath: true)
    canvas.stroke(Self.color, thickness * 0.6, keepsPath: true)
    canvas.fill(Self.casing)
  }
}
