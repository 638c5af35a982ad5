internal import Basics
internal import Planning
internal import ProjectFiles

/// What a prompt is made of, brought to a server: each content once, under its hash.
extension ComfyUIRun {
  private static let subfolder = "reelwright"

  /// - Returns: what the server calls each content.
  func upload(to worker: ComfyUIWorker) async throws -> [Digest: String] {
    var names: [Digest: String] = [:]
    for reference in prompt.uploads where names[reference.digest] == nil {
      names[reference.digest] = try await worker.name(of: reference.digest) { [self] in
        try await upload(reference, to: worker)
      }
    }
    return names
  }

  private func upload(_ reference: ShotRequest.Reference, to worker: ComfyUIWorker) async throws -> String {
    let copy: ComfyUIJobFolder.Copy
    do {
      copy = try await disk.run { [folder, job] in try folder.copy(reference, in: job.project) }
    } catch let error as FileError {
      throw EngineError("\(reference.path) could not be read: \(error.reason)", canPass: true)
    }
    // The name says what it holds, so one of that size is it: an upload that broke off is shorter.
    let name = "\(reference.digest.hex).\(copy.type.split(separator: "/").last ?? "bin")"
    if try await worker.server.hasInput(name, subfolder: Self.subfolder, bytes: copy.bytes) {
      return "\(Self.subfolder)/\(name)"
    }
    progress(0, "uploading \(reference.path.name)")
    return try await worker.server.upload(copy.path, as: name, subfolder: Self.subfolder, type: copy.type)
  }
}
