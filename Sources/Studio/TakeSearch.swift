package import Basics
package import JSONText
internal import ProjectFiles

/// Looks for words in the prompts that takes were made by.
///
/// Recipes are in the sidecars, which nobody keeps in memory: they are read for each search, by the command that was asked.
package struct TakeSearch {
  private let folder: Folder
  private let words: [String]

  /// - Parameter text: words that all must stand in a prompt, in any order, whatever their case.
  package init(_ folder: Folder, for text: String) {
    self.folder = folder
    words = text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
  }

  /// Those of `reel takes` whose prompts hold the words, each with its `prompt`; without words all, with `null` where nothing is known.
  package func filter(_ takes: [JSON]) -> [JSON] {
    takes.compactMap { take in
      guard var fields = take.object, let file = fields["file"]?.string else { return nil }
      let prompt = fields["fingerprint"]?.string.flatMap { _ in self.prompt(of: ProjectPath(trusted: file)) }
      if !words.isEmpty {
        guard let text = prompt?.lowercased(), words.allSatisfy({ text.contains($0) }) else { return nil }
      }
      fields["prompt"] = prompt.map { .string($0) } ?? .null
      return .object(fields)
    }
  }

  private func prompt(of take: ProjectPath) -> String? {
    let path = ProjectPath(trusted: take.bytes + ".json".utf8)
    guard let content = try? folder.read(path, limit: Sidecar.maximumSize) else { return nil }
    return Sidecar.read(SourceText(file: path, bytes: content.bytes)).model.flatMap { Self.prompt(in: $0.recipe) }
  }

  /// `prompt` or `text` of the recipe; of a recipe that is a graph, the texts in it.
  static func prompt(in recipe: JSONObject) -> String? {
    if let prompt = recipe["prompt"]?.string ?? recipe["text"]?.string { return prompt }
    let texts = texts(in: .object(recipe))
    return texts.isEmpty ? nil : texts.joined(separator: "\n")
  }

  private static func texts(in value: JSON) -> [String] {
    switch value {
    case .object(let object):
      object.flatMap { key, value -> [String] in
        if ["text", "prompt"].contains(key), let text = value.string { return [text] }
        return texts(in: value)
      }
    case .array(let elements): elements.flatMap { texts(in: $0) }
    default: []
    }
  }
}
