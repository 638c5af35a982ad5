/// A place on the frame, in pixels from its top left corner.
struct Point {
  var x: Double
  var y: Double

  static func + (left: Point, right: Point) -> Point { Point(x: left.x + right.x, y: left.y + right.y) }
  static func - (left: Point, right: Point) -> Point { Point(x: left.x - right.x, y: left.y - right.y) }
  static func * (point: Point, factor: Double) -> Point { Point(x: point.x * factor, y: point.y * factor) }

  var length: Double { (x * x + y * y).squareRoot() }

  /// The point that lies `share` of the way to another one.
  func towards(_ other: Point, _ share: Double) -> Point { self + (other - self) * share }
}

/// An upright rectangle, in pixels.
struct Rect {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  var maxX: Double { x + width }
  var maxY: Double { y + height }
  var center: Point { Point(x: x + width / 2, y: y + height / 2) }
  var aspect: Double { width / height }
  /// Top left, top right, bottom right, bottom left.
  var corners: [Point] { [at(0, 0), at(1, 0), at(1, 1), at(0, 1)] }

  /// The point at shares of the width and height.
  func at(_ across: Double, _ down: Double) -> Point { Point(x: x + width * across, y: y + height * down) }

  func inset(_ distance: Double) -> Rect {
    Rect(x: x + distance, y: y + distance, width: width - 2 * distance, height: height - 2 * distance)
  }

  /// The same centre, `share` of the size.
  func scaled(_ share: Double) -> Rect {
    Rect(
      x: x + width * (1 - share) / 2, y: y + height * (1 - share) / 2, width: width * share, height: height * share)
  }

  /// On whole pixels, so that edges are sharp.
  var onPixels: Rect {
    let (left, top) = (x.rounded(), y.rounded())
    return Rect(x: left, y: top, width: maxX.rounded() - left, height: maxY.rounded() - top)
  }
}

/// A colour in sRGB, components 0 to 1.
struct Color {
  var red: Double
  var green: Double
  var blue: Double
  var alpha = 1.0

  init(_ hex: UInt32, alpha: Double = 1) {
    red = Double(hex >> 16 & 255) / 255
    green = Double(hex >> 8 & 255) / 255
    blue = Double(hex & 255) / 255
    self.alpha = alpha
  }

  func withAlpha(_ alpha: Double) -> Color {
    var color = self
    color.alpha = alpha
    return color
  }

  /// The colour `share` of the way to another one.
  func mixed(with other: Color, _ share: Double) -> Color {
    var color = self
    color.red += (other.red - red) * share
    color.green += (other.green - green) * share
    color.blue += (other.blue - blue) * share
    color.alpha += (other.alpha - alpha) * share
    return color
  }
}
