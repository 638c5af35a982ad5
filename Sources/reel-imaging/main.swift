// reel-imaging decodes and draws pictures for reel: strangers' files meet this process, which can do nothing but read files and
// answer, and which is replaced when it dies. It is started by reel and speaks the lines of Sources/Imaging/ImagingWire.swift.
internal import Basics
internal import CVipsShims
internal import Glibc

/// Says why on standard error and ends, without unwinding what libraries registered: there is nothing to be saved.
func end(_ message: String, _ status: Int32) -> Never {
  if !message.isEmpty {
    try? Descriptor(owning: STDERR_FILENO).writeAll(Array("\(message)\n".utf8), path: "standard error")
  }
  _exit(status)
}

Limits.apply()
guard isatty(STDIN_FILENO) == 0 else {
  end("reel-imaging is started by reel and answers its requests; there is nothing to do with it by hand.", 64)
}
guard reel_vips_start("reel-imaging") == 0 else {
  end("reel-imaging: libvips cannot be started.", 70)
}
var loop = RequestLoop()
loop.run()
end("", 0)
