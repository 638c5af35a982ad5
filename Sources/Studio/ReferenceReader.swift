internal import Basics
internal import ProjectFiles

/// Reads large references on threads of its own, two at a time: more would only make the disk seek.
struct ReferenceReader: Sendable {
  private let lanes = [Lane(), Lane()]

  func read(_ path: ProjectPath, in folder: Folder) async -> InputFile? {
    await lanes[Int(path.hashValue.magnitude % 2)].read(path, in: folder)
  }

  private actor Lane {
    private let executor = ThreadExecutor(name: "references")

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    func read(_ path: ProjectPath, in folder: Folder) -> InputFile? { ContentReader.read(path, in: folder) }
  }
}
