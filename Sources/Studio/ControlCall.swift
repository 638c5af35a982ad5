internal import Basics
package import JSONText

/// What a command asks the process that holds a project, as a line of JSON: `{"call":"plan"}`.
package struct ControlCall: Hashable, Sendable {
  package var name: String
  package var fields: JSONObject

  package init(_ name: String, _ fields: JSONObject = [:]) {
    self.name = name
    self.fields = fields
  }

  var line: [UInt8] {
    var object: JSONObject = ["call": .string(name)]
    for (key, value) in fields { object[key] = value }
    return JSON.object(object).compact + [UInt8(ascii: "\n")]
  }

  init?(line: [UInt8]) {
    guard let object = try? JSONDocument(parsing: line).root.value.object, let name = object["call"]?.string else {
      return nil
    }
    self.name = name
    fields = object
    fields["call"] = nil
  }
}

/// The answer to a call: `{"ok":…}` or `{"error":{"code","message"}}`.
package enum ControlReply: Hashable, Sendable {
  case success(JSON)
  case failure(code: String, message: String)

  var line: [UInt8] {
    let object: JSON =
      switch self {
      case .success(let value): ["ok": value]
      case .failure(let code, let message): ["error": ["code": .string(code), "message": .string(message)]]
      }
    return object.compact + [UInt8(ascii: "\n")]
  }

  init?(line: [UInt8]) {
    guard let value = try? JSONDocument(parsing: line).root.value else { return nil }
    if let ok = value["ok"] {
      self = .success(ok)
    } else if let error = value["error"], let code = error["code"]?.string, let message = error["message"]?.string {
      self = .failure(code: code, message: message)
    } else {
      return nil
    }
  }
}
