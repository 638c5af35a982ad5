import Basics
import ProjectFiles

/// The texts that people write: whatever stands in them, reading ends, and every problem has a place in the text.
///
/// The first byte chooses the format, the rest is the text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  guard count > 1 else { return 0 }
  let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
  let diagnostics: [Diagnostic]
  switch start[0] % 4 {
  case 0: diagnostics = ProjectFile.read(SourceText(file: "project.json", bytes: bytes)).diagnostics
  case 1:
    guard let name = SequenceName("sequence_001") else { return 0 }
    diagnostics = SequenceFile.read(SourceText(file: name.file, bytes: bytes), name: name).diagnostics
  case 2: diagnostics = LibraryEntry.read(SourceText(file: "library/mara.json", bytes: bytes), name: "mara").diagnostics
  default: diagnostics = UserConfig.read(SourceText(file: UserConfig.path, bytes: bytes)).diagnostics
  }
  let lines = bytes.reduce(1) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
  for diagnostic in diagnostics {
    if let place = diagnostic.place { precondition((1...lines + 1).contains(place.line), "a line that is not there") }
    // Lines of the text are escaped where they are printed; sentences are whole.
    precondition(!diagnostic.message.utf8.contains(0x1B), "an escape reaches the terminal")
  }
  return 0
}
