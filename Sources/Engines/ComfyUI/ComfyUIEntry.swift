package import Basics
package import JSONText
package import ProjectFiles
package import Planning

/// What an entry of `engines` says of ComfyUI servers.
package struct ComfyUIEntry: Sendable {
  /// One at least.
  package var urls: [String]
  /// What is sent with each request: the header's name, and the environment variable that holds its value.
  package var headers: [Header] = []
  package var workflow: ProjectPath?
  package var model: String?
  /// They lie under all that a project and its shots say.
  package var parameters: [String: JSON] = [:]
  /// What its workflows make, where the entry says so; nil leaves it to what they save.
  package var kinds: Set<Kind>?
  /// How many jobs are handed over at a time; nil for as many as there are servers.
  package var jobs: Int?

  package struct Header: Hashable, Sendable {
    package var name: String
    package var variable: String
    /// What stands before the value: `Bearer ` for a `key`.
    package var scheme: String
  }

  package static let standardURL = "http://127.0.0.1:8188"
  package static let jobLimits = 1...64

  /// - Throws: what is wrong with the entry, as a sentence for the user. Most of it was told when project.json was read.
  package init(_ definition: EngineDefinition) throws(RecipeRefusal) {
    let entry = definition.definition
    urls = (entry["urls"]?.array ?? []).compactMap(\.string)
    if urls.isEmpty { urls = [Self.standardURL] }
    if let text = entry["workflow"]?.string { workflow = try? ProjectPath(written: text) }
    model = entry["model"]?.string
    for (name, value) in entry["parameters"]?.object ?? [:] where !value.isNull && name != "note" {
      parameters[name] = value
    }
    for (name, value) in entry["headers"]?.object ?? [:] where name != "note" && !value.isNull {
      guard let variable = value["env"]?.string else {
        throw RecipeRefusal("the header `\(name)` of the engine `\(definition.name)` names no variable")
      }
      headers.append(Header(name: name, variable: variable, scheme: ""))
    }
    if let variable = entry["key"]?["env"]?.string {
      headers.append(Header(name: "Authorization", variable: variable, scheme: "Bearer "))
    }
    if let names = entry["kinds"]?.array {
      let kinds = names.compactMap { $0.string.flatMap { Kind($0) } }
      guard !kinds.isEmpty, kinds.count == names.count, Set(kinds).isSubset(of: Self.allKinds) else {
        throw RecipeRefusal(
          "the `kinds` of the engine `\(definition.name)` must be some of still, clip, voice and talk")
      }
      self.kinds = Set(kinds)
    }
    if let value = entry["jobs"], !value.isNull {
      guard let jobs = value.int, Self.jobLimits.contains(jobs) else {
        throw RecipeRefusal("the `jobs` of the engine `\(definition.name)` must be a whole number from 1 to 64")
      }
      self.jobs = jobs
    }
  }

  static let allKinds: Set<Kind> = [.still, .clip, .voice, .talk]

  /// Whether all its servers are on this machine.
  package var isLoopback: Bool { urls.allSatisfy { Self.isLoopback($0) } }

  private static func isLoopback(_ url: String) -> Bool {
    guard let start = url.firstRange(of: "://") else { return false }
    let authority = url[start.upperBound...].prefix { !"/?#".contains($0) }
    let host =
      authority.hasPrefix("[") ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
    let name = host.lowercased()
    if name == "localhost" || name.hasSuffix(".localhost") || name == "::1" { return true }
    // 127.0.0.0/8, written in full: what is short of that may be another machine's name.
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
