internal import Basics
internal import JSONText

/// What goes between us and `reel-imaging`, in both directions and both programs:
///
///     → {"id":1,"project":"/films/keeper","call":"probe","path":"inbox/mara.png"}
///     ← {"id":1,"ok":{"type":"image/png","width":900,"height":1200,"pages":1}}
///     → {"id":2,"project":"/films/keeper","call":"frame","frame":{"width":1280,…}}
///     ← {"id":2,"ok":{"bytes":48123}}  and then 48123 bytes as they are
///     ← {"id":3,"error":{"code":"unreadable-image","message":"…"}}
///
/// A JSON object on a line each; a picture follows its line, so that no byte of it is ever escaped or written to a disk.
package enum ImagingWire {
  package enum Reply: Sendable, Hashable {
    case facts(ImageFacts)
    /// That many bytes follow.
    case picture(Int)
    case error(ImagingError)
  }

  /// Replies are short; a longer line is none of `reel-imaging`.
  static let longestReply = 64 * 1024
  /// No PNG of the largest frame is larger.
  private static let largestPicture = 256 << 20
}

// MARK: Requests

extension ImagingWire {
  package static func line(for request: ImagingRequest, id: Int) -> [UInt8] {
    var object: JSONObject = ["id": .number(JSONNumber(id)), "project": .string(request.project)]
    switch request.call {
    case .probe(let path):
      object["call"] = "probe"
      object["path"] = .string(path.string)
    case .thumbnail(let path, let side):
      object["call"] = "thumbnail"
      object["path"] = .string(path.string)
      object["side"] = .number(JSONNumber(side))
    case .tile(let path, let side):
      object["call"] = "tile"
      object["path"] = .string(path.string)
      object["side"] = .number(JSONNumber(side))
    case .frame(let frame):
      object["call"] = "frame"
      object["frame"] = json(of: frame)
    case .sheet(let sheet):
      object["call"] = "sheet"
      object["sheet"] = json(of: sheet)
    }
    return JSON.object(object).compact + [UInt8(ascii: "\n")]
  }

  private static func json(of frame: StoryboardFrame) -> JSON {
    var object: JSONObject = [
      "width": .number(JSONNumber(frame.width)), "height": .number(JSONNumber(frame.height)),
      "id": .string(frame.shotID), "name": .string(frame.shotName), "prompt": .string(frame.prompt),
      "references": .array(
        frame.references.map { ["path": .string($0.path.string), "sha256": .string($0.sha256.hex)] }),
    ]
    if let camera = frame.camera {
      object["camera"] = ["move": .string(camera.move), "amount": .number(JSONNumber(camera.amount))]
    }
    return .object(object)
  }

  /// Reads a request; nil if it is none.
  package static func request(in line: [UInt8]) -> (id: Int, request: ImagingRequest)? {
    guard let root = try? JSONDocument(parsing: line).root, let id = root["id"]?.number?.int,
      let project = root["project"]?.string, let call = call(in: root)
    else { return nil }
    return (id, ImagingRequest(project: project, call: call))
  }

  private static func call(in root: JSONNode) -> ImagingRequest.Call? {
    let path = root["path"]?.string.flatMap { try? ProjectPath(relayed: $0) }
    switch root["call"]?.string {
    case "probe": return path.map { .probe($0) }
    case "thumbnail":
      guard let path, let side = root["side"]?.number?.int else { return nil }
      return .thumbnail(path, side: side)
    case "tile":
      guard let path, let side = root["side"]?.number?.int else { return nil }
      return .tile(path, side: side)
    case "frame": return root["frame"].flatMap(frame(in:)).map { .frame($0) }
    case "sheet": return root["sheet"].flatMap(sheet(in:)).map { .sheet($0) }
    default: return nil
    }
  }

  private static func frame(in node: JSONNode) -> StoryboardFrame? {
    guard let width = node["width"]?.number?.int, let height = node["height"]?.number?.int, let id = node["id"]?.string,
      let name = node["name"]?.string, let prompt = node["prompt"]?.string, let references = node["references"]
    else { return nil }
    var frame = StoryboardFrame(width: width, height: height, shotID: id, shotName: name, prompt: prompt)
    for reference in references.elements {
      guard let path = reference["path"]?.string.flatMap({ try? ProjectPath(relayed: $0) }),
        let sha256 = reference["sha256"]?.string.flatMap({ Digest(hex: $0) })
      else { return nil }
      frame.references.append(.init(path: path, sha256: sha256))
    }
    if let camera = node["camera"] {
      guard let move = camera["move"]?.string, let amount = camera["amount"]?.number?.double else { return nil }
      frame.camera = CameraMove(move: move, amount: amount)
    }
    return frame
  }
}

// MARK: Replies

extension ImagingWire {
  package static func line(for reply: Reply, id: Int) -> [UInt8] {
    var object: JSONObject = ["id": .number(JSONNumber(id))]
    switch reply {
    case .facts(let facts):
      object["ok"] = [
        "type": .string(facts.type), "width": .number(JSONNumber(facts.width)),
        "height": .number(JSONNumber(facts.height)), "pages": .number(JSONNumber(facts.pages)),
      ]
    case .picture(let count): object["ok"] = ["bytes": .number(JSONNumber(count))]
    case .error(let error):
      object["error"] = ["code": .string(error.code.rawValue), "message": .string(error.message)]
    }
    return JSON.object(object).compact + [UInt8(ascii: "\n")]
  }

  /// Reads the reply to the request `id`; nil if it is none.
  static func reply(in line: [UInt8], to id: Int) -> Reply? {
    guard let root = try? JSONDocument(parsing: line).root, root["id"]?.number?.int == id else { return nil }
    if let error = root["error"] {
      guard let code = error["code"]?.string.flatMap(ImagingError.Code.init), let message = error["message"]?.string
      else { return nil }
      return .error(ImagingError(code, message))
    }
    guard let ok = root["ok"] else { return nil }
    if let count = ok["bytes"]?.number?.int { return (0...largestPicture).contains(count) ? .picture(count) : nil }
    guard let type = ok["type"]?.string, let width = ok["width"]?.number?.int, let height = ok["height"]?.number?.int,
      let pages = ok["pages"]?.number?.int
    else { return nil }
    return .facts(ImageFacts(type: type, width: width, height: height, pages: pages))
  }
}
