package import Basics
internal import CZlib
internal import Glibc
package import JSONText

/// The graph that ComfyUI puts into the pictures and films that it makes.
///
/// Reads what holds the texts and nothing else: of a film of gigabytes a few kilobytes. The bytes are strangers': lengths are held
/// against the file's size, and what does not fit ends the search.
package struct CarriedGraph: Sendable {
  /// In API format, `prompt`: what was sent to the server.
  package var prompt: JSON?
  /// In the editor's format, `workflow`.
  package var workflow: JSON?

  package var isEmpty: Bool { prompt == nil && workflow == nil }

  /// What a file carries; nil for a file that is none of PNG, WebP, MP4, MOV, WebM and MKV.
  /// - Throws: when it cannot be read.
  package init?(inFileAt path: String) throws(FileError) {
    guard let file = try CarrierFile(path) else { return nil }
    guard let texts = Self.texts(in: file) else { return nil }
    for (name, text) in texts { take(name.lowercased(), text) }
  }

  private static func texts(in file: borrowing CarrierFile) -> [(String, [UInt8])]? {
    let head = file.read(0, 16)
    if head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return PNGTexts.texts(in: file) }
    if head.starts(with: "RIFF".utf8), head.dropFirst(8).starts(with: "WEBP".utf8) { return WebPTexts.texts(in: file) }
    if head.dropFirst(4).starts(with: "ftyp".utf8) { return MP4Texts.texts(in: file) }
    if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) { return MatroskaTexts.texts(in: file) }
    return nil
  }

  /// Takes over a text by its name; a `comment` may hold both.
  private mutating func take(_ name: String, _ text: [UInt8]) {
    guard let value = Self.json(text) else { return }
    switch name {
    case "prompt": prompt = prompt ?? Self.graph(value)
    case "workflow": workflow = workflow ?? Self.graph(value)
    case "comment", "description", "©cmt":
      prompt = prompt ?? value["prompt"].flatMap(Self.graph)
      workflow = workflow ?? value["workflow"].flatMap(Self.graph)
    default: break
    }
  }

  /// A graph, or a text that is one.
  private static func graph(_ value: JSON) -> JSON? {
    if case .string(let text) = value { return json(Array(text.utf8)).flatMap { $0.object.map { .object($0) } } }
    return value.object.map { .object($0) }
  }

  /// Python writes `NaN` into JSON, which is none; ComfyUI puts it into `is_changed`, which is not needed.
  private static func json(_ text: [UInt8]) -> JSON? {
    if let document = try? JSONDocument(parsing: text) { return document.root.value }
    let plain = String(decoding: text, as: UTF8.self)
    guard plain.contains("NaN") else { return nil }
    let mended = plain.replacing(": NaN", with: ": null").replacing("[NaN]", with: "[null]")
    return (try? JSONDocument(parsing: Array(mended.utf8)))?.root.value
  }
}

/// A file that is read piece by piece.
struct CarrierFile: ~Copyable {
  private let descriptor: Descriptor
  let size: Int

  /// Nil for what is no regular file.
  init?(_ path: String) throws(FileError) {
    let raw = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    if raw < 0 { throw .last("read", path) }
    descriptor = Descriptor(owning: raw)
    var status = stat()
    guard fstat(descriptor.raw, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    size = Int(status.st_size)
  }

  /// No text is longer.
  static let longest = 64 << 20

  /// As many bytes as there are, of those that were asked for.
  func read(_ offset: Int, _ count: Int) -> [UInt8] {
    guard offset >= 0, count > 0, offset < size else { return [] }
    let wanted = min(count, size - offset, Self.longest)
    return [UInt8](unsafeUninitializedCapacity: wanted) { buffer, filled in
      while filled < wanted {
        let got = pread(descriptor.raw, buffer.baseAddress.map { $0 + filled }, wanted - filled, off_t(offset + filled))
        if got <= 0 { break }
        filled += got
      }
    }
  }

  func bigEndian(_ offset: Int, _ bytes: Int) -> Int? {
    let read = read(offset, bytes)
    guard read.count == bytes else { return nil }
    let value = read.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(exactly: value)
  }
}

/// `tEXt`, `zTXt` and `iTXt` of a PNG.
private enum PNGTexts {
  static func texts(in file: borrowing CarrierFile) -> [(String, [UInt8])] {
    var found: [(String, [UInt8])] = []
    var place = 8
    while let length = file.bigEndian(place, 4), length <= file.size - place - 12 {
      let type = file.read(place + 4, 4)
      if type == Array("IEND".utf8) { break }
      if ["tEXt", "zTXt", "iTXt"].contains(where: { Array($0.utf8) == type }), length <= CarrierFile.longest,
        let text = text(file.read(place + 8, length), type)
      {
        found.append(text)
      }
      place += 12 + length
    }
    return found
  }

  private static func text(_ data: [UInt8], _ type: [UInt8]) -> (String, [UInt8])? {
    guard let end = data.firstIndex(of: 0) else { return nil }
    let name = String(decoding: data[..<end], as: UTF8.self)
    let rest = data[(end + 1)...]
    switch type[0] {
    case UInt8(ascii: "t"): return (name, utf8(latin1: rest))
    case UInt8(ascii: "z"):
      guard rest.first == 0 else { return nil }
      return Inflated(Array(rest.dropFirst())).map { (name, utf8(latin1: $0.bytes[...])) }
    default:
      guard rest.count > 2, let isPacked = rest.first else { return nil }
      let parts = rest.dropFirst(2).split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return nil }
      return isPacked == 0 ? (name, Array(parts[2])) : Inflated(Array(parts[2])).map { (name, $0.bytes) }
    }
  }

  /// Texts of PNG are Latin-1, though programs write UTF-8 there.
  private static func utf8(latin1 bytes: ArraySlice<UInt8>) -> [UInt8] {
    if bytes.allSatisfy({ $0 < 0x80 }) || String(validating: bytes, as: UTF8.self) != nil { return Array(bytes) }
    return bytes.flatMap { Array(String(UnicodeScalar($0)).utf8) }
  }
}

/// What zlib packed.
private struct Inflated {
  var bytes: [UInt8]

  /// Nil when it is damaged, or larger than any text.
  init?(_ packed: [UInt8]) {
    var size = max(1024, min(packed.count * 8, CarrierFile.longest))
    while size <= CarrierFile.longest {
      var length = uLongf(size)
      var status = Z_DATA_ERROR
      let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
        status = uncompress(buffer.baseAddress, &length, packed, uLong(packed.count))
        count = status == Z_OK ? Int(length) : 0
      }
      if status == Z_OK {
        self.bytes = bytes
        return
      }
      if status != Z_BUF_ERROR { return nil }
      size *= 4
    }
    return nil
  }
}

/// The EXIF texts of a WebP: ComfyUI writes `prompt:{…}` and `workflow:{…}` into tags that are for makers of cameras.
private enum WebPTexts {
  static func texts(in file: borrowing CarrierFile) -> [(String, [UInt8])] {
    var place = 12
    while true {
      let head = file.read(place, 8)
      guard head.count == 8 else { return [] }
      let length = (0..<4).reduce(0) { $0 | Int(head[4 + $1]) << (8 * $1) }
      if head.starts(with: "EXIF".utf8) { return exif(file.read(place + 8, min(length, CarrierFile.longest))) }
      place += 8 + length + length % 2
    }
  }

  private static func exif(_ bytes: [UInt8]) -> [(String, [UInt8])] {
    let data = bytes.starts(with: "Exif\0\0".utf8) ? Array(bytes.dropFirst(6)) : bytes
    guard data.count > 8 else { return [] }
    let isLittle = data.starts(with: "II".utf8)
    func number(_ place: Int, _ count: Int) -> Int? {
      guard place >= 0, place <= data.count - count else { return nil }
      let digits = data[place..<(place + count)]
      return (isLittle ? Array(digits.reversed()) : Array(digits)).reduce(0) { $0 << 8 | Int($1) }
    }
    guard let directory = number(4, 4), let count = number(directory, 2) else { return [] }
    var found: [(String, [UInt8])] = []
    for index in 0..<min(count, 1000) {
      let entry = directory + 2 + index * 12
      guard let type = number(entry + 2, 2), let length = number(entry + 4, 4), let offset = number(entry + 8, 4)
      else { break }
      guard type == 2, length > 4, offset <= data.count - length, offset >= 0 else { continue }
      let text = data[offset..<(offset + length)].prefix { $0 != 0 }
      guard let colon = text.prefix(20).firstIndex(of: UInt8(ascii: ":")) else { continue }
      found.append((String(decoding: text[..<colon], as: UTF8.self), Array(text[(colon + 1)...])))
    }
    return found
  }
}

/// The metadata of MP4 and QuickTime: `moov/udta/meta/ilst` and `moov/meta/ilst`, with names in `keys` or of their own.
private enum MP4Texts {
  private struct Box {
    var type: [UInt8]
    var content: Range<Int>
  }

  static func texts(in file: borrowing CarrierFile) -> [(String, [UInt8])] {
    guard let movie = boxes(in: 0..<file.size, of: file).first(where: { $0.type == Array("moov".utf8) }) else {
      return []
    }
    let inside = boxes(in: movie.content, of: file)
    let data = inside.filter { $0.type == Array("udta".utf8) }.flatMap { boxes(in: $0.content, of: file) }
    return (inside + data).filter { $0.type == Array("meta".utf8) }.flatMap { texts(inMeta: $0.content, of: file) }
  }

  private static func boxes(in range: Range<Int>, of file: borrowing CarrierFile) -> [Box] {
    var found: [Box] = []
    var place = range.lowerBound
    while place + 8 <= range.upperBound, found.count < 10_000 {
      let type = file.read(place + 4, 4)
      guard type.count == 4, var length = file.bigEndian(place, 4) else { break }
      var head = 8
      if length == 1 {
        guard let long = file.bigEndian(place + 8, 8) else { break }
        (length, head) = (long, 16)
      } else if length == 0 {
        length = range.upperBound - place
      }
      guard length >= head, length <= range.upperBound - place else { break }
      found.append(Box(type: type, content: (place + head)..<(place + length)))
      place += length
    }
    return found
  }

  private static func texts(inMeta range: Range<Int>, of file: borrowing CarrierFile) -> [(String, [UInt8])] {
    // MP4 has four bytes of version before the boxes, QuickTime none.
    let isPlain = file.read(range.lowerBound + 4, 4) == Array("hdlr".utf8)
    let start = min(range.upperBound, range.lowerBound + (isPlain ? 0 : 4))
    let inside = boxes(in: start..<range.upperBound, of: file)
    let names = inside.first { $0.type == Array("keys".utf8) }.map { keys(in: $0.content, of: file) } ?? []
    guard let list = inside.first(where: { $0.type == Array("ilst".utf8) }) else { return [] }
    return boxes(in: list.content, of: file).compactMap { item in
      guard let data = boxes(in: item.content, of: file).first(where: { $0.type == Array("data".utf8) }),
        data.content.count > 8, data.content.count <= CarrierFile.longest
      else { return nil }
      let number = item.type.reduce(0) { $0 << 8 | Int($1) }
      let isComment = item.type == [0xA9] + Array("cmt".utf8)
      let name =
        (1...max(1, names.count)).contains(number) && !names.isEmpty ? names[number - 1] : isComment ? "comment" : ""
      return (name, file.read(data.content.lowerBound + 8, data.content.count - 8))
    }
  }

  private static func keys(in range: Range<Int>, of file: borrowing CarrierFile) -> [String] {
    guard let count = file.bigEndian(range.lowerBound + 4, 4) else { return [] }
    var names: [String] = []
    var place = range.lowerBound + 8
    while names.count < min(count, 1000), let length = file.bigEndian(place, 4), length >= 8,
      length <= range.upperBound - place
    {
      names.append(String(decoding: file.read(place + 8, min(length - 8, 1000)), as: UTF8.self))
      place += length
    }
    return names
  }
}

/// The tags of Matroska and WebM.
private enum MatroskaTexts {
  private struct Element {
    var id: Int
    var content: Range<Int>
  }

  static func texts(in file: borrowing CarrierFile) -> [(String, [UInt8])] {
    guard let segment = elements(in: 0..<file.size, of: file).first(where: { $0.id == 0x1853_8067 }) else { return [] }
    let tags = elements(in: segment.content, of: file).filter { $0.id == 0x1254_C367 }
      .flatMap { elements(in: $0.content, of: file) }.filter { $0.id == 0x7373 }
      .flatMap { elements(in: $0.content, of: file) }.filter { $0.id == 0x67C8 }
    return tags.compactMap { tag in
      let parts = elements(in: tag.content, of: file)
      guard let name = parts.first(where: { $0.id == 0x45A3 }), let text = parts.first(where: { $0.id == 0x4487 }),
        text.content.count <= CarrierFile.longest
      else { return nil }
      return (
        String(decoding: file.read(name.content.lowerBound, min(name.content.count, 1000)), as: UTF8.self),
        file.read(text.content.lowerBound, text.content.count)
      )
    }
  }

  private static func elements(in range: Range<Int>, of file: borrowing CarrierFile) -> [Element] {
    var found: [Element] = []
    var place = range.lowerBound
    while place < range.upperBound, found.count < 100_000 {
      guard let (id, idLength) = number(at: place, of: file, keepsMark: true),
        let (size, sizeLength) = number(at: place + idLength, of: file, keepsMark: false)
      else { break }
      let start = place + idLength + sizeLength
      // All bits set: as long as what it stands in.
      let isUnknown = size == (1 << (7 * sizeLength)) - 1
      let length = isUnknown ? range.upperBound - start : size
      guard start <= range.upperBound, length >= 0, length <= range.upperBound - start else { break }
      found.append(Element(id: id, content: start..<(start + length)))
      place = start + length
    }
    return found
  }

  /// A number of one to eight bytes, as many as its first bits say.
  private static func number(at place: Int, of file: borrowing CarrierFile, keepsMark: Bool) -> (Int, Int)? {
    guard let first = file.read(place, 1).first, first != 0 else { return nil }
    let length = first.leadingZeroBitCount + 1
    guard let whole = file.bigEndian(place, length) else { return nil }
    return (keepsMark ? whole : whole & ((1 << (7 * length)) - 1), length)
  }
}
