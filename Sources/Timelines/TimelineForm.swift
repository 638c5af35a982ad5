/// A format that timelines are written in.
package enum TimelineForm: String, Hashable, Sendable, CaseIterable {
  /// OpenTimelineIO's JSON.
  case otio
  /// An edit decision list as CMX 3600 editors read them.
  case edl
  /// Final Cut Pro's XML, which DaVinci Resolve and others read as well.
  case fcpxml

  /// Why a timeline cannot be said in a format.
  package struct Refusal: Error, Hashable, Sendable {
    package var message: String
    package var hint: String
  }

  /// The bytes of the file. The same takes, at the same place, give the same bytes.
  package func text(of timeline: Timeline, _ media: MediaAddress) throws(Refusal) -> [UInt8] {
    switch self {
    case .otio: timeline.otio(media)
    case .edl: try timeline.edl(media)
    case .fcpxml: timeline.fcpxml(media)
    }
  }
}
