internal import Glibc

/// How much room is left where takes are written.
package enum FreeDisk {
  /// Bytes that this user may still write beneath a folder; nil where nobody says.
  package static func bytes(at path: String) -> Int64? {
    var status = statvfs()
    return statvfs(path, &status) == 0 ? bytes(status) : nil
  }

  package static func bytes(in folder: Folder) -> Int64? {
    var status = statvfs()
    return fstatvfs(folder.raw, &status) == 0 ? bytes(status) : nil
  }

  private static func bytes(_ status: statvfs) -> Int64 {
    let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
    return overflow ? .max : Int64(clamping: bytes)
  }

  /// The folder with less room than the limit, if one has.
  package static func shortage(of limit: Int64, in folders: [String]) -> (path: String, free: Int64)? {
    for path in folders {
      if let free = bytes(at: path), free < limit { return (path, free) }
    }
    return nil
  }
}
