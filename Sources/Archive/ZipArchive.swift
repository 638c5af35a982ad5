package import Basics
internal import CArchive
internal import CShims
internal import Glibc

/// A ZIP archive while it is written, by libarchive: entry after entry, in the order in which they are given.
///
/// The bytes depend on nothing but the names and what is in them, so the same project gives the same archive on every machine:
/// - Nothing is compressed. Pictures and films are compressed already, texts are small, and what deflate makes of them
///   changes with the version of zlib.
/// - No entry has a time. libarchive then writes 1980-01-01 00:00, the first that a ZIP can say; a real one it would write in the
///   time zone of this process.
/// - Every entry is a plain file, mode 0644, of nobody in particular.
///
/// Names are UTF-8 and flagged so. libarchive takes them as they are only while the process is in the C locale, as this program always
/// is: in a UTF-8 locale it would compose them, and a name in decomposed form would be another file's.
package struct ZipArchive: ~Copyable {
  private let archive: OpaquePointer
  /// What messages call it.
  private let path: String

  /// What keeps archives from being written, which is a missing libarchive; nil when it is there. It is loaded by the first who asks.
  package static let missing: MissingLibrary? = reel_archive_load().map {
    MissingLibrary("libarchive", package: "libarchive13", reason: String(cString: $0))
  }

  /// Ask `missing` before: with one there is no archive.
  /// - Parameter file: an open descriptor, which is only appended to, so a pipe will do. It stays the caller's.
  package init(into file: Int32, path: String) throws(FileError) {
    guard Self.missing == nil, let archive = reel_archive_write_new() else {
      throw FileError(code: ENOMEM, action: "write", path: path)
    }
    guard reel_archive_write_set_format_zip(archive) == reel_archive_ok,
      reel_archive_write_set_options(archive, "zip:compression=store,zip:hdrcharset=UTF-8") == reel_archive_ok,
      // No padding at the end, whatever kind of file it goes to.
      reel_archive_write_set_bytes_in_last_block(archive, 1) == reel_archive_ok,
      reel_archive_write_open_fd(archive, file) == reel_archive_ok
    else {
      let error = Self.failure(of: archive, path)
      reel_archive_write_free(archive)
      throw error
    }
    self.archive = archive
    self.path = path
  }

  deinit {
    // Unless it is finished: nothing more is to be written.
    reel_archive_write_fail(archive)
    reel_archive_write_free(archive)
  }

  /// Adds a file that is in memory.
  package borrowing func add(_ name: String, _ bytes: [UInt8]) throws(FileError) {
    try begin(name, size: Int64(bytes.count))
    if let error = bytes.withUnsafeBytes({ append($0) }) { throw error }
    try end()
  }

  /// Adds a file of any size; 1 MB of it is in memory at a time.
  /// - Parameters:
  ///   - size: what the file had when it was looked at. The header is written first, so more than that is not taken, and less is a
  ///     fault.
  ///   - progress: called with the number of bytes after each piece.
  package borrowing func add(
    _ name: String, copying file: borrowing Descriptor, size: Int64,
    progress: (Int) throws(FileError) -> Void = { (_: Int) throws(FileError) in }
  ) throws(FileError) {
    try begin(name, size: size)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    var left = size
    while left > 0 {
      let count = read(file.raw, buffer.baseAddress, Int(min(left, Int64(buffer.count))))
      if count < 0 {
        if reel_errno() == EINTR { continue }
        throw .last("read", name)
      }
      if count == 0 { throw FileError(code: EAGAIN, action: "read", path: name) }
      if let error = append(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { throw error }
      left -= Int64(count)
      try progress(count)
    }
    try end()
  }

  /// Writes the directory at the end; without it there is no archive.
  /// - Returns: how many bytes the archive has.
  package consuming func finish() throws(FileError) -> Int64 {
    try check(reel_archive_write_close(archive))
    // Of the last filter, which is the file.
    return reel_archive_filter_bytes(archive, -1)
  }
}

extension ZipArchive {
  private borrowing func begin(_ name: String, size: Int64) throws(FileError) {
    guard let entry = reel_archive_entry_new() else { throw FileError(code: ENOMEM, action: "write", path: path) }
    defer { reel_archive_entry_free(entry) }
    reel_archive_entry_set_pathname_utf8(entry, name)
    reel_archive_entry_set_filetype(entry, reel_archive_regular_file)
    reel_archive_entry_set_perm(entry, 0o644)
    // Without it an entry of more than 4 GB is not written in the form for such.
    reel_archive_entry_set_size(entry, size)
    try check(reel_archive_write_header(archive, entry))
  }

  private borrowing func append(_ buffer: UnsafeRawBufferPointer) -> FileError? {
    var offset = 0
    while offset < buffer.count {
      let count = reel_archive_write_data(archive, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
      if count <= 0 { return failure }
      offset += count
    }
    return nil
  }

  private borrowing func end() throws(FileError) {
    try check(reel_archive_write_finish_entry(archive))
  }

  /// A warning counts as a failure: it means that a name or a fact was not written as given.
  private borrowing func check(_ code: Int32) throws(FileError) {
    if code != reel_archive_ok { throw failure }
  }

  /// What went wrong last, by its errno; libarchive's own faults have none that means anything.
  private var failure: FileError { Self.failure(of: archive, path) }

  private static func failure(of archive: OpaquePointer, _ path: String) -> FileError {
    let code = reel_archive_errno(archive)
    return FileError(code: code > 0 ? code : EIO, action: "write", path: path)
  }
}
