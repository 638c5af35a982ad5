import Journal
import Testing

@Suite struct JobStateTests {
  @Test func `a job goes only where its state leads`() {
    let allowed: [JobState: Set<JobState>] = [
      .queued: [.running, .failed, .cancelled],
      .running: [.queued, .writing, .failed, .cancelled],
      .writing: [.queued, .done, .failed],
      .done: [], .failed: [], .cancelled: [],
    ]
    for state in JobState.allCases {
      for next in JobState.allCases {
        #expect(state.canBecome(next) == allowed[state]?.contains(next), "\(state) to \(next)")
      }
    }
  }

  @Test func `a job is open until it has ended`() {
    #expect(JobState.allCases.filter(\.isOpen) == [.queued, .running, .writing])
  }
}
