internal import CShims
internal import Glibc

/// What this process denies itself before it looks at the first stranger's file.
enum Limits {
  /// Address space: 100 megapixels decoded take 400 MB, libraries and fonts 300 MB.
  private static let memory: UInt = 1024 << 20
  /// Seconds of processor time for one request, far beyond what any takes: a belt for when nobody watches.
  private static let processorTime: UInt = 30

  static func apply() {
    reel_die_with_parent()
    if reel_is_sanitized() == 0 { lower(Int32(RLIMIT_AS.rawValue), to: memory) }
    // It writes no files, and leaves none behind when it dies.
    lower(Int32(RLIMIT_FSIZE.rawValue), to: 16 << 20)
    lower(Int32(RLIMIT_CORE.rawValue), to: 0)
  }

  /// Renews the processor time for the next request: the limit counts from the start of the process.
  static func allowNextRequest() {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    let used = UInt(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + 1
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(UInt32(RLIMIT_CPU.rawValue)), &limit)
    limit.rlim_cur = min(used + processorTime, limit.rlim_max)
    setrlimit(__rlimit_resource_t(UInt32(RLIMIT_CPU.rawValue)), &limit)
  }

  private static func lower(_ resource: Int32, to value: UInt) {
    var limit = rlimit()
    let resource = __rlimit_resource_t(UInt32(resource))
    getrlimit(resource, &limit)
    limit.rlim_cur = min(value, limit.rlim_max)
    limit.rlim_max = limit.rlim_cur
    setrlimit(resource, &limit)
  }
}
