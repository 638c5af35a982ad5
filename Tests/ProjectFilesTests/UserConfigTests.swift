import Basics
import JSONText
import ProjectFiles
import Testing

struct UserConfigTests {
  private func read(_ text: String) -> Reading<UserConfig> {
    UserConfig.read(SourceText(file: UserConfig.path, bytes: Array(text.utf8)))
  }

  private func project(_ text: String, config: UserConfig) -> Project {
    var project = Project(config: config)
    _ = project.set(ProjectFile.read(SourceText(file: ProjectFile.path, bytes: Array(text.utf8))))
    return project
  }

  @Test func `the user's engines are laid over the project's`() throws {
    let config = try #require(
      read(#"{ "engines": { "desk": { "type": "comfyui", "urls": ["http://10.0.0.7:8188"] } } }"#).model)
    let text = #"{ "engines": { "desk": { "type": "fal" }, "cloud": { "type": "fal" } } }"#
    let engines = project(text, config: config).engines
    #expect(engines.keys.sorted() == ["cloud", "desk"])
    #expect(engines["desk"]?.type == "comfyui")
    #expect(engines["desk"]?.origin == .user)
    #expect(engines["desk"]?.definition["urls"] == ["http://10.0.0.7:8188"])
    #expect(engines["cloud"]?.origin == .project)
  }

  @Test func `a project that goes away leaves the user's engines`() throws {
    let config = try #require(read(#"{ "engines": { "desk": { "type": "comfyui" } } }"#).model)
    var project = project(#"{ "engines": { "cloud": { "type": "fal" } } }"#, config: config)
    _ = project.set(nil as Reading<ProjectFile>?)
    #expect(project.engines.keys.sorted() == ["desk"])
  }

  @Test func `a secret written out is refused and not shown`() {
    let reading = read("{ \"engines\": {\n  \"cloud\": { \"type\": \"fal\", \"key\": \"s3cret\" }\n} }")
    #expect(reading.diagnostics.map(\.code) == ["literal-secret"])
    #expect(reading.diagnostics.first?.place?.line == 2)
    #expect(!"\(reading.diagnostics)".contains("s3cret"))
    #expect(reading.model?.engines["cloud"]?.definition["key"] == nil)
  }

  @Test func `broken text is told with its place`() {
    let reading = read("{ \"engines\": {},\n}")
    #expect(reading.model == nil)
    #expect(reading.diagnostics.first?.place?.line == 1)
    #expect(reading.diagnostics.first?.file == UserConfig.path)
  }

  @Test(arguments: [
    ("{}", 20_000_000_000), (#"{ "cache": { "size": "500 MB" } }"#, 500_000_000), (#"{ "cache": { "size": 0 } }"#, 0),
    (#"{ "cache": { "size": "0 GB" } }"#, 0), (#"{ "cache": null }"#, 20_000_000_000),
  ])
  func `the size of the cache is a number and a unit, or nothing`(_ text: String, _ bytes: Int64) {
    #expect(read(text).diagnostics == [])
    #expect(read(text).model?.cacheSize == bytes)
  }

  @Test func `a size that cannot be read is told with its place`() {
    let reading = read("{ \"cache\": {\n  \"size\": \"much\" } }")
    #expect(reading.diagnostics.map(\.code) == ["out-of-range"])
    #expect(reading.diagnostics.first?.place?.line == 2)
    #expect(read(#"{ "cache": "20 GB" }"#).diagnostics.map(\.code) == ["wrong-type"])
    #expect(read(#"{ "cache": { "sise": "20 GB" } }"#).diagnostics.map(\.code) == ["unknown-key"])
  }
}
