internal import Basics
internal import Glibc
internal import HTTPServer
internal import JSONText
internal import Studio
internal import Timelines

/// What is handed over through the page: archives and contact sheets, sent as they are written, and timelines.
final class PageExports: Sendable {
  private let asker: LoopAsker
  private let services: PageServices
  private let running = Monitor(0)

  private static let most = 4
  /// How much is written ahead of a browser that takes its time.
  private static let ahead = 4 << 20

  init(_ asker: LoopAsker, _ services: PageServices) {
    self.asker = asker
    self.services = services
  }

  /// A form of what is handed over, told by what its file's name ends with.
  enum Form: Hashable, Sendable {
    case zip
    case sheet
    case timeline(TimelineForm)

    /// As the API calls it: `zip`, `sheet`, `otio`, `edl`, `fcpxml`.
    init?(_ name: String) {
      switch name {
      case "zip": self = .zip
      case "sheet": self = .sheet
      default:
        guard let form = TimelineForm(rawValue: name) else { return nil }
        self = .timeline(form)
      }
    }

    init?(ofFile name: String) {
      guard let dot = name.lastIndex(of: ".") else { return nil }
      let ending = String(name[name.index(after: dot)...])
      guard ending != "sheet" else { return nil }
      self.init(ending == "html" ? "sheet" : ending)
    }

    var name: String {
      switch self {
      case .zip: "zip"
      case .sheet: "sheet"
      case .timeline(let form): form.rawValue
      }
    }

    /// What the loop is asked for.
    fileprivate var call: String {
      switch self {
      case .zip: "export"
      case .sheet: "sheet"
      case .timeline: "timeline"
      }
    }

    fileprivate var type: String {
      switch self {
      case .zip: "application/zip"
      case .sheet: "text/html; charset=utf-8"
      case .timeline(.otio): "application/json"
      case .timeline(.edl): "text/plain; charset=utf-8"
      case .timeline(.fcpxml): "application/xml"
      }
    }
  }

  /// What it would hold.
  func measure(_ form: Form, takes: String, shots: [String]) throws(HTTPFault) -> JSON {
    let answer = try asker.ask(call(form, takes, shots))
    var fields: JSONObject = ["version": 1, "form": .string(form.name)]
    switch form {
    case .zip:
      let files = answer["files"]?.array ?? []
      let size = try services.measure(answer)
      fields["takes"] = .number(JSONNumber(files.count { $0["role"]?.string == "take" }))
      fields["entries"] = .number(JSONNumber(size.entries))
      fields["bytes"] = .number(JSONNumber(Int(size.bytes)))
      fields["pointers"] = .array(files.filter { $0["pointer"]?.bool == true }.compactMap { $0["path"] })
    case .sheet:
      let shots = (answer["sequences"]?.array ?? []).reduce(0) { $0 + ($1["shots"]?.array?.count ?? 0) }
      fields["shots"] = .number(JSONNumber(shots))
    case .timeline(let form):
      let (facts, text) = try services.timeline(answer, form)
      for (name, value) in facts { fields[name] = value }
      fields["bytes"] = .number(JSONNumber(text.count))
      fields["pointers"] = answer["pointers"] ?? []
    }
    fields["lacking"] = answer["lacking"] ?? []
    fields["leftOut"] = answer["leftOut"] ?? []
    return .object(fields)
  }

  /// - Parameter name: what the file is to be called.
  func download(_ form: Form, name: String, takes: String, shots: [String]) throws(HTTPFault) -> Response {
    let isFree = running.change { running in
      if running >= Self.most { return false }
      running += 1
      return true
    }
    guard isFree else { throw HTTPFault(503, "busy", "\(Self.most) exports are on their way already") }
    do throws(HTTPFault) {
      let answer = try asker.ask(call(form, takes, shots))
      let body: Response.Body
      switch form {
      case .zip:
        // What cannot be is told before anything is sent.
        _ = try services.measure(answer)
        body = .stream(try start(form, takes, answer))
      case .sheet: body = .stream(try start(form, takes, answer))
      case .timeline(let form):
        body = .bytes(try services.timeline(answer, form).bytes)
        running.change { $0 -= 1 }
      }
      return Response(
        200,
        [
          ("Content-Type", form.type),
          ("Content-Disposition", Media.disposition("attachment", name)), ("Cache-Control", "no-store"),
        ], body)
    } catch {
      running.change { $0 -= 1 }
      throw error
    }
  }

  private func call(_ form: Form, _ takes: String, _ shots: [String]) -> ControlCall {
    ControlCall(form.call, ["takes": .string(takes), "shots": .array(shots.map { .string($0) })])
  }

  /// A thread writes into a pipe, another one takes out of it: what writes archives writes into files.
  private func start(_ form: Form, _ takes: String, _ answer: JSON) throws(HTTPFault) -> ByteStream {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw HTTPFault(503, "busy", "no pipe for the export") }
    let (reading, writing) = (ends[0], ends[1])
    let stream = ByteStream(limit: Self.ahead)
    let isWhole = Monitor<Bool?>(nil)
    NamedThread.start("page pump") {
      let pipe = Descriptor(owning: reading)
      while true {
        let chunk = [UInt8](unsafeUninitializedCapacity: 256 << 10) { buffer, count in
          repeat { count = read(pipe.raw, buffer.baseAddress, buffer.count) } while count < 0 && errno == EINTR
          count = max(0, count)
        }
        if chunk.isEmpty { break }
        // Nobody reads any more: whoever writes gets an error at its next piece.
        if !stream.push(chunk) { return }
      }
      stream.end(failed: !(isWhole.wait(atMost: 10) { $0 } ?? false))
    }
    NamedThread.start("page export") { [self] in
      let done = write(form, takes, answer, to: writing)
      isWhole.change { $0 = done }
      close(writing)
      running.change { $0 -= 1 }
    }
    return stream
  }

  private func write(_ form: Form, _ takes: String, _ answer: JSON, to raw: Int32) -> Bool {
    do throws(HTTPFault) {
      if form == .zip {
        try services.zip(answer, raw)
        return true
      }
    } catch {
      return false
    }
    let result = Monitor<Bool?>(nil)
    Task { [services] in
      do throws(HTTPFault) {
        try await services.sheet(answer, takes, raw)
        result.change { $0 = true }
      } catch {
        result.change { $0 = false }
      }
    }
    return result.wait { $0 } ?? false
  }
}
