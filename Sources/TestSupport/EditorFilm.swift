internal import Basics
internal import ProjectFiles
internal import Watching

/// The projects of `Tests/StoryCore`, as the four writers of the StoryCore editor leave them.
package enum EditorFilm: String, CaseIterable, Sendable {
  /// Electron: all of a shot in its sequence.
  case a
  /// The documented form: shots for production, with `generation`.
  case b
  /// The dashboard: `shot_ids`, and shots in files of their own.
  case c
  /// The sequence service: files by id, shots that name their sequence.
  case d

  /// The files of the project, by path.
  package var files: [(path: String, bytes: [UInt8])] {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    guard let folder = try? Folder(opening: "/\(root)/Tests/StoryCore/\(rawValue)") else {
      preconditionFailure("Tests/StoryCore/\(rawValue) is not there")
    }
    return WatchedTree.listing(of: folder).keys.sorted().compactMap { path in
      (try? folder.read(path, limit: 1 << 20)).map { (path.string, $0.bytes) }
    }
  }

  /// On paper, painted by an engine that has seeds and reads everything.
  package var painted: PaperProject {
    var film = PaperProject(forms: [PaperProject.storyboard, PainterForm()])
    for (path, bytes) in files {
      film.write(path, bytes: path == "project.json" ? Self.withEngine(bytes, "painter") : bytes)
    }
    return film
  }

  /// The bytes of a project.json with an engine that is not the editor's.
  package static func withEngine(_ bytes: [UInt8], _ type: String) -> [UInt8] {
    Array(#"{ "engine": "\#(type)", "engines": { "\#(type)": { "type": "\#(type)" } },"#.utf8) + bytes.dropFirst()
  }
}
