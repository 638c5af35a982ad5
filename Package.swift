// swift-tools-version: 6.2
import PackageDescription

/// Every target builds under the same rules: language mode 6, warnings are errors, imports are private unless said otherwise.
let swiftSettings: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// The program's own folder in `Sources/`; arrows between rooms go one way (Documentation/Architecture.md).
func room(_ name: String, _ dependencies: [Target.Dependency] = [], path: String? = nil) -> Target {
  .target(name: name, dependencies: dependencies, path: path, swiftSettings: swiftSettings)
}

func tests(of name: String, _ more: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport"] + more, swiftSettings: swiftSettings)
}

/// Coverage-guided fuzzers (Fuzz/run). Only there when asked for, since all rooms must be built for them. Libraries, as their `main` is
/// libFuzzer's.
let fuzzers: [Target] =
  Context.environment["REEL_FUZZ"] == nil
  ? []
  : ["JSON", "Edits", "ProjectFiles", "Sidecars", "Wire", "WebSocket"].map { name in
    room(
      "Fuzz\(name)",
      ["Basics", "JSONText", "ProjectFiles"] + (name == "Wire" ? ["Engines", "Imaging", "Studio"] : [])
        + (name == "WebSocket" ? ["HTTPClient"] : []),
      path: "Fuzz/\(name)")
  }

/// What `Benchmarks/run` times beside reel itself. Only there when asked for, like the fuzzers.
let benchmarks: [Target] =
  Context.environment["REEL_BENCH"] == nil
  ? []
  : [
    .executableTarget(
      name: "reel-bench",
      dependencies: ["Basics", "JSONText", "ProjectFiles", "Planning", "Imaging", "Engines", "Studio"],
      path: "Benchmarks/Program", swiftSettings: swiftSettings)
  ]

let package = Package(
  name: "reelwright",
  products: [
    .executable(name: "reel", targets: ["reel"]),
    .executable(name: "reel-imaging", targets: ["reel-imaging"]),
  ] + fuzzers.map { .library(name: $0.name, type: .static, targets: [$0.name]) }
    + benchmarks.map { .executable(name: $0.name, targets: [$0.name]) },
  targets: [
    // C libraries and what Swift cannot call by itself.
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CInotifyTools", providers: [.apt(["libinotifytools0-dev"])]),
    .systemLibrary(name: "COpenSSL", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CVips", pkgConfig: "vips", providers: [.apt(["libvips-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CPango", pkgConfig: "pangocairo", providers: [.apt(["libpango1.0-dev"])]),
    .target(name: "CShims", cSettings: [.define("_GNU_SOURCE")]),
    .target(name: "CVipsShims", dependencies: ["CVips"]),
    // No linking: these libraries are loaded when there is something for them to do.
    .target(name: "CArchive"),
    .target(name: "CCurl"),
    .target(name: "CMicrohttpd"),
    .target(name: "CAssets"),
    .target(name: "CPage"),

    // Rooms without film words.
    room("Basics", ["CShims", "COpenSSL"]),
    room("JSONText", ["Basics"]),
    room("SQLite", ["CSQLite", "Basics"]),
    room("Arguments", ["Basics"]),
    room("Archive", ["CArchive", "CShims", "Basics"]),
    room("HTTPClient", ["CCurl", "CShims", "Basics"]),
    room("HTTPServer", ["CMicrohttpd", "CShims", "Basics"]),

    // Rooms of the loop, in the order in which things pass through them.
    room("ProjectFiles", ["Basics", "JSONText"]),
    room("Watching", ["CInotifyTools", "CShims", "Basics"]),
    room("Planning", ["Basics", "JSONText", "ProjectFiles"]),
    room("Index", ["Basics", "SQLite"]),
    room("Journal", ["Basics", "SQLite"]),
    room("Cache", ["Basics", "ProjectFiles"]),
    room("Timelines", ["Basics", "JSONText"]),
    room("Imaging", ["CShims", "Basics", "JSONText"]),
    room(
      "Engines", ["Basics", "CShims", "CZlib", "JSONText", "HTTPClient", "ProjectFiles", "Planning", "Imaging"]),
    room(
      "Studio",
      [
        "Basics", "JSONText", "ProjectFiles", "Watching", "Planning", "Index", "Journal", "Cache", "Engines",
        "CShims",
      ]),
    room(
      "Page",
      ["Basics", "CPage", "CShims", "HTTPServer", "Imaging", "JSONText", "ProjectFiles", "Studio", "Timelines"]),
    room(
      "Commands",
      [
        "Basics", "JSONText", "ProjectFiles", "Planning", "Cache", "Imaging", "Engines", "Studio", "HTTPServer", "Page",
        "Arguments", "Archive", "CAssets", "CShims", "HTTPClient", "Timelines",
      ]),

    // Programs.
    .executableTarget(name: "reel", dependencies: ["Commands"], swiftSettings: swiftSettings),
    .executableTarget(
      name: "reel-imaging", dependencies: ["CVips", "CPango", "CVipsShims", "CShims", "Basics", "Imaging"],
      swiftSettings: swiftSettings),

    // Tests.
    room(
      "TestSupport",
      ["Basics", "JSONText", "ProjectFiles", "Planning", "Imaging", "Engines", "Studio", "Watching", "CShims"]),
    tests(of: "Basics"),
    tests(of: "JSONText"),
    tests(of: "SQLite"),
    tests(of: "ProjectFiles"),
    tests(of: "Watching"),
    tests(of: "Planning"),
    tests(of: "Index"),
    tests(of: "Journal"),
    tests(of: "Cache"),
    tests(of: "Imaging"),
    tests(of: "Engines", ["HTTPClient"]),
    tests(of: "Studio"),
    tests(of: "Arguments"),
    tests(of: "Archive"),
    tests(of: "HTTPClient", ["Basics", "JSONText", "CShims"]),
    tests(of: "HTTPServer"),
    tests(of: "Page"),
    tests(of: "CAssets"),
    tests(of: "Timelines"),
    tests(of: "Commands"),
    .testTarget(
      name: "EndToEndTests", dependencies: ["TestSupport", "Basics", "JSONText", "reel", "reel-imaging"],
      swiftSettings: swiftSettings),
  ] + fuzzers + benchmarks,
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17
)
