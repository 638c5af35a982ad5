internal import CPango

/// A sheet to draw on: the one owner of a cairo surface and its context.
final class Canvas {
  let width: Int
  let height: Int
  private let surface: OpaquePointer
  let context: OpaquePointer

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    guard let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height)),
      let context = cairo_create(surface)
    else { preconditionFailure("Internal inconsistency: cairo gave no surface") }
    self.surface = surface
    self.context = context
    cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
  }

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  /// Whether all memory was there and no call failed.
  var isSound: Bool { cairo_status(context) == CAIRO_STATUS_SUCCESS }

  /// The finished pixels, three bytes each.
  func rgb() -> [UInt8] {
    cairo_surface_flush(surface)
    guard let data = cairo_image_surface_get_data(surface) else { return [] }
    let stride = Int(cairo_image_surface_get_stride(surface))
    let (width, height) = (width, height)
    return [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
      guard var out = buffer.baseAddress else { return }
      for row in 0..<height {
        let pixels = UnsafeRawPointer(data + row * stride).assumingMemoryBound(to: UInt32.self)
        for column in 0..<width {
          let pixel = pixels[column]
          out[0] = UInt8(truncatingIfNeeded: pixel >> 16)
          out[1] = UInt8(truncatingIfNeeded: pixel >> 8)
          out[2] = UInt8(truncatingIfNeeded: pixel)
          out += 3
        }
      }
      count = width * height * 3
    }
  }
}

// MARK: Paths

extension Canvas {
  func move(to point: Point) { cairo_move_to(context, point.x, point.y) }

  func line(to point: Point) { cairo_line_to(context, point.x, point.y) }

  func curve(_ first: Point, _ second: Point, to end: Point) {
    cairo_curve_to(context, first.x, first.y, second.x, second.y, end.x, end.y)
  }

  func close() { cairo_close_path(context) }

  func rectangle(_ rect: Rect) { cairo_rectangle(context, rect.x, rect.y, rect.width, rect.height) }

  func ellipse(_ center: Point, _ radiusX: Double, _ radiusY: Double) {
    cairo_save(context)
    cairo_translate(context, center.x, center.y)
    cairo_scale(context, radiusX, radiusY)
    cairo_new_sub_path(context)
    cairo_arc(context, 0, 0, 1, 0, 2 * .pi)
    cairo_close_path(context)
    cairo_restore(context)
  }

  func rounded(_ rect: Rect, _ radius: Double) {
    let radius = min(radius, rect.width / 2, rect.height / 2)
    cairo_new_sub_path(context)
    cairo_arc(context, rect.maxX - radius, rect.y + radius, radius, -.pi / 2, 0)
    cairo_arc(context, rect.maxX - radius, rect.maxY - radius, radius, 0, .pi / 2)
    cairo_arc(context, rect.x + radius, rect.maxY - radius, radius, .pi / 2, .pi)
    cairo_arc(context, rect.x + radius, rect.y + radius, radius, .pi, 1.5 * .pi)
    cairo_close_path(context)
  }

  func polygon(_ points: [Point]) {
    for (index, point) in points.enumerated() { index == 0 ? move(to: point) : line(to: point) }
    close()
  }
}

// MARK: Paint

extension Canvas {
  func fill(_ color: Color) {
    cairo_set_source_rgba(context, color.red, color.green, color.blue, color.alpha)
    cairo_fill(context)
  }

  func fill(_ rect: Rect, _ color: Color) {
    rectangle(rect)
    fill(color)
  }

  /// Fills the path with colours that run from one point to another.
  func fill(from start: Point, to end: Point, _ stops: [(Double, Color)]) {
    guard let pattern = cairo_pattern_create_linear(start.x, start.y, end.x, end.y) else { return }
    fill(pattern, stops)
  }

  /// Fills the path with colours that run outward from a centre.
  func fill(around center: Point, radius: Double, _ stops: [(Double, Color)]) {
    guard let pattern = cairo_pattern_create_radial(center.x, center.y, 0, center.x, center.y, radius) else { return }
    fill(pattern, stops)
  }

  private func fill(_ pattern: OpaquePointer, _ stops: [(Double, Color)]) {
    for (offset, color) in stops {
      cairo_pattern_add_color_stop_rgba(pattern, offset, color.red, color.green, color.blue, color.alpha)
    }
    cairo_set_source(context, pattern)
    cairo_fill(context)
    cairo_pattern_destroy(pattern)
  }

  /// Draws along the path. The path is kept when it is to be used again.
  func stroke(_ color: Color, _ width: Double, dash: [Double] = [], keepsPath: Bool = false) {
    cairo_set_source_rgba(context, color.red, color.green, color.blue, color.alpha)
    cairo_set_line_width(context, width)
    cairo_set_dash(context, dash, Int32(dash.count), 0)
    if keepsPath { cairo_stroke_preserve(context) } else { cairo_stroke(context) }
    cairo_set_dash(context, nil, 0, 0)
  }

  /// Draws with everything outside a rectangle left alone.
  func clipped(to rect: Rect, _ body: () -> Void) {
    cairo_save(context)
    rectangle(rect)
    cairo_clip(context)
    body()
    cairo_restore(context)
  }

  /// Draws with the sheet turned around a point, in radians.
  func turned(_ angle: Double, around point: Point, _ body: () -> Void) {
    cairo_save(context)
    cairo_translate(context, point.x, point.y)
    cairo_rotate(context, angle)
    cairo_translate(context, -point.x, -point.y)
    body()
    cairo_restore(context)
  }

  /// Places pixels (0xAARRGGBB, premultiplied) with their top left corner at a point, scaled by a factor.
  func place(_ pixels: [UInt32], width: Int, height: Int, at point: Point, scale: Double = 1, alpha: Double = 1) {
    pixels.withUnsafeBytes { bytes in
      // Cairo only reads what it paints with.
      let data = UnsafeMutableRawPointer(mutating: bytes.baseAddress)?.assumingMemoryBound(to: UInt8.self)
      guard
        let source = cairo_image_surface_create_for_data(
          data, CAIRO_FORMAT_ARGB32, Int32(width), Int32(height), Int32(width * 4))
      else { return }
      cairo_save(context)
      cairo_translate(context, point.x, point.y)
      cairo_scale(context, scale, scale)
      cairo_set_source_surface(context, source, 0, 0)
      cairo_pattern_set_extend(cairo_get_source(context), CAIRO_EXTEND_PAD)
      rectangle(Rect(x: 0, y: 0, width: Double(width), height: Double(height)))
      cairo_clip(context)
      cairo_paint_with_alpha(context, alpha)
      cairo_restore(context)
      cairo_surface_destroy(source)
    }
  }
}
