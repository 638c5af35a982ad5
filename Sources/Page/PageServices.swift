internal import Basics
package import HTTPServer
package import JSONText
package import ProjectFiles
package import Timelines

/// What the page has others do: it lies below the commands, and these do it for them too.
package struct PageServices: Sendable {
  /// What these throw: it is answered as it is.
  package typealias Fault = HTTPFault

  /// Whose ratings are written and shown as one's own.
  package var person: @Sendable () async -> Person
  /// What an archive of an `export` answer would hold, in files and bytes.
  package var measure: @Sendable (JSON) throws(HTTPFault) -> (entries: Int, bytes: Int64)
  /// Writes the archive of an `export` answer.
  package var zip: @Sendable (JSON, Int32) throws(HTTPFault) -> Void
  /// Writes the contact sheet of a `sheet` answer, with its choice of takes.
  package var sheet: @Sendable (JSON, String, Int32) async throws(HTTPFault) -> Void

  /// The timeline of a `timeline` answer, in one of its forms: what it holds in numbers, and its bytes.
  package var timeline: @Sendable (JSON, TimelineForm) throws(HTTPFault) -> (facts: JSONObject, bytes: [UInt8])

  package init(
    person: @escaping @Sendable () async -> Person,
    measure: @escaping @Sendable (JSON) throws(HTTPFault) -> (entries: Int, bytes: Int64),
    zip: @escaping @Sendable (JSON, Int32) throws(HTTPFault) -> Void,
    sheet: @escaping @Sendable (JSON, String, Int32) async throws(HTTPFault) -> Void,
    timeline: @escaping @Sendable (JSON, TimelineForm) throws(HTTPFault) -> (facts: JSONObject, bytes: [UInt8])
  ) {
    self.person = person
    self.measure = measure
    self.zip = zip
    self.sheet = sheet
    self.timeline = timeline
  }
}
