internal import Basics
internal import Glibc
internal import Journal
internal import JSONText
internal import ProjectFiles

/// A take that a crash left between its output and its sidecar, as the journal remembers it.
struct JournaledTake {
  let path: ProjectPath
  let sidecar: Sidecar

  /// Nil when the record does not hold enough to write the sidecar.
  init?(_ job: JobRecord) {
    guard let output = job.output, let kind = Kind(job.kind),
      let recipe = try? JSONDocument(parsing: Array(job.recipe.utf8)).root.value.object,
      let facts = try? JSONDocument(parsing: Array(output.facts.utf8)).root.value,
      let outputFacts = Sidecar.output(facts["output"]), let engine = Sidecar.engine(facts["engine"])
    else { return nil }
    path = output.file
    sidecar = Sidecar(
      kind: kind, shot: job.shot, fingerprint: job.fingerprint, recipe: recipe, output: outputFacts, engine: engine,
      created: facts["created"]?.string, seconds: facts["seconds"]?.double)
  }

  /// Writes the sidecar, if the output is there with the bytes that the journal was told of.
  /// - Returns: whether the take is whole now.
  func complete(in folder: Folder) throws(FileError) -> Bool {
    // Not read as a whole: a film may be larger than the memory.
    guard let looked = try? folder.look(at: path), case .file(let stamp) = looked,
      Int(stamp.size) == sidecar.output.bytes,
      let file = try? folder.open(path, O_RDONLY), try file.contentHash(path.string).digest == sidecar.output.digest
    else { return false }
    try AtomicFile.writeIfFree(sidecar.text, to: ProjectPath(trusted: path.bytes + ".json".utf8), in: folder)
    return true
  }
}

extension JobOutput {
  init(_ take: TakeWriter.Order) {
    var facts: JSONObject = [
      "output": .object(Sidecar.fields(take.sidecar.output)), "engine": .object(Sidecar.fields(take.sidecar.engine)),
    ]
    if let created = take.sidecar.created { facts["created"] = .string(created) }
    if let seconds = take.sidecar.seconds { facts["seconds"] = .number(JSONNumber(seconds)) }
    self.init(
      file: take.path, digest: take.sidecar.output.digest, bytes: take.sidecar.output.bytes,
      facts: JSON.object(facts).compactText)
  }
}
