import Glibc

/// Where the tests run.
enum Environment {
  static var isContinuousIntegration: Bool { !(value("CI") ?? "").isEmpty }

  static var programFolders: [String] { (value("PATH") ?? "").split(separator: ":").map(String.init) }

  static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

  private static func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}

/// The sources that the tests were built from.
enum Repository {
  static let path = #filePath.split(separator: "/").dropLast(3).reduce(into: "") { $0 += "/\($1)" }
}
