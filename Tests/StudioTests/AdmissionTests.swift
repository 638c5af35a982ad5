import Planning
import ProjectFiles
import Studio
import Testing

@Suite struct AdmissionTests {
  private let start = ContinuousClock.now

  private func admission(burst: Int = 3, settle: Duration = .zero, isTrusted: Bool = true) -> Admission {
    var admission = Admission()
    admission.burst = burst
    admission.setTerms(Admission.Terms(isTrusted: isTrusted, settle: settle), of: "e")
    return admission
  }

  private func wants(_ names: String...) throws -> [Want] { try names.map { try Plans.want($0, "prompt") } }

  private func arrive(_ admission: inout Admission, _ names: String...) throws {
    for name in names { admission.arrive(try Plans.want(name, "prompt")) }
  }

  private func key(_ name: String) throws -> Admission.Key { Admission.Key(try Plans.want(name, "prompt")) }

  private func letIn(_ outcome: Admission.Outcome) -> [String] {
    outcome.letIn.map { $0.address.shot?.text ?? "-" }.sorted()
  }

  private func wait(_ admission: Admission, _ name: String) throws -> Admission.Wait? {
    admission.wait(of: try key(name).want)
  }

  @Test func `a few are let in at once and counted until they are made`() throws {
    var admission = admission()
    try arrive(&admission, "a", "b")
    #expect(letIn(admission.decide(at: start)) == ["a", "b"])
    // With the two that are on their way these are one too many, and none of them slips in.
    try arrive(&admission, "c", "d")
    let second = admission.decide(at: start)
    #expect(letIn(second) == [])
    #expect(second.newlyWaiting.values.first?.count == 2)
    #expect(try wait(admission, "c") == .approval(.burst))
    // What was held back stays so, whatever is made meanwhile; what comes then is counted anew.
    _ = admission.made(try key("a"))
    _ = admission.made(try key("b"))
    try arrive(&admission, "e")
    #expect(letIn(admission.decide(at: start)) == ["e"])
    #expect(admission.waitingForPerson == 2)
  }

  @Test func `a limit of nothing holds back everything`() throws {
    var admission = admission(burst: 0)
    try arrive(&admission, "a")
    #expect(letIn(admission.decide(at: start)) == [])
    #expect(try wait(admission, "a") == .approval(.burst))
  }

  @Test func `approving lets in what was named and nothing else`() throws {
    var admission = admission(burst: 1)
    try arrive(&admission, "a", "b", "c")
    #expect(letIn(admission.decide(at: start)) == [])
    #expect(admission.approve([try key("b")]).count == 1)
    #expect(letIn(admission.decide(at: start)) == ["b"])
    #expect(admission.waitingForPerson == 2)
    // Approved ones do not count against the limit.
    try arrive(&admission, "d")
    #expect(letIn(admission.decide(at: start)) == ["d"])
  }

  @Test func `what came with git waits, and the same by another engine is another expense`() throws {
    var admission = admission()
    admission.setTerms(Admission.Terms(isTrusted: true), of: "f")
    #expect(admission.hold([try key("a")], .git).count == 1)
    try arrive(&admission, "a")
    #expect(letIn(admission.decide(at: start)) == [])
    #expect(try wait(admission, "a") == .approval(.git))
    _ = admission.leave(try key("a"))
    admission.arrive(try Plans.want("a", "prompt", engine: "f"))
    #expect(letIn(admission.decide(at: start)) == ["a"])
  }

  @Test func `what was let in is not held back again, and once made it is another expense`() throws {
    var admission = admission()
    admission.remember(try key("a"), .approved)
    #expect(admission.hold([try key("a")], .git).isEmpty)
    try arrive(&admission, "a")
    #expect(letIn(admission.decide(at: start)) == ["a"])
    #expect(admission.made(try key("a")) == [try key("a"): nil])
    #expect(admission.hold([try key("a")], .git).count == 1)
  }

  @Test func `what goes is forgotten, but for a person's word`() throws {
    var admission = admission()
    _ = admission.hold([try key("a")], .git)
    try arrive(&admission, "a")
    _ = admission.decide(at: start)
    #expect(admission.leave(try key("a")) == [try key("a"): nil])
    #expect(admission.waitingForPerson == 0)
    // Written again by hand it is a hand's.
    try arrive(&admission, "a")
    #expect(letIn(admission.decide(at: start)) == ["a"])
    _ = admission.approve([try key("b")])
    #expect(admission.leave(try key("b")).isEmpty)
    #expect(admission.mark(try key("b")) == .approved)
  }

  @Test func `an engine that is not trusted gets nothing, approved or not; trusted, all that waited is counted`() throws
  {
    var admission = admission(isTrusted: false)
    try arrive(&admission, "a", "b", "c", "d")
    _ = admission.approve([try key("a")])
    #expect(letIn(admission.decide(at: start)) == [])
    #expect(try wait(admission, "a") == .trust)
    #expect(admission.waitingKeys.keys.map(\.engine) == ["e"])
    admission.setTerms(Admission.Terms(isTrusted: true), of: "e")
    #expect(letIn(admission.decide(at: start)) == ["a", "b", "c", "d"])
    admission.setTerms(nil, of: "e")
    try arrive(&admission, "x")
    #expect(letIn(admission.decide(at: start)) == [])
    #expect(try wait(admission, "x") == .trust)
  }

  @Test func `a recipe stands for a while before it is sent far away`() throws {
    var admission = admission(settle: .seconds(5))
    try arrive(&admission, "a")
    #expect(letIn(admission.decide(at: start)) == [])
    #expect(try wait(admission, "a") == .settling)
    #expect(admission.waitingForPerson == 0)
    #expect(admission.nextDeadline == start + .seconds(5))
    #expect(letIn(admission.decide(at: start + .seconds(4))) == [])
    #expect(letIn(admission.decide(at: start + .seconds(5))) == ["a"])
    #expect(admission.nextDeadline == nil)
    // One that goes before its time is not sent.
    try arrive(&admission, "b")
    _ = admission.decide(at: start)
    _ = admission.leave(try key("b"))
    #expect(letIn(admission.decide(at: start + .seconds(9))) == [])
  }

  @Test func `the time that was spent waiting for approval counts as standing`() throws {
    var admission = admission(burst: 0, settle: .seconds(5))
    try arrive(&admission, "a")
    _ = admission.decide(at: start)
    _ = admission.approve([try key("a")])
    #expect(letIn(admission.decide(at: start + .seconds(60))) == ["a"])
  }

  @Test func `with the journal lost everything waits until a person approves`() throws {
    var admission = admission()
    admission.isLossOpen = true
    try arrive(&admission, "a")
    #expect(letIn(admission.decide(at: start)) == [])
    #expect(try wait(admission, "a") == .approval(.lost))
    _ = admission.approve([try key("a")])
    admission.isLossOpen = false
    #expect(letIn(admission.decide(at: start)) == ["a"])
  }

  @Test func `what was let in in an earlier run is let in again, and counts`() throws {
    var admission = admission()
    for name in ["a", "b", "c", "d", "e"] { admission.remember(try key(name), .counted) }
    try arrive(&admission, "a", "b", "c", "d", "e")
    #expect(letIn(admission.decide(at: start)).count == 5)
    try arrive(&admission, "f")
    #expect(letIn(admission.decide(at: start)) == [])
  }
}

@Suite struct JobBoardAdmissionTests {
  private let start = ContinuousClock.now

  private func board(burst: Int = 1) -> JobBoard {
    var board = JobBoard(capacities: ["e": 9, "f": 9], costly: ["e"]) {
      String(UInt64.random(in: 0...UInt64.max), radix: 36)
    }
    board.admission.burst = burst
    _ = board.setTerms(Admission.Terms(isTrusted: true), of: "e")
    return board
  }

  private func plans(_ names: String..., engine: String = "e") throws -> [(address: ShotAddress, plan: ShotPlan?)] {
    try names.map { try Plans.plan($0, [Plans.want($0, "1", engine: engine)]) }
  }

  @Test func `built-in engines are never held back`() throws {
    var board = board(burst: 0)
    #expect(board.replan(try plans("a", "b", engine: "f")).map(\.line) == ["enqueue a 1", "enqueue b 1"])
    #expect(board.admit(at: start).actions.isEmpty)
  }

  @Test func `what waits for a person keeps nobody from coming to rest, and goes without a word`() throws {
    var board = board()
    #expect(board.replan(try plans("a", "b")).isEmpty)
    #expect(!board.isIdle)
    let admitted = board.admit(at: start)
    #expect(admitted.actions.isEmpty)
    #expect(admitted.newlyWaiting.values.first?.count == 2)
    #expect(board.isIdle)
    #expect(board.startable(at: start).isEmpty)
    let plan = try #require(try plans("a").first?.plan)
    #expect(board.state(of: plan) == .waiting)
    #expect(board.replan([try Plans.gone("a"), try Plans.gone("b")]).isEmpty)
    #expect(board.openCount == 0)
    #expect(board.admission.waitingForPerson == 0)
    // In the journal they are taken out again.
    #expect(board.admit(at: start).marks.values.allSatisfy { $0 == nil })
  }

  @Test func `approved, they are queued in the order of the film`() throws {
    var board = board()
    _ = board.replan(try plans("a", "b", "c"))
    _ = board.admit(at: start)
    board.approve(board.waitingJobs().map { Admission.Key($0.job.want) })
    let admitted = board.admit(at: start)
    #expect(admitted.actions.map(\.line) == ["enqueue a 1", "enqueue b 1", "enqueue c 1"])
    #expect(admitted.marks.count == 3)
    #expect(board.startable(at: start).map(\.line) == ["start a 1", "start b 1", "start c 1"])
  }

  @Test func `an engine that is not trusted any more gets none of what was queued for it`() throws {
    var board = board(burst: 9)
    _ = board.replan(try plans("a", "b"))
    _ = board.admit(at: start)
    #expect(
      board.setTerms(Admission.Terms(isTrusted: false), of: "e").map(\.line).sorted() == [
        "withdraw a 1", "withdraw b 1",
      ])
    #expect(board.admit(at: start).actions.isEmpty)
    #expect(board.startable(at: start).isEmpty)
    _ = board.setTerms(Admission.Terms(isTrusted: true), of: "e")
    #expect(board.admit(at: start).actions.count == 2)
    #expect(board.startable(at: start).count == 2)
  }

  @Test func `the same recipe by another engine does not wait for the first one's trust`() throws {
    var board = board(burst: 9)
    _ = board.setTerms(Admission.Terms(isTrusted: false), of: "e")
    _ = board.replan(try plans("a"))
    _ = board.admit(at: start)
    #expect(board.replan(try plans("a", engine: "f")).map(\.line) == ["enqueue a 1"])
    #expect(board.startable(at: start).map(\.line) == ["start a 1"])
    #expect(board.admission.waitingForPerson == 0)
  }

  @Test func `with the disk nearly full nothing is given to engines that cost, and others go on`() throws {
    var board = board(burst: 9)
    var actions = board.replan(try plans("a") + plans("b", engine: "f"))
    actions += board.admit(at: start).actions
    board.isShortOfDisk = true
    #expect(board.startable(at: start).map(\.line) == ["start b 1"])
    #expect(board.state(of: try #require(try plans("a").first?.plan)) == .waiting)
    #expect(!board.isIdle)
    board.isShortOfDisk = false
    #expect(board.startable(at: start).map(\.line) == ["start a 1"])
  }

  @Test func `while nobody knows where changes came from nothing is given to engines that cost`() throws {
    var board = board(burst: 9)
    _ = board.replan(try plans("a"))
    _ = board.admit(at: start)
    board.isWeighing = true
    #expect(board.startable(at: start).isEmpty)
    board.isWeighing = false
    #expect(board.startable(at: start).count == 1)
  }

  @Test func `looking ahead leaves nothing that could start on the board`() throws {
    var board = board(burst: 1)
    _ = board.foresee(try plans("a"), at: start)
    #expect(board.openCount == 0)
    let foreseen = board.foresee(try plans("b", "c"), at: start)
    #expect(foreseen.newlyWaiting.values.first?.count == 2)
    #expect(board.openCount == 2)
  }
}
