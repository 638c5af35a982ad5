internal import Basics
internal import Glibc
internal import HTTPServer
internal import Imaging
internal import JSONText
internal import Page
internal import ProjectFiles
internal import Studio

/// The page with what the commands do for it.
extension ReelProgram {
  func page(
    of project: String, port: UInt16?, tell: @escaping @Sendable (StudioEvent) -> Void
  ) throws(FileError) -> LivePage {
    let options = LivePage.Options(port: port, version: Self.version, showsToken: output.isTerminal)
    return try LivePage(of: project, options: options, imaging: imaging, services: services(for: project), tell: tell)
  }

  private func services(for project: String) -> PageServices {
    @Sendable func archive(_ answer: JSON) throws(PageServices.Fault) -> ZipExport {
      do throws(Refusal) {
        return try ZipExport(
          name: answer["name"]?.string ?? "",
          paths: (answer["files"]?.array ?? []).compactMap { $0["path"]?.string.map(ProjectPath.init(trusted:)) },
          project: project)
      } catch {
        throw PageServices.Fault(409, "refused", error.message, hint: error.hint)
      }
    }
    return PageServices(
      person: { await GitIdentity.person(in: project) },
      measure: { answer throws(PageServices.Fault) in
        let archive = try archive(answer)
        return (archive.count, archive.size)
      },
      zip: { answer, raw throws(PageServices.Fault) in
        let archive = try archive(answer)
        do throws(FileError) {
          _ = try archive.write(into: raw, path: "export") { _ in }
        } catch {
          throw PageServices.Fault(409, "refused", "\(error)")
        }
      },
      sheet: { [imaging, signals] answer, choice, raw throws(PageServices.Fault) in
        let sheet = Sheet(answer, choice: choice)
        let pictures: [ProjectPath: [UInt8]]
        do throws(Refusal) {
          pictures = try await SheetExport.thumbnails(
            of: sheet.sections.flatMap { $0.cards.compactMap(\.picture) }, project: project, imaging: imaging,
            signals: signals
          ) { _ in }.pictures
        } catch {
          throw PageServices.Fault(409, "refused", error.message, hint: error.hint)
        }
        let page = SheetPage(sheet: sheet, pictures: pictures)
        // The browser may take its time: not on a thread that others need.
        let result = await OwnThread.run("page sheet") { () throws(Refusal) -> Void in
          do throws(FileError) {
            let output = Descriptor(owning: dup(raw))
            try page.write { piece throws(FileError) in try output.writeAll(piece.utf8, path: "export") }
          } catch {
            throw Refusal(exporting: error)
          }
        }
        if case .failure(let error) = result { throw PageServices.Fault(409, "refused", error.message) }
      },
      timeline: { answer, form throws(PageServices.Fault) in
        do throws(Refusal) {
          // Where the browser will put it, nobody knows.
          let export = try TimelineExport(form, answer, project: project, in: nil)
          return (export.facts, export.text)
        } catch {
          throw PageServices.Fault(409, "refused", error.message, hint: error.hint)
        }
      })
  }
}
