package import Basics

/// A take that a person put among the takes: `sequences/SEQ/SHOT.anything.EXT`, without a sidecar.
///
/// It can be rated, picked and named as a reference; it meets no want, as nobody knows how it was made, and is never written over,
/// as no take of ours bears such a name. A take whose sidecar is missing or cannot be read is one, too.
package struct DroppedTake: Hashable, Sendable {
  package var path: ProjectPath
  package var sequence: SequenceName
  /// The shot's id as a file name; nil for what lies there under the name of a whole sequence's take.
  package var shot: String?
  package var kind: Kind

  /// Nil for a file that is no take by its place and its name.
  package init?(_ path: ProjectPath) {
    let parts = path.parts
    guard parts.count == 3, parts[0].elementsEqual("sequences".utf8),
      let sequence = SequenceName(String(decoding: parts[1], as: UTF8.self))
    else { return nil }
    self.path = path
    self.sequence = sequence
    if let name = TakeName(path.name) {
      (shot, kind) = (name.shot, name.kind)
      return
    }
    let words = path.name.split(separator: ".", omittingEmptySubsequences: false)
    guard words.count >= 3, !words[0].isEmpty, words.dropFirst().dropLast().contains(where: { !$0.isEmpty }),
      let media = Self.kind(ofExtension: path.fileExtension)
    else { return nil }
    shot = String(words[0])
    kind = words.dropFirst().dropLast().lazy.compactMap { Self.kind(said: $0) }.first ?? media
  }

  /// What the name says itself: `shot_002.clip.mp4`, `shot_002.talk-final.mp4`.
  private static func kind(said word: Substring) -> Kind? {
    let beginning = word.prefix { $0.isASCII && $0.isLetter }
    return [Kind.still, .clip, .voice, .talk].first { $0.name == beginning }
  }

  /// A picture is a still, a film a clip, sound a voice.
  private static func kind(ofExtension ending: String) -> Kind? {
    switch ending {
    case "png", "jpg", "jpeg", "webp", "gif", "tif", "tiff", "heic", "heif", "avif", "exr", "psd": .still
    case "mp4", "webm", "mov", "mkv", "m4v", "avi": .clip
    case "wav", "flac", "mp3", "ogg", "opus", "m4a", "aac": .voice
    default: nil
    }
  }
}

extension Project {
  /// The takes that people put among the takes, in byte order of their paths.
  package var droppedTakes: [DroppedTake] {
    inputs.keys.compactMap { DroppedTake($0) }.sorted { $0.path < $1.path }
  }

  /// The takes that people put into one folder, in byte order of their paths. The cost grows with the folder's files that are no takes
  /// of ours.
  package func droppedTakes(in folder: ProjectPath) -> [DroppedTake] {
    (inputsByFolder[folder] ?? []).compactMap { DroppedTake($0) }.sorted { $0.path < $1.path }
  }

  /// The take at a path, if a person put one there.
  package func droppedTake(at path: ProjectPath) -> DroppedTake? {
    inputs[path] == nil ? nil : DroppedTake(path)
  }
}
