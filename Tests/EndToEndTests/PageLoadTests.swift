import Basics
import Glibc
import JSONText
import TestSupport
import Testing

/// The page's server with many browsers at once: some here, 500 streams and a thousand requests a second for a minute in `make soak`.
@Suite(.fewAtATime, .timeLimit(.minutes(15)))
struct PageLoadTests {
  @Test func `many streams and requests leave nothing stuck, no memory behind, and saves are told to all`() async throws
  {
    let streams = Soak.count(40, soak: 500)
    let seconds = Soak.count(3, soak: 60)
    let rate = Soak.count(200, soak: 1000)
    try await Soak.run(
      "page", "\(streams) event streams and \(rate) requests a second for \(seconds) s, while shots are edited"
    ) { row in
      let film = Film(shots: 20)
      let watcher = try await film.watch()
      _ = try await eventually("the page") { watcher.events.first { $0["type"]?.string == "page" } }
      let page = try await watcher.page()
      let quiet = try await Self.edit(film, watcher, times: 5, from: 0)
      let listeners = try PageListeners(page, count: streams)
      let load = PageLoad(page, state: try await page.state(), rate: rate, threads: 10)
      let pid = watcher.program.child.pid
      var busy = Times()
      var memory: [Int] = []
      for round in 0..<Swift.max(3, seconds / 3) {
        let time = try await Self.edit(film, watcher, times: 1, from: 10 + round)
        for one in time.all { busy.add(one) }
        memory.append(Self.memory(of: pid))
        try await Task.sleep(for: .seconds(Double(seconds) / Double(Swift.max(3, seconds / 3))))
      }
      let done = await load.stop()
      let last = try #require(try await page.state()["event"]?.string)
      // The last event has come to everyone.
      let missing = try await listeners.waitForAll(last)
      let third = memory.count / 3
      let growth = (memory.suffix(third).max() ?? 0) - (memory.dropFirst(third).prefix(third).max() ?? 0)
      row.counts = [
        "\(done.requests) requests, \(done.refused) refused, slowest \(done.slowest) ms",
        "\(streams - missing) of \(streams) streams heard all",
        "memory \(memory.first ?? 0) kB, then \(memory.last ?? 0) kB",
        "save to take: quiet \(quiet.sentence); busy \(busy.sentence)",
      ]
      if done.refused > 0 {
        row.faults.append("\(done.refused) requests were not answered as they should: \(done.fault)")
      }
      if done.requests < rate { row.faults.append("only \(done.requests) requests were answered") }
      if missing > 0 { row.faults.append("\(missing) streams did not hear the last event\n\(film.story)") }
      // A sanitizer keeps what was freed.
      if growth > 24_000, !Pace.isSanitized {
        row.faults.append("memory grew by \(growth) kB between the second and the last third: \(memory)")
      }
      listeners.stop()
      _ = try await watcher.stop()
    }
  }

  private static func edit(_ film: Film, _ watcher: Watcher, times count: Int, from first: Int) async throws -> Times {
    var times = Times()
    for number in first..<(first + count) {
      let start = ContinuousClock.now
      film.write(
        "sequences/sequence_001.json",
        Film.sequence(shots: 20) { $0 == 1 + number % 20 ? "edit \(number)" : "rain number \($0)" })
      _ = try await watcher.settle()
      times.add(ContinuousClock.now - start)
    }
    return times
  }

  /// Resident memory in kB.
  private static func memory(of pid: Int32) -> Int {
    guard let stream = fopen("/proc/\(pid)/statm", "r") else { return 0 }
    defer { fclose(stream) }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = fread(&bytes, 1, bytes.count, stream)
    let words = String(decoding: bytes[..<count], as: UTF8.self).split(separator: " ")
    return words.count > 1 ? (Int(words[1]) ?? 0) * 4 : 0
  }
}

/// Requests one after the other on some connections, at a rate.
private final class PageLoad: Sendable {
  struct Outcome: Sendable {
    var requests = 0
    var refused = 0
    var slowest = 0
    var fault = ""
  }

  private let outcome = Monitor((Outcome(), stopped: false, running: 0))

  init(_ page: PageClient, state: JSON, rate: Int, threads: Int) {
    let takes = (state["takes"]?.array ?? []).compactMap { row in
      row.array.flatMap { row in row.first?.string.map { ($0, row.last?.string ?? "") } }
    }
    let shots = (state["shots"]?.array ?? []).compactMap { $0.array?.first?.string }
    let paths =
      takes.prefix(5).flatMap { ["/thumb/\($0.0)?w=256&v=\($0.1)", "/api/takes?key=\($0.0)", "/media/\($0.0)"] }
      + shots.prefix(5).map { "/api/shots?key=\($0)" } + ["/page/main.js", "/", "/api/state", "/api/history"]
    outcome.look { $0.running = threads }
    for number in 0..<threads {
      NamedThread.start("load \(number)") { [self] in
        run(page, paths, pause: Double(threads) / Double(rate), from: number)
      }
    }
  }

  func stop() async -> Outcome {
    outcome.change { $0.stopped = true }
    return await withCheckedContinuation { continuation in
      NamedThread.start("load end") { [outcome] in
        continuation.resume(
          returning: outcome.wait(atMost: 60) { $0.running == 0 ? $0.0 : nil } ?? outcome.look { $0.0 })
      }
    }
  }

  private func run(_ page: PageClient, _ paths: [String], pause: Double, from first: Int) {
    defer { outcome.change { $0.running -= 1 } }
    let socket = try? LoopbackSocket(port: page.port, limit: 30)
    var next = ContinuousClock.now
    var count = first
    while !outcome.look({ $0.stopped }) {
      let now = ContinuousClock.now
      if now < next { usleep(UInt32((next - now) / .microseconds(1))) }
      // Who is behind does not catch up: the rate is a limit.
      next = max(next, now - .milliseconds(100)) + .milliseconds(Int64(pause * 1000))
      let path = paths[count % paths.count]
      count += 1
      let start = ContinuousClock.now
      let request = "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(page.port)\r\nCookie: \(page.cookie)\r\n\r\n"
      socket?.send(Array(request.utf8))
      let status = (try? socket?.reply())?.status ?? 0
      let milliseconds = Int((ContinuousClock.now - start) / .milliseconds(1))
      outcome.look { outcome in
        outcome.0.requests += 1
        outcome.0.slowest = max(outcome.0.slowest, milliseconds)
        if status != 200 {
          outcome.0.refused += 1
          outcome.0.fault = "\(path) \(status)"
        }
      }
      if status == 0 { return }
    }
  }
}

/// Streams that are all read, by one thread.
private final class PageListeners: Sendable {
  private let sockets: [LoopbackSocket]
  private let state: Monitor<(tails: [String], stopped: Bool)>

  init(_ page: PageClient, count: Int) throws {
    sockets = try (0..<count).map { _ in
      let socket = try LoopbackSocket(port: page.port, limit: 30)
      let request = "GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:\(page.port)\r\nCookie: \(page.cookie)\r\n\r\n"
      socket.send(Array(request.utf8))
      return socket
    }
    state = Monitor(([String](repeating: "", count: count), false))
    NamedThread.start("listeners") { [self] in listen() }
  }

  func stop() { state.change { $0.stopped = true } }

  /// - Returns: how many have not heard an event.
  func waitForAll(_ event: String) async throws -> Int {
    let state = state
    return await withCheckedContinuation { continuation in
      NamedThread.start("wait") {
        // Others may have come behind it: the last number that a stream heard counts.
        let number = Int(event.split(separator: "-").last ?? "") ?? 0
        func missing(_ tails: [String]) -> Int {
          tails.count { (Int($0.split(separator: "-").last ?? "") ?? -1) < number }
        }
        _ = state.wait(atMost: 30) { missing($0.tails) == 0 ? true : nil }
        continuation.resume(returning: state.look { missing($0.tails) })
      }
    }
  }

  private func listen() {
    var polls = sockets.map { pollfd(fd: $0.raw, events: Int16(POLLIN), revents: 0) }
    var texts = [[UInt8]](repeating: [], count: sockets.count)
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while !state.look({ $0.stopped }) {
      guard poll(&polls, nfds_t(polls.count), 200) > 0 else { continue }
      for index in polls.indices where polls[index].revents != 0 {
        let count = recv(polls[index].fd, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        if count == 0 { polls[index].fd = -1 }
        if count <= 0 { continue }
        texts[index] = Array((texts[index] + buffer[..<count]).suffix(128 << 10))
        // By bytes: a line break behind a carriage return would be one character with it.
        guard let line = texts[index].split(separator: UInt8(ascii: "\n")).last(where: { $0.starts(with: "id: ".utf8) })
        else { continue }
        state.change { $0.tails[index] = String(decoding: line.dropFirst(4), as: UTF8.self) }
      }
    }
  }
}
