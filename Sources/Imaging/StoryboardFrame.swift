package import Basics

/// Everything that decides the pixels of a storyboard frame, and nothing else: the same value gives the same bytes.
package struct StoryboardFrame: Sendable, Hashable {
  /// A picture to place in the frame, named by where it lies and what it holds.
  package struct Reference: Sendable, Hashable {
    package var path: ProjectPath
    /// The content meant: a file that has changed since is refused, so that no frame shows what its recipe does not name.
    package var sha256: Digest

    package init(path: ProjectPath, sha256: Digest) {
      self.path = path
      self.sha256 = sha256
    }
  }

  /// In pixels, 64 to 4096.
  package var width: Int
  /// In pixels, 64 to 4096.
  package var height: Int
  package var shotID: String
  /// The heading; the frame goes without one when it is empty.
  package var shotName: String
  package var prompt: String
  /// In this order; more than four are counted, not shown.
  package var references: [Reference]
  package var camera: CameraMove?

  package init(
    width: Int, height: Int, shotID: String, shotName: String, prompt: String, references: [Reference] = [],
    camera: CameraMove? = nil
  ) {
    self.width = width
    self.height = height
    self.shotID = shotID
    self.shotName = shotName
    self.prompt = prompt
    self.references = references
    self.camera = camera
  }

  /// The sizes that can be drawn, for width and height.
  package static let sides = 64...4096
}

/// What the camera does during a shot.
package struct CameraMove: Sendable, Hashable {
  /// The moves that have a sign of their own; any other word is shown as a label.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    case `static`
    case panLeft = "pan-left"
    case panRight = "pan-right"
    case tiltUp = "tilt-up"
    case tiltDown = "tilt-down"
    case dollyIn = "dolly-in"
    case dollyOut = "dolly-out"
    case zoomIn = "zoom-in"
    case zoomOut = "zoom-out"
    case truckLeft = "truck-left"
    case truckRight = "truck-right"
    case pedestalUp = "pedestal-up"
    case pedestalDown = "pedestal-down"
    case craneUp = "crane-up"
    case craneDown = "crane-down"
    case orbitLeft = "orbit-left"
    case orbitRight = "orbit-right"
    case roll
    case handheld
  }

  /// As the project spells it, such as `dolly-in`.
  package var move: String
  /// How far, 0 to 1: the share of the frame's width or height that the picture travels or narrows by.
  package var amount: Double

  package init(move: String, amount: Double) {
    self.move = move
    self.amount = amount
  }

  /// Nil for a move that has no sign.
  package var kind: Kind? { Kind(rawValue: move) }
}
