internal import Basics
internal import CVips
internal import CVipsShims
internal import Glibc
internal import Imaging

/// Pictures from files, decoded by libvips within limits: the kind is read off the first bytes, the size off the header, and
/// only then are pixels touched.
enum Picture {
  /// What a picture may have in pixels, all its pages together: enough for any camera, and decoded within our memory.
  static let mostPixels = 100_000_000
  /// The largest file that is read.
  static let largestFile = 512 << 20

  /// Decoded pixels, 0xAARRGGBB, premultiplied.
  struct Pixels {
    var width: Int
    var height: Int
    var values: [UInt32]
  }

  /// Reads what the header says.
  static func probe(_ path: ProjectPath, in folder: Folder) throws(ImagingError) -> ImageFacts {
    let file = try open(path, in: folder)
    var head = [UInt8](repeating: 0, count: 32)
    let count = pread(file.raw, &head, head.count, 0)
    if count < 0 { throw ImagingError(.unreadableFile, FileError.last("read", path.string).sentence) }
    let type = try type(of: Array(head.prefix(count)), path)
    guard let image = reel_vips_open_descriptor(file.raw) else { throw damaged(path) }
    defer { g_object_unref(image) }
    return try facts(of: image, type, path)
  }

  /// Reads a whole file, for `header(of:)` and `decode`.
  static func read(_ path: ProjectPath, in folder: Folder) throws(ImagingError) -> [UInt8] {
    do throws(FileError) {
      return try folder.read(path, limit: largestFile).bytes
    } catch {
      throw ImagingError(error.code == EFBIG ? .tooLarge : .unreadableFile, error.sentence)
    }
  }

  static func header(of bytes: [UInt8], _ path: ProjectPath) throws(ImagingError) -> ImageFacts {
    let type = try type(of: Array(bytes.prefix(32)), path)
    let image = bytes.withUnsafeBytes { reel_vips_open_bytes($0.baseAddress, $0.count) }
    guard let image else { throw damaged(path) }
    defer { g_object_unref(image) }
    return try facts(of: image, type, path)
  }

  /// Decodes upright to sRGB. `fill` cuts to exactly that size, around what catches the eye; without it the picture fits
  /// inside and is never enlarged. Call `header(of:)` first: it keeps bombs out.
  static func decode(
    _ bytes: [UInt8], _ path: ProjectPath, width: Int, height: Int, fill: Bool
  ) throws(ImagingError) -> Pixels {
    try shrunk(bytes, path, width: width, height: height, fill: fill, pixels)
  }

  /// Decoded colours, for who has no use for transparency where there is none.
  enum Colours {
    /// Three bytes each, row by row.
    case opaque(rgb: [UInt8], width: Int, height: Int)
    case transparent(Pixels)
  }

  /// The same without `fill`, no side longer than `side`.
  static func decodeColours(_ bytes: [UInt8], _ path: ProjectPath, side: Int) throws(ImagingError) -> Colours {
    try shrunk(bytes, path, width: side, height: side, fill: false) { image in
      if vips_image_hasalpha(image) != 0 { return pixels(of: image).map { .transparent($0) } }
      var size = 0
      guard let rgb = reel_vips_rgb(image, &size) else { return nil }
      defer { g_free(rgb) }
      let (width, height) = (Int(vips_image_get_width(image)), Int(vips_image_get_height(image)))
      guard size == width * height * 3 else { return nil }
      return .opaque(rgb: Array(UnsafeBufferPointer(start: rgb, count: size)), width: width, height: height)
    }
  }

  static func png(_ rgb: [UInt8], width: Int, height: Int) -> [UInt8]? {
    encoded { size in rgb.withUnsafeBytes { reel_vips_png($0.baseAddress, Int32(width), Int32(height), &size) } }
  }

  static func jpeg(_ rgb: [UInt8], width: Int, height: Int) -> [UInt8]? {
    encoded { size in rgb.withUnsafeBytes { reel_vips_jpeg($0.baseAddress, Int32(width), Int32(height), 82, &size) } }
  }

  static func webp(_ rgb: [UInt8], width: Int, height: Int) -> [UInt8]? {
    encoded { size in rgb.withUnsafeBytes { reel_vips_webp($0.baseAddress, Int32(width), Int32(height), 75, &size) } }
  }

  // MARK: Parts

  /// Hands the shrunk image over to be read, once: it is decoded while that is done.
  private static func shrunk<Result>(
    _ bytes: [UInt8], _ path: ProjectPath, width: Int, height: Int, fill: Bool,
    _ read: (UnsafeMutablePointer<VipsImage>) -> Result?
  ) throws(ImagingError) -> Result {
    let result: Result? = bytes.withUnsafeBytes { buffer in
      guard
        let image = reel_vips_thumbnail_bytes(
          buffer.baseAddress, buffer.count, Int32(width), Int32(height), fill ? 1 : 0)
      else { return nil }
      defer { g_object_unref(image) }
      return read(image)
    }
    guard let result else { throw damaged(path) }
    return result
  }

  private static func pixels(of image: UnsafeMutablePointer<VipsImage>) -> Pixels? {
    var size = 0
    guard let rgba = reel_vips_rgba(image, &size) else { return nil }
    defer { g_free(rgba) }
    let (width, height) = (Int(vips_image_get_width(image)), Int(vips_image_get_height(image)))
    guard size == width * height * 4 else { return nil }
    return Pixels(width: width, height: height, values: premultiplied(rgba, count: size / 4))
  }

  private static func open(_ path: ProjectPath, in folder: Folder) throws(ImagingError) -> Descriptor {
    do throws(FileError) {
      // O_NONBLOCK: a named pipe must not hold us up; it has no effect on regular files.
      return try folder.open(path, O_RDONLY | O_NONBLOCK)
    } catch {
      throw ImagingError(.unreadableFile, error.sentence)
    }
  }

  private static func facts(
    of image: UnsafeMutablePointer<VipsImage>, _ type: String, _ path: ProjectPath
  ) throws(ImagingError) -> ImageFacts {
    let (width, height) = (Int(vips_image_get_width(image)), Int(vips_image_get_height(image)))
    guard width * height <= mostPixels else {
      throw ImagingError(
        .tooLarge,
        "\(TerminalText.escaped(path.string)) has \(width) x \(height) pixels; more than \(mostPixels / 1_000_000) megapixels are not read. Save it smaller."
      )
    }
    let isTurned = vips_image_get_orientation_swap(image) != 0
    return ImageFacts(
      type: type, width: isTurned ? height : width, height: isTurned ? width : height,
      pages: max(1, Int(vips_image_get_n_pages(image))))
  }

  private static func type(of head: [UInt8], _ path: ProjectPath) throws(ImagingError) -> String {
    if let kind = ImageKind(sniffing: head) { return kind.rawValue }
    let name = TerminalText.escaped(path.string)
    if head.isEmpty { throw ImagingError(.unreadableImage, "\(name) is empty.") }
    throw ImagingError(
      .unreadableImage, "\(name) is no picture that can be read: it is neither JPEG, PNG, WebP, GIF, TIFF nor HEIF.")
  }

  private static func damaged(_ path: ProjectPath) -> ImagingError {
    vips_error_clear()
    return ImagingError(.unreadableImage, "\(TerminalText.escaped(path.string)) is damaged or cut off.")
  }

  private static func premultiplied(_ rgba: UnsafePointer<UInt8>, count: Int) -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: count) { buffer, initialized in
      for index in 0..<count {
        let pixel = rgba + 4 * index
        let alpha = UInt32(pixel[3])
        var (red, green, blue) = (UInt32(pixel[0]), UInt32(pixel[1]), UInt32(pixel[2]))
        if alpha != 255 {
          red = (red * alpha + 127) / 255
          green = (green * alpha + 127) / 255
          blue = (blue * alpha + 127) / 255
        }
        buffer[index] = alpha << 24 | red << 16 | green << 8 | blue
      }
      initialized = count
    }
  }

  private static func encoded(_ encode: (_ size: inout Int) -> UnsafeMutablePointer<UInt8>?) -> [UInt8]? {
    var size = 0
    guard let bytes = encode(&size) else {
      vips_error_clear()
      return nil
    }
    defer { g_free(bytes) }
    return Array(UnsafeBufferPointer(start: bytes, count: size))
  }
}

/// The kinds of pictures that are read, each told by its first bytes: names lie.
enum ImageKind: String {
  case jpeg = "image/jpeg"
  case png = "image/png"
  case webp = "image/webp"
  case gif = "image/gif"
  case tiff = "image/tiff"
  case heif = "image/heif"
  case avif = "image/avif"

  init?(sniffing head: [UInt8]) {
    func has(_ text: String, at offset: Int = 0) -> Bool { head.dropFirst(offset).starts(with: text.utf8) }
    if head.starts(with: [0xFF, 0xD8, 0xFF]) {
      self = .jpeg
    } else if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
      self = .png
    } else if has("RIFF"), has("WEBP", at: 8) {
      self = .webp
    } else if has("GIF87a") || has("GIF89a") {
      self = .gif
    } else if head.starts(with: [0x49, 0x49, 0x2A, 0]) || head.starts(with: [0x4D, 0x4D, 0, 0x2A]) {
      self = .tiff
    } else if has("ftyp", at: 4) {
      if has("avif", at: 8) || has("avis", at: 8) {
        self = .avif
      } else if ["heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"].contains(where: { has($0, at: 8) }) {
        self = .heif
      } else {
        return nil
      }
    } else {
      return nil
    }
  }
}

extension FileError {
  /// As a sentence of its own.
  var sentence: String {
    let text = description
    return text.prefix(1).uppercased() + text.dropFirst() + "."
  }
}
