internal import Basics
internal import CShims
internal import Glibc

/// What is mounted on this machine, and whether that has changed.
///
/// A disk that is mounted over a watched folder or taken away from it need not give an event: watches hold on to the folder that
/// was there before. But the kernel says through poll(2) that its list of mounts is another one, and the list says the rest.
final class MountTable {
  /// -1 where there is no /proc: then nothing ever changes.
  private let raw = reel_openat(AT_FDCWD, MountTable.path, O_RDONLY, 0)
  private static let path = "/proc/self/mountinfo"

  deinit {
    if raw >= 0 { close(raw) }
  }

  /// Whether anything was mounted or unmounted anywhere since this was asked last. Costs one poll(2).
  func hasChanged() -> Bool {
    if raw < 0 { return false }
    var descriptor = pollfd(fd: raw, events: Int16(POLLPRI), revents: 0)
    return poll(&descriptor, 1, 0) > 0 && descriptor.revents & Int16(POLLPRI | POLLERR) != 0
  }

  /// What is mounted below a folder, by its absolute path: the number of each mount with its place, sorted.
  ///
  /// A line is `36 35 98:0 /root /place options … - type source options`; spaces in names are written as `\\040`.
  static func mounts(below location: [UInt8]) -> [[UInt8]] {
    guard let stream = fopen(path, "re") else { return [] }
    defer { fclose(stream) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    var found: [[UInt8]] = []
    while case let count = getline(&line, &capacity, stream), count > 0, let start = line {
      let fields = Array(UnsafeRawBufferPointer(start: start, count: count)).split(
        separator: UInt8(ascii: " "), maxSplits: 5, omittingEmptySubsequences: false)
      guard fields.count > 5 else { continue }
      let place = unescaped(fields[4])
      guard place.count > location.count + 1, place.starts(with: location), place[location.count] == UInt8(ascii: "/")
      else { continue }
      found.append(Array(fields[0]) + [UInt8(ascii: " ")] + place)
    }
    return found.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// `\\` and three octal digits are one byte.
  private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      let digits = rest.prefix(3)
      guard byte == UInt8(ascii: "\\"), digits.count == 3, digits.allSatisfy({ (0x30...0x37).contains($0) }) else {
        bytes.append(byte)
        continue
      }
      bytes.append(digits.reduce(0) { $0 &* 8 &+ ($1 - 0x30) })
      rest = rest.dropFirst(3)
    }
    return bytes
  }
}
