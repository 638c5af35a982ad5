import Basics
import ProjectFiles

/// Sidecars, which may come from anybody's clone: what is read is written so that it reads the same, in one form.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let path: ProjectPath = "sequences/sequence_001/shot_001.still-7f3a9c21-b04d11aa.png.json"
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let sidecar = Sidecar.read(SourceText(file: path, bytes: bytes)).model else { return 0 }
  let text = sidecar.text
  guard let again = Sidecar.read(SourceText(file: path, bytes: text)).model else {
    fatalError("it does not read again")
  }
  precondition(again == sidecar, "it reads as something else")
  precondition(again.text == text, "it has two forms")
  return 0
}
