import Glibc
import TestSupport

/// A small file system of its own in place of a film's folder, or of another of its test's.
struct SmallDisk {
  static var isPermitted: Bool { getuid() == 0 }

  private let film: Film
  private let place: String

  /// - Parameter size: as mount(8) takes it: `40m`, `64k`.
  /// - Parameter name: a folder beside the film's, which is made.
  init(_ film: Film, size: String, beside name: String? = nil) async throws {
    self.film = film
    place = name.map { film.scratch.file($0) } ?? film.folder
    try await film.must("mkdir -p '\(place)' && mount -t tmpfs -o size=\(size) tmpfs '\(place)'")
  }

  /// Other options: `size=64m`, `ro`, `rw`.
  func remount(_ options: String) async throws {
    try await film.must("mount -o remount,\(options) '\(place)'")
  }

  /// What a program that just ended has left running for a moment may still be there: then it goes when that goes.
  func end() async {
    _ = try? await film.run("/bin/sh", ["-c", "cd /; umount '\(place)' 2>/dev/null || umount -l '\(place)'"])
  }

  /// Does something with such a disk; it is unmounted whatever comes of it.
  static func with(
    _ film: Film, size: String, beside name: String? = nil, isolation: isolated (any Actor)? = #isolation,
    _ body: (SmallDisk) async throws -> Void
  ) async throws {
    let disk = try await SmallDisk(film, size: size, beside: name)
    do {
      try await body(disk)
    } catch {
      await disk.end()
      throw error
    }
    await disk.end()
  }
}
