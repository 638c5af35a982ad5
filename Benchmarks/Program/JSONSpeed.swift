internal import Glibc
internal import JSONText

/// How fast a text is read, with the places of all values and the numbers as they are written, and printed canonically.
struct JSONSpeed {
  let file: String

  func run() {
    let bytes = content()
    do throws(JSONSyntaxError) {
      let value = try JSONDocument(parsing: bytes).root.value
      let read = try rate(of: bytes.count) { () throws(JSONSyntaxError) in try JSONDocument(parsing: bytes).root.count }
      let values = try rate(of: bytes.count) { () throws(JSONSyntaxError) in
        try JSONDocument(parsing: bytes).root.value.object?.count ?? 0
      }
      let canonical = value.canonical.count
      let print = rate(of: canonical) { value.canonical.count }
      Swift.print(#"{"bytes":\#(bytes.count),"read":\#(read),"values":\#(values),"print":\#(print)}"#)
    } catch {
      refuse("\(file) is not JSON\n")
    }
  }

  /// Megabytes a second, over as many runs as take a second.
  private func rate<Failure>(of bytes: Int, _ work: () throws(Failure) -> Int) throws(Failure) -> Double {
    let start = ContinuousClock.now
    var (runs, sum) = (0, 0)
    while runs == 0 || start.duration(to: .now) < .seconds(1) {
      sum &+= try work()
      runs += 1
    }
    let seconds = start.duration(to: .now) / .seconds(1)
    // The result is used, so that no run can be left out.
    precondition(sum > 0, "an empty text says nothing about speed")
    return Double(bytes * runs) / seconds / 1e6
  }

  private func content() -> [UInt8] {
    guard let stream = fopen(file, "r") else { refuse("\(file) cannot be opened\n") }
    defer { fclose(stream) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { bytes += buffer[..<count] }
    return bytes
  }
}
