internal import Glibc

/// The programs of this package as they were built along with the tests.
package enum BuiltProgram {
  /// The path of a program such as `reel-imaging`: it lies beside the program that runs the tests.
  package static func path(_ name: String) -> String {
    guard let resolved = realpath("/proc/self/exe", nil) else { return name }
    defer { free(resolved) }
    let path = String(cString: resolved)
    return String(path[...(path.lastIndex(of: "/") ?? path.startIndex)]) + name
  }
}
