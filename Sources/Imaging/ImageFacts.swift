/// What the header of a picture says.
package struct ImageFacts: Sendable, Hashable {
  /// The media type by the bytes, whatever the file's name says: `image/png`.
  package var type: String
  /// In pixels as shown, that is after turning by the EXIF orientation.
  package var width: Int
  package var height: Int
  /// More than 1 for animations and for TIFFs of several pages; only the first is ever shown.
  package var pages: Int

  package init(type: String, width: Int, height: Int, pages: Int = 1) {
    self.type = type
    self.width = width
    self.height = height
    self.pages = pages
  }

  package var isAnimated: Bool { pages > 1 && type != "image/tiff" }
}
