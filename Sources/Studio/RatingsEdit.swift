package import Basics
internal import Glibc
package import ProjectFiles

/// A change of what one person thinks of takes, written into that person's file and no other.
package struct RatingsEdit {
  private let folder: Folder
  private let person: Person

  package init(_ folder: Folder, _ person: Person) {
    self.folder = folder
    self.person = person
  }

  /// All takes in one go. The file is left alone when it cannot be read as ratings, and when it moves on meanwhile.
  package func change(_ takes: [ProjectPath], to change: Ratings.Change) throws(RatingsEditError) {
    try EditTurn.taken(in: folder) { () throws(RatingsEditError) in try write(takes, change) }
  }

  private func write(_ takes: [ProjectPath], _ change: Ratings.Change) throws(RatingsEditError) {
    let path = person.file
    let before = try text(of: path)
    guard let after = Ratings.text(before, changing: takes, to: change) else {
      throw RatingsEditError(fault(in: path, before ?? []))
    }
    if after == before || before == nil && change == .unrate { return }
    let movedOn = RatingsEditError("\(path) was saved by someone else this very moment; nothing was changed, try again")
    if try text(of: path) != before { throw movedOn }
    do throws(FileError) {
      try folder.makeFolder("ratings")
      try AtomicFile.write(after, to: path, in: folder, existing: before == nil ? .keep : .replace)
    } catch {
      throw error.code == EEXIST ? movedOn : RatingsEditError(error.description)
    }
  }

  private func text(of path: ProjectPath) throws(RatingsEditError) -> [UInt8]? {
    do throws(FileError) {
      return try folder.read(path, limit: JSONFile.maximumSize).bytes
    } catch {
      if error.isAbsence { return nil }
      throw RatingsEditError(error.description)
    }
  }

  /// `ratings/mara@example.org.json:3:5: expected …`
  private func fault(in path: ProjectPath, _ text: [UInt8]) -> String {
    let found = Ratings.read(SourceText(file: path, bytes: text)).diagnostics.first
    let place = found?.place.map { ":\($0.line):\($0.column)" } ?? ""
    return "\(path)\(place): \(found?.message ?? "this is no ratings file"); nothing was written into it"
  }
}

/// Why a ratings file was left as it is.
package struct RatingsEditError: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }
}
