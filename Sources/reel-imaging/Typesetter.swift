internal import CPango

/// Sets text with Inter and the Noto families, the same on every machine that has these fonts.
///
/// The font configuration is ours: the fonts of the system folders, no rules of the user or the distribution. Hinting is
/// off, so that a text keeps its shape at every size.
final class Typesetter {
  enum Weight {
    case regular, medium, semibold

    var pango: PangoWeight {
      switch self {
      case .regular: PANGO_WEIGHT_NORMAL
      case .medium: PANGO_WEIGHT_MEDIUM
      case .semibold: PANGO_WEIGHT_SEMIBOLD
      }
    }
  }

  struct Style {
    /// The size of the em, in pixels.
    var size: Double
    var weight = Weight.regular
    /// Inter Display is drawn for headings: tighter and finer.
    var isDisplay = false
    /// Distance between baselines, in ems.
    var lineHeight = 1.22
    /// Added between letters, in ems.
    var tracking = 0.0
  }

  private let fontMap: UnsafeMutablePointer<PangoFontMap>
  private let context: OpaquePointer

  /// - Throws: when there is no font at all.
  init() {
    Self.useOwnFontConfiguration()
    guard let fontMap = pango_cairo_font_map_new(), let context = pango_font_map_create_context(fontMap),
      let options = cairo_font_options_create()
    else { preconditionFailure("Internal inconsistency: Pango gave no font map") }
    self.fontMap = fontMap
    self.context = context
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
    pango_cairo_context_set_font_options(context, options)
    cairo_font_options_destroy(options)
    pango_context_set_round_glyph_positions(context, 0)
    pango_context_set_language(context, pango_language_from_string("en"))
  }

  deinit {
    g_object_unref(UnsafeMutableRawPointer(context))
    g_object_unref(fontMap)
  }

  private static func useOwnFontConfiguration() {
    let text = """
      <?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
      <fontconfig>
        <dir>/usr/share/fonts</dir><dir>/usr/local/share/fonts</dir>
        <cachedir>/var/cache/fontconfig</cachedir><cachedir prefix="xdg">fontconfig</cachedir>
        <match target="font"><edit name="embeddedbitmap" mode="assign"><bool>false</bool></edit></match>
      </fontconfig>
      """
    let configuration = FcConfigCreate()
    let isRead = text.withCString { pointer in
      pointer.withMemoryRebound(to: FcChar8.self, capacity: text.utf8.count) {
        FcConfigParseAndLoadFromMemory(configuration, $0, 1)
      }
    }
    if isRead != 0, FcConfigBuildFonts(configuration) != 0 { FcConfigSetCurrent(configuration) }
  }

  /// Sets one block of text; it is laid out when it is measured or drawn.
  func block(_ text: String, _ style: Style, width: Double) -> TextBlock {
    guard let layout = pango_layout_new(context), let description = pango_font_description_new() else {
      preconditionFailure("Internal inconsistency: Pango gave no layout")
    }
    pango_font_description_set_family(description, Self.families(for: text, isDisplay: style.isDisplay))
    pango_font_description_set_weight(description, style.weight.pango)
    pango_font_description_set_absolute_size(description, (style.size * Double(PANGO_SCALE)).rounded())
    pango_layout_set_font_description(layout, description)
    pango_font_description_free(description)
    pango_layout_set_width(layout, Int32((width * Double(PANGO_SCALE)).rounded(.down)))
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
    setAttributes(of: layout, text, style)
    return TextBlock(layout: layout, text: text)
  }

  /// Sets one line, with an ellipsis where it was cut, wherever that is in a word.
  func line(_ text: String, _ style: Style, width: Double) -> TextBlock {
    // No line holds more letters; strangers' names may have megabytes.
    let block = block(String(oneLine(text).prefix(400)), style, width: max(width, style.size))
    block.becomeLine()
    return block
  }

  private func setAttributes(of layout: OpaquePointer, _ text: String, _ style: Style) {
    guard let attributes = pango_attr_list_new() else { return }
    // One distance between all lines, whatever fonts meet in them; letters that carry marks above and below need more of it.
    let isTall = text.unicodeScalars.contains { $0.value >= 0x0590 && !(0x2000...0x2BFF).contains($0.value) }
    let line = (style.lineHeight + (isTall ? 0.26 : 0)) * style.size
    pango_attr_list_insert(attributes, pango_attr_line_height_new_absolute(Int32(line * Double(PANGO_SCALE))))
    // A name of a file that is broken in two must not gain a hyphen that is not in it.
    pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(0))
    if style.tracking != 0 {
      pango_attr_list_insert(
        attributes, pango_attr_letter_spacing_new(Int32(style.tracking * style.size * Double(PANGO_SCALE))))
    }
    pango_layout_set_attributes(layout, attributes)
    pango_attr_list_unref(attributes)
  }

  /// The text with a plain square for each symbol that no font has: better than its number in a box.
  func drawable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.value >= 0x2190 }),
      block(text, Style(size: 16), width: 4096).hasUnknownGlyphs
    else { return text }
    var known: [Unicode.Scalar: Bool] = [:]
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      // What only joins or varies the symbol before it has no look of its own.
      if scalar.value == 0x200D || (0xFE00...0xFE0F).contains(scalar.value)
        || (0x1F3FB...0x1F3FF).contains(scalar.value)
      {
        continue
      }
      if scalar.value < 0x2190 {
        result.append(scalar)
        continue
      }
      let isKnown = known[scalar] ?? !block(String(Character(scalar)), Style(size: 16), width: 4096).hasUnknownGlyphs
      known[scalar] = isKnown
      result.append(isKnown ? scalar : "\u{25A1}")
    }
    return String(result)
  }

  /// Scripts that several fonts cover are told which to take: Han by the letters beside it, Arabic in its plain form.
  private static func families(for text: String, isDisplay: Bool) -> String {
    var han = "SC"
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x3040...0x30FF, 0x31F0...0x31FF: han = "JP"
      case 0x1100...0x11FF, 0x3130...0x318F, 0xAC00...0xD7AF: han = "KR"
      case 0x3105...0x312F: han = "TC"
      default: continue
      }
      break
    }
    return (isDisplay ? "Inter Display,Inter," : "Inter,")
      + "Noto Sans,Noto Sans CJK \(han),Noto Sans Arabic,Noto Sans Hebrew,Noto Sans Devanagari,Noto Sans Thai,"
      + "Noto Sans Symbols,Noto Sans Symbols2,Noto Sans Math"
  }
}

/// A text broken into lines of a width.
final class TextBlock {
  private let layout: OpaquePointer
  private let text: String

  fileprivate init(layout: OpaquePointer, text: String) {
    self.layout = layout
    self.text = text
    pango_layout_set_text(layout, text, -1)
  }

  deinit {
    g_object_unref(UnsafeMutableRawPointer(layout))
  }

  /// Where it is drawn it begins, in scripts of either direction: there it must stand beside other things.
  fileprivate func becomeLine() {
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END)
    // Pango turns left and right around for scripts from right to left.
    if isRightToLeft { pango_layout_set_alignment(layout, PANGO_ALIGN_RIGHT) }
  }

  var lines: Int { Int(pango_layout_get_line_count(layout)) }

  /// Of the lines, not of the space they were given; in pixels.
  var width: Double { extents.width }
  var height: Double { extents.height }

  private var extents: Rect {
    var logical = PangoRectangle()
    pango_layout_get_extents(layout, nil, &logical)
    let scale = Double(PANGO_SCALE)
    return Rect(
      x: Double(logical.x) / scale, y: Double(logical.y) / scale, width: Double(logical.width) / scale,
      height: Double(logical.height) / scale)
  }

  /// Whether it begins in a script that is written from right to left.
  var isRightToLeft: Bool { pango_layout_get_direction(layout, 0) == PANGO_DIRECTION_RTL }

  /// Whether some letters have no glyph in any font.
  var hasUnknownGlyphs: Bool { pango_layout_get_unknown_glyphs_count(layout) > 0 }

  /// From the top to the baseline of the first line.
  var baseline: Double { Double(pango_layout_get_baseline(layout)) / Double(PANGO_SCALE) }

  /// What stands in the lines that end above `height`, at least the first; nil when all do.
  func textFitting(height: Double) -> String? {
    guard let iterator = pango_layout_get_iter(layout) else { return nil }
    defer { pango_layout_iter_free(iterator) }
    var end = 0
    repeat {
      var logical = PangoRectangle()
      pango_layout_iter_get_line_extents(iterator, nil, &logical)
      let bottom = Double(logical.y + logical.height) / Double(PANGO_SCALE)
      if bottom > height, end > 0 { return String(decoding: Array(text.utf8.prefix(end)), as: UTF8.self) }
      guard let line = pango_layout_iter_get_line_readonly(iterator) else { return nil }
      end = Int(line.pointee.start_index + line.pointee.length)
    } while pango_layout_iter_next_line(iterator) != 0
    return extents.height > height ? text : nil
  }

  func draw(on canvas: Canvas, at point: Point, _ color: Color) {
    cairo_move_to(canvas.context, point.x, point.y)
    cairo_set_source_rgba(canvas.context, color.red, color.green, color.blue, color.alpha)
    pango_cairo_show_layout(canvas.context, layout)
    cairo_new_path(canvas.context)
  }
}
