internal import Basics
internal import ProjectFiles

/// Reads large references on threads of its own, one for each core: hashing takes longer than reading from any disk but a turning one.
struct ReferenceReader: Sendable {
  private let lanes = (0..<Spread.cores).map { _ in Lane() }

  func read(_ path: ProjectPath, in folder: Folder) async -> InputFile? {
    await lanes[Int(path.hashValue.magnitude % UInt(lanes.count))].read(path, in: folder)
  }

  private actor Lane {
    private let executor = ThreadExecutor(name: "references")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func read(_ path: ProjectPath, in folder: Folder) -> InputFile? { ContentReader.read(path, in: folder) }
  }
}
