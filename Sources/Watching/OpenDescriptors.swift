internal import Glibc

/// The descriptors that this process has open, and what the kernel calls each: a path, or a name like
/// `anon_inode:inotify`.
enum OpenDescriptors {
  /// The name of one descriptor, as bytes; nil if it is not open.
  static func name(of descriptor: Int32) -> [UInt8]? {
    let name = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
      let written = buffer.withMemoryRebound(to: CChar.self) { characters in
        characters.baseAddress.map { readlink("/proc/self/fd/\(descriptor)", $0, characters.count) } ?? -1
      }
      count = max(0, written)
    }
    return name.isEmpty ? nil : name
  }

  /// All that bear a name.
  static func named(_ wanted: String) -> Set<Int32> {
    guard let directory = opendir("/proc/self/fd") else { return [] }
    defer { closedir(directory) }
    var found: Set<Int32> = []
    while let entry = readdir(directory) {
      let number = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { Int32(String(cString: $0)) }
      }
      if let number, name(of: number).map({ $0.elementsEqual(wanted.utf8) }) == true { found.insert(number) }
    }
    return found
  }
}
