import Basics
import ProjectFiles

/// Sidecars, which may come from anybody's clone: what is read is written so that it reads the same, in one form, and what is refused
/// has a place in the text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let path: ProjectPath = "sequences/sequence_001/shot_001.still-7f3a9c21-b04d11aa.png.json"
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let reading = Sidecar.read(SourceText(file: path, bytes: bytes))
  for diagnostic in reading.diagnostics {
    if let place = diagnostic.place { check(place, in: bytes) }
    precondition(TerminalText.escaped(diagnostic.message) == diagnostic.message, "the message steers a terminal")
  }
  guard let sidecar = reading.model else {
    precondition(!reading.diagnostics.isEmpty, "it was refused without a word")
    return 0
  }
  let text = sidecar.text
  guard let again = Sidecar.read(SourceText(file: path, bytes: text)).model else {
    fatalError("it does not read again")
  }
  precondition(again == sidecar, "it reads as something else")
  precondition(again.text == text, "it has two forms")
  return 0
}

private func check(_ place: Diagnostic.Place, in bytes: [UInt8]) {
  let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  precondition(lines.indices.contains(place.line - 1), "a line that is not there")
  let characters = lines[place.line - 1].count { $0 & 0xC0 != 0x80 }
  precondition((1...characters + 1).contains(place.column), "a column that is not there")
}
