package import Basics
package import JSONText

/// What came of reading one file: its model, unless it could not be read at all, and every fault in it.
package struct Reading<Model: Sendable>: Sendable {
  /// Nil when the file froze: it is broken, or not a file of its kind.
  package var model: Model?
  package var diagnostics: [Diagnostic]
  package var source: SourceText

  package init(model: Model?, diagnostics: [Diagnostic], source: SourceText) {
    self.model = model
    self.diagnostics = diagnostics
    self.source = source
  }
}

/// Text files of a project on their way to JSON.
package enum JSONFile {
  /// Larger files are refused: a sequence of 10,000 shots has 12 MB.
  package static let maximumSize = 64 << 20

  /// The parsed text, or nil with the reason as a diagnostic. An object with the same key twice is refused: which of the two
  /// was meant nobody can know.
  package static func parse(_ source: SourceText, consequence: String) -> (JSONDocument?, [Diagnostic]) {
    if LFSPointer(source.bytes) != nil {
      let message = "this file is a git-lfs pointer, its text is not here yet"
      return (
        nil,
        [
          Diagnostic(
            .error, "lfs-pointer", message, file: source.file, notes: ["`git lfs pull` brings it", consequence])
        ]
      )
    }
    let document: JSONDocument
    do throws(JSONSyntaxError) {
      document = try JSONDocument(parsing: source.bytes)
    } catch {
      var diagnostic = shown(error, source).diagnostic(in: source.shownBytes, file: source.file)
      diagnostic.notes.append(consequence)
      return (nil, [diagnostic])
    }
    let duplicates = document.duplicateKeys.map { member in
      Diagnostic(
        .error, "duplicate-key", "the key `\(TerminalText.shortened(member.key, to: 40))` stands twice in this object",
        file: source.file,
        place: source.place(member.keyRange, label: "remove one of the two"), notes: [consequence])
    }
    return (duplicates.isEmpty ? document : nil, duplicates)
  }

  /// The error in words that repeat no secret: as it reads in the text with stars.
  private static func shown(_ error: JSONSyntaxError, _ source: SourceText) -> JSONSyntaxError {
    if source.shownBytes == source.bytes { return error }
    do throws(JSONSyntaxError) {
      _ = try JSONDocument(parsing: source.shownBytes)
    } catch let starred {
      if starred.range == error.range, starred.code == error.code { return starred }
    }
    return JSONSyntaxError(error.code, "the text is no JSON here", at: error.range)
  }
}
