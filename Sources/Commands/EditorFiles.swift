internal import Basics
internal import CAssets
internal import Glibc

/// What reel puts into a project's `.reel/` for editors: the schemas that `"$schema"` points at, and a .gitignore for the folder.
enum EditorFiles {
  /// Writes what is missing or of another version. A project that cannot be written to does without, and so does one in which a link
  /// stands where these folders belong: behind it may lie what a person wrote.
  static func place(in project: String) {
    guard let folder = try? Folder(opening: project) else { return }
    do throws(FileError) {
      try folder.makeFolder(".reel/schemas")
      for path in [".reel", ".reel/schemas"] as [ProjectPath] {
        _ = try folder.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
      }
      try AtomicFile.writeIfFree(Array("*\n".utf8), to: ".reel/.gitignore", in: folder)
      for asset in Asset.all where asset.name.hasPrefix("schemas/") {
        try place(asset.bytes, at: ProjectPath(trusted: ".reel/\(asset.name)"), in: folder)
      }
    } catch {
      return
    }
  }

  private static func place(_ bytes: [UInt8], at path: ProjectPath, in folder: Folder) throws(FileError) {
    if let there = try? folder.read(path, limit: 1 << 20), there.bytes == bytes { return }
    try AtomicFile.write(bytes, to: path, in: folder, existing: .replace)
  }
}

/// A file of the repository that the program carries with it.
struct Asset {
  /// The path from the repository's root, such as `schemas/project.schema.json`.
  var name: String
  var bytes: [UInt8]

  static var all: [Asset] {
    (0..<reel_asset_count()).compactMap { index in
      guard let name = reel_asset_name(index), let bytes = reel_asset_bytes(index) else { return nil }
      return Asset(
        name: String(cString: name), bytes: Array(UnsafeBufferPointer(start: bytes, count: reel_asset_length(index))))
    }
  }
}
