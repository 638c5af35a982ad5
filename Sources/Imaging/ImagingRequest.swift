package import Basics

/// One question to `reel-imaging`, about files beneath one folder.
package struct ImagingRequest: Sendable, Hashable {
  package enum Call: Sendable, Hashable {
    case frame(StoryboardFrame)
    case probe(ProjectPath)
    /// A JPEG no side of which is longer than `side` pixels; pictures are never enlarged.
    case thumbnail(ProjectPath, side: Int)
    /// The same as WebP, for the page.
    case tile(ProjectPath, side: Int)
    case sheet(ContactSheet)
  }

  /// The project folder, absolute.
  package var project: String
  package var call: Call

  package init(project: String, call: Call) {
    self.project = project
    self.call = call
  }

  /// The files that the answer depends on.
  package var files: [ProjectPath] {
    switch call {
    case .frame(let frame): frame.references.map(\.path)
    case .probe(let path), .thumbnail(let path, _), .tile(let path, _): [path]
    case .sheet(let sheet): sheet.pictures
    }
  }
}

extension ContactSheet {
  var pictures: [ProjectPath] {
    rows.flatMap { row in
      if case .tiles(let tiles) = row { tiles.compactMap(\.picture) } else { [ProjectPath]() }
    }
  }
}

/// What `reel-imaging` said to a request.
package struct ImagingAnswer: Sendable, Hashable {
  /// For a probe: what the header says.
  package var facts: ImageFacts?
  /// For the others: the encoded picture.
  package var picture: [UInt8]

  package init(facts: ImageFacts? = nil, picture: [UInt8] = []) {
    self.facts = facts
    self.picture = picture
  }
}
