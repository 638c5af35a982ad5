internal import Basics

extension Reading<SequenceFile> {
  /// The shots whose text is another in a newer reading of the file, when nothing else in it changed: a person who edits a prompt
  /// touches one shot and not the hundred around it.
  ///
  /// Bytes are compared, not meanings: equal bytes mean the same wherever they stand.
  /// - Returns: nil when more changed than the inside of shots, or when what a shot says hangs on more than its own text.
  func changedShots(in newer: Reading<SequenceFile>) -> Set<ShotID>? {
    guard let before = model, let after = newer.model, before.isPlain, after.isPlain,
      before.shots.count == after.shots.count, let last = before.shots.indices.last,
      source.bytes[..<before.shots[0].range.lowerBound] == newer.source.bytes[..<after.shots[0].range.lowerBound],
      source.bytes[before.shots[last].range.upperBound...] == newer.source.bytes[after.shots[last].range.upperBound...]
    else { return nil }
    var changed: Set<ShotID> = []
    for (old, new) in zip(before.shots, after.shots) {
      if old.id != new.id { return nil }
      if source.bytes[old.range] != newer.source.bytes[new.range] { changed.insert(new.id) }
    }
    return changed
  }
}

extension SequenceFile {
  /// Whether all its shots stand in the file itself, each with an id and none a template.
  fileprivate var isPlain: Bool {
    namesAllShots && listedShots == nil && shots.allSatisfy { $0.file == name.file && $0.each == nil && !$0.isTemplate }
  }
}
