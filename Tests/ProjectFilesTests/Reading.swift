import Basics
import ProjectFiles
import Testing

/// What is said about the text of a file.
func diagnostics(_ path: String, _ text: String) -> [Diagnostic] { diagnostics(path, bytes: Array(text.utf8)) }

func diagnostics(_ path: String, bytes: [UInt8]) -> [Diagnostic] {
  let source = SourceText(file: ProjectPath(trusted: path), bytes: bytes)
  switch FileRole(of: source.file) {
  case .project: return ProjectFile.read(source).diagnostics
  case .sequence(let name): return SequenceFile.read(source, name: name).diagnostics
  case .shot(let id): return ShotFile.read(source, id: id).diagnostics
  case .entry(let name): return LibraryEntry.read(source, name: name).diagnostics
  case .ratings: return Ratings.read(source).diagnostics
  case .sidecar: return Sidecar.read(source).diagnostics
  case .workflow: return Workflow.read(source).diagnostics
  case .output, .misnamed, .other:
    Issue.record("\(path) is no text of ours")
    return []
  }
}

/// One fault in a one-line file, as it is shown: the line with a caret under each character meant, what is said, and the label.
func shown(_ path: String, _ text: String) -> [String] {
  diagnostics(path, text).map { diagnostic in
    guard let place = diagnostic.place else { return "\(diagnostic.code): \(diagnostic.message)" }
    let marked =
      String(repeating: " ", count: place.column - place.snippetColumn) + String(repeating: "^", count: place.length)
    return
      "\(diagnostic.severity) \(diagnostic.code) \(place.line)\n\(place.snippet[0])\n\(marked) \(place.label)\n\(diagnostic.message)"
  }
}

let projectConsequence = "all shots are frozen until it reads again; nothing was queued or cancelled"
let sequenceConsequence = "the shots of this file are frozen until it reads again; nothing was queued or cancelled"
