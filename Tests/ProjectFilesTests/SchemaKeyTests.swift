import Basics
import FoundationEssentials
import JSONText
import ProjectFiles
import Testing

/// Every key that a reader knows stands in the schema, where an editor offers it, and every key of a schema is known to the reader.
struct SchemaKeyTests {
  /// The objects of the schemas that list keys, and the reader's keys for each.
  private func readers() -> [String: Set<String>] {
    var readers: [String: Set<String>] = [:]
    for (place, keys) in KnownKeys.byPlace {
      for format in place.formats { readers["\(format) \(place.object)"] = keys }
    }
    return readers
  }

  @Test func `the keys of each object are the same in schema and reader`() throws {
    let readers = readers()
    var objects: Set<String> = []
    for format in Format.allCases {
      for (place, keys) in Self.objects(in: try SchemaFiles.schema(format.rawValue), "") {
        let name = "\(format) \(place)"
        objects.insert(name)
        #expect(
          keys.subtracting(["$schema", "note"]).sorted() == readers[name]?.subtracting(["note"]).sorted(), "\(name)")
      }
    }
    #expect(objects == Set(readers.keys))
  }

  @Test func `every key that a reader's switch names is in one of the schemas`() throws {
    var offered = Format.foreignKeys
    for format in Format.allCases {
      for (_, keys) in Self.objects(in: try SchemaFiles.schema(format.rawValue), "") { offered.formUnion(keys) }
    }
    var found: Set<String> = []
    for file in try SchemaFiles.names(in: "Sources/ProjectFiles") {
      let text = String(decoding: try SchemaFiles.bytes(of: "Sources/ProjectFiles/\(file)"), as: UTF8.self)
      for part in text.split(separator: "switch ").dropFirst()
      where part.prefix(while: { $0 != "{" }).hasSuffix(".key ") {
        for line in part.split(separator: "\n") {
          let line = line.drop { $0 == " " }
          if line.hasPrefix("default") { break }
          guard line.hasPrefix("case \"") else { continue }
          let names = line.prefix { $0 != ":" }.split(separator: "\"", omittingEmptySubsequences: false)
          for (index, name) in names.enumerated() where index % 2 == 1 { found.insert(String(name)) }
        }
      }
    }
    #expect(found.count > 30, "the readers are found")
    #expect(found.subtracting(offered).sorted() == [])
  }

  /// The objects of a schema with the keys that they list: `""`, `limits`, `#shot`.
  private static func objects(in node: JSON, _ place: String) -> [(String, Set<String>)] {
    var found: [(String, Set<String>)] = []
    if let properties = node["properties"]?.object {
      found.append((place, Set(properties.keys)))
      for (key, value) in properties { found += objects(in: value, place.isEmpty ? key : "\(place)/\(key)") }
    }
    if place.isEmpty {
      for (name, definition) in node["definitions"]?.object ?? [:] { found += objects(in: definition, "#\(name)") }
    }
    return found
  }
}
