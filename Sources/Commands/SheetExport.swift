internal import Basics
internal import Glibc
internal import Imaging
internal import JSONText

/// `reel export --sheet`: asks for small pictures, then writes the PNG's pages and the HTML.
struct SheetExport {
  let program: ReelProgram
  let order: ExportCommand.Order

  /// The longer side of the pictures in the HTML, in pixels: sharp at a third of a page, on paper and on fine screens.
  private static let side = 800

  /// - Parameter ask: gets the answer; called after it is known that what is to be written can be.
  func run(_ ask: () throws(Refusal) -> JSON) async throws(Refusal) -> Outcome {
    let target = try target()
    let answer = try ask()
    program.signals.handle { _ in }
    let sheet = Sheet(answer, choice: order.takes)
    var outcome = Outcome(format: "sheet", answer)
    let paths = sheet.sections.flatMap { $0.cards.compactMap(\.picture) }
    let progress = ExportProgress(program.output, TerminalText.escaped(order.written), of: Int64(paths.count))
    let (pictures, faults) = try await Self.thumbnails(
      of: paths, project: order.project, imaging: program.imaging, signals: program.signals
    ) { progress.show($0) }
    let pages = target == nil ? [] : ContactSheet.pages(of: sheet, shown: Set(pictures.keys))
    var targets: [ExportTarget] = []
    if let target {
      for number in pages.indices {
        let suffix = number == 0 ? ".png" : "-\(number + 1).png"
        targets.append(
          try target.beside(
            Self.stem(order.path) + suffix, written: Self.stem(order.written) + suffix, project: order.project))
      }
    }
    for (page, target) in zip(pages, targets) {
      let png: [UInt8]
      do throws(ImagingError) {
        png = try await program.imaging.sheet(page, project: order.project)
      } catch {
        program.imaging.stop()
        throw Refusal(error.message, .failed)
      }
      try ExportCommand.checkNotStopped(program.signals)
      outcome.files.append((target.written, try target.write(png)))
    }
    program.imaging.stop()
    progress.end()
    // The HTML comes last: with it the sheet is whole.
    try write(SheetPage(sheet: sheet, pictures: pictures), target, &outcome)
    outcome.leftOut += faults
    outcome.facts["shots"] = .number(JSONNumber(sheet.sections.reduce(0) { $0 + $1.shots }))
    outcome.facts["pictures"] = .number(JSONNumber(pictures.count))
    outcome.summary = "\(sheet.detail), \(count(pictures.count, "picture"))"
    outcome.pointers = (answer["sequences"]?.array ?? []).flatMap { $0["shots"]?.array ?? [] }
      .flatMap { $0["takes"]?.array ?? [] }.filter { $0["presence"]?.string == "pointer" }
      .compactMap { $0["file"]?.string }
    return outcome
  }

  // MARK: Where to

  /// The HTML's place; its first PNG's is looked at, too, before any work is done.
  private func target() throws(Refusal) -> ExportTarget? {
    if order.isStandardOutput { return nil }
    guard order.written.hasSuffix(".html") || order.written.hasSuffix(".htm") else {
      throw Refusal(
        "a sheet is an HTML file with a PNG beside it", .usage,
        hint: "such as reel export --sheet \(TerminalText.escaped(order.written)).html")
    }
    let target = try ExportTarget(
      order.path, written: order.written, project: order.project, replaces: order.replaces)
    _ = try target.beside(
      Self.stem(order.path) + ".png", written: Self.stem(order.written) + ".png", project: order.project)
    return target
  }

  private static func stem(_ path: String) -> String {
    path.lastIndex(of: ".").map { String(path[..<$0]) } ?? path
  }

  private func write(_ page: SheetPage, _ target: ExportTarget?, _ outcome: inout Outcome) throws(Refusal) {
    guard let target else {
      let output = Descriptor(owning: dup(STDOUT_FILENO))
      var bytes: Int64 = 0
      do throws(FileError) {
        try page.write { piece throws(FileError) in
          try output.writeAll(piece.utf8, path: "standard output")
          bytes += Int64(piece.utf8.count)
        }
      } catch {
        if error.code != EPIPE { throw Refusal(exporting: error) }
        outcome.isAbandoned = true
      }
      outcome.files = [("-", bytes)]
      return
    }
    let bytes = try target.write { file throws(FileError) in
      try page.write { piece throws(FileError) in try file.writeAll(piece.utf8, path: order.written) }
    }
    outcome.files.insert((order.written, bytes), at: 0)
  }

  // MARK: Pictures

  /// Some at a time, as many as there are processes to make them and one more for each to find waiting. A picture that cannot be read is
  /// left out and told of; that none can be drawn at all ends the export.
  /// - Parameter progress: called with how many are done.
  static func thumbnails(
    of paths: [ProjectPath], project: String, imaging: ImagingHelper, signals: StopSignals, _ progress: (Int64) -> Void
  ) async throws(Refusal) -> (pictures: [ProjectPath: [UInt8]], faults: [JSON]) {
    let paths = Set(paths).sorted()
    var pictures: [ProjectPath: [UInt8]] = [:]
    var faults: [ProjectPath: ImagingError] = [:]
    await withTaskGroup(of: (ProjectPath, Result<[UInt8], ImagingError>).self) { group in
      var next = paths.makeIterator()
      func start() {
        guard signals.first == 0, let path = next.next() else { return }
        group.addTask {
          do throws(ImagingError) {
            return (path, .success(try await imaging.thumbnail(of: path, side: Self.side, project: project)))
          } catch {
            return (path, .failure(error))
          }
        }
      }
      for _ in 0..<(2 * max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))) { start() }
      while let (path, result) = await group.next() {
        switch result {
        case .success(let jpeg): pictures[path] = jpeg
        case .failure(let error): faults[path] = error
        }
        progress(Int64(pictures.count + faults.count))
        start()
      }
    }
    try ExportCommand.checkNotStopped(signals)
    if let error = faults.values.first(where: { $0.code == .notInstalled || $0.code == .cancelled }) {
      throw Refusal(error.message, .failed)
    }
    return (
      pictures,
      faults.keys.sorted().map { ["path": .string($0.string), "reason": .string(faults[$0]?.message ?? "")] }
    )
  }
}

extension ContactSheet {
  /// - Parameter shown: the pictures that can be drawn.
  static func pages(of sheet: Sheet, shown: Set<ProjectPath>) -> [ContactSheet] {
    let layout = Layout(aspect: sheet.aspect)
    var rows: [Row] = []
    for section in sheet.sections {
      rows.append(.heading(section.heading, detail: section.detail))
      let tiles = section.cards.map { card in
        let picture = card.picture.flatMap { shown.contains($0) ? $0 : nil }
        return Tile(
          picture: picture, message: card.picture == nil ? card.message : "cannot be read as a picture", id: card.id,
          name: card.name, prompt: card.prompt, facts: card.facts)
      }
      for start in stride(from: 0, to: tiles.count, by: layout.columns) {
        rows.append(.tiles(Array(tiles[start..<min(start + layout.columns, tiles.count)])))
      }
    }
    return pages(title: sheet.name, detail: sheet.detail, layout: layout, rows: rows)
  }
}
