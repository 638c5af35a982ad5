/// Where everything stands on a frame of a size: a grid of four cells, the same for all shots of a project.
///
///     landscape                 portrait and square
///     ┌─────────────┬───────┐   ┌──────────┬───────┐
///     │ picture     │ prompt│   │ picture  │ title │
///     │             │       │   │          │ facts │
///     ├─────────────┼───────┤   ├──────────┴───────┤
///     │ title       │ facts │   │ prompt           │
///     └─────────────┴───────┘   └──────────────────┘
///
/// The picture has the shape of the frame itself, so that the guides in it mean something. All sizes follow from `unit`, which is one
/// pixel at 1280x720.
struct FrameLayout {
  let frame: Rect
  let unit: Double
  let picture: Rect
  let title: Rect
  let prompt: Rect
  let facts: Rect
  /// Too small for a text to be read: the picture with the shot's id beneath it is all there is.
  let isTiny: Bool
  let isPortrait: Bool

  init(width: Int, height: Int) {
    let (width, height) = (Double(width), Double(height))
    frame = Rect(x: 0, y: 0, width: width, height: height)
    unit = (width * height).squareRoot() / 960
    isTiny = min(width, height) < 200
    isPortrait = width / height < 1.25
    let unit = unit
    if isTiny {
      let caption = max(13, (height * 0.14).rounded())
      picture = Rect(x: 0, y: 0, width: width, height: height - caption)
      title = Rect(x: 0, y: height - caption, width: width, height: caption)
      (prompt, facts) = (title, title)
      return
    }
    let margin = (40 * unit).rounded()
    let gap = (32 * unit).rounded()
    let inner = frame.inset(margin)
    // The share of the height that must stay beneath the picture, and of the width that may not be taken beside it.
    let beneath = isPortrait ? max(0.24 * height, 150 * unit) : 96 * unit
    let across = inner.width * (isPortrait ? 0.66 : 0.735)
    let pictureWidth = min(across, (inner.height - gap - beneath) * width / height)
    let picture = Rect(x: inner.x, y: inner.y, width: pictureWidth, height: pictureWidth * height / width).onPixels
    let side = Rect(
      x: picture.maxX + gap, y: inner.y, width: inner.maxX - picture.maxX - gap, height: picture.height)
    let strip = Rect(
      x: inner.x, y: picture.maxY + gap, width: inner.width, height: inner.maxY - picture.maxY - gap)
    self.picture = picture
    if isPortrait {
      let factsHeight = min(side.height * 0.35, 190 * unit)
      title = Rect(x: side.x, y: side.y, width: side.width, height: side.height - factsHeight)
      facts = Rect(x: side.x, y: side.maxY - factsHeight, width: side.width, height: factsHeight)
      prompt = strip
    } else {
      prompt = side
      title = Rect(x: strip.x, y: strip.y, width: picture.width, height: strip.height)
      facts = Rect(x: side.x, y: strip.y, width: side.width, height: strip.height)
    }
  }
}
