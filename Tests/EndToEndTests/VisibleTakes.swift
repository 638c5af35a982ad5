import Basics
import Glibc
import JSONText
import TestSupport

/// The takes of a film that can be seen. Each is read once: what reel writes it never changes.
struct VisibleTakes {
  /// The fingerprints of whole takes.
  private(set) var fingerprints: Set<String> = []
  /// Their shots with the prompts that they were made of: `sequence_001/shot_001 rain`.
  private(set) var made: Set<String> = []
  private var checked: Set<String> = []

  /// Looks again.
  /// - Returns: what is torn, or there twice.
  mutating func look(at film: Film) -> [String] {
    film.names.filter { $0.hasPrefix("sequences/") && $0.hasSuffix(".json") && $0.contains(".still-") }
      .filter { checked.insert($0).inserted }.compactMap { check($0, film) }
  }

  private mutating func check(_ name: String, _ film: Film) -> String? {
    guard let sidecar = film.inside(name), let json = try? JSONDocument(parsing: sidecar).root.value else {
      return "\(name) is torn"
    }
    guard let output = film.inside(String(name.dropLast(".json".count))),
      json["output"]?["sha256"]?.string == Digest(of: output).hex
    else { return "the take of \(name) is torn" }
    guard let fingerprint = json["fingerprint"]?.string, let shot = json["shot"]?.string else {
      return "\(name) does not say what it is"
    }
    made.insert("\(shot) \(json["recipe"]?["prompt"]?.string ?? "")")
    return fingerprints.insert(fingerprint).inserted ? nil : "\(name) is the second take of its recipe"
  }
}
