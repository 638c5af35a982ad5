internal import Basics
internal import Glibc
internal import Imaging

/// What `reel-imaging` draws, timed without the rest of reel: no job, no take, no index.
struct PictureSpeed {
  /// A project with pictures in `inbox/`, all of which are used.
  let folder: String

  /// Storyboard frames of 1280 x 720 with two pictures each, one frame after the other, by one process. The pictures are taken in turn; where
  /// there are only two, all frames show the same.
  func frames(_ count: Int) async {
    let helper = ImagingHelper(executable: ImagingHelper.besideThisProgram, processes: 1)
    do {
      let project = try Folder(opening: folder)
      let references = try pictures(project).map { path in
        let content = try project.read(path, limit: 1 << 28)
        return StoryboardFrame.Reference(path: path, sha256: Digest(of: content.bytes))
      }
      let frame = { (number: Int) in
        StoryboardFrame(
          width: 1280, height: 720, shotID: "shot_\(number)", shotName: "Harbour at dawn",
          prompt: "a small harbour at dawn, fog over the wet pier, frame \(number)",
          references: [references[2 * number % references.count], references[(2 * number + 1) % references.count]],
          camera: CameraMove(move: "dolly-in", amount: 0.3))
      }
      // The first starts the process and reads the fonts.
      _ = try await helper.frame(frame(0), project: folder)
      let start = ContinuousClock.now
      for number in 1...max(1, count) { _ = try await helper.frame(frame(number), project: folder) }
      print(#"{"frames":\#(count),"seconds":\#(start.duration(to: .now) / .seconds(1))}"#)
    } catch {
      refuse("\(folder): \(error)\n")
    }
    helper.stop()
  }

  /// A JPEG no side of which is longer than `side` for each picture, by a process for each core; they are not written anywhere.
  func thumbnails(side: Int) async {
    let helper = ImagingHelper(
      executable: ImagingHelper.besideThisProgram, processes: max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    do {
      let paths = try pictures(try Folder(opening: folder))
      let start = ContinuousClock.now
      let bytes = try await withThrowingTaskGroup { group in
        for path in paths {
          group.addTask { try await helper.thumbnail(of: path, side: side, project: folder).count }
        }
        return try await group.reduce(0, +)
      }
      let seconds = start.duration(to: .now) / .seconds(1)
      print(#"{"pictures":\#(paths.count),"bytes":\#(bytes),"seconds":\#(seconds)}"#)
    } catch {
      refuse("\(folder): \(error)\n")
    }
    helper.stop()
  }

  private func pictures(_ project: Folder) throws -> [ProjectPath] {
    guard let directory = opendir("\(folder)/inbox") else { refuse("\(folder) has no inbox\n") }
    defer { closedir(directory) }
    var paths: [ProjectPath] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { paths.append(ProjectPath(trusted: "inbox/\(name)")) }
    }
    return paths.sorted { $0.string < $1.string }
  }
}
