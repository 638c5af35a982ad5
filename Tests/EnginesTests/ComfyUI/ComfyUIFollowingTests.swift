@testable import Engines
import JSONText
import Testing

/// What is concluded from looks at a server.
@Suite struct ComfyUIFollowingTests {
  private let start = ContinuousClock.now
  private let other = ComfyUIQueue(running: ["x"])

  private func look(_ queue: ComfyUIQueue) -> ComfyUIFollowing.Look { .init(queue: queue) }

  private func word(_ step: ComfyUIFollowing.Step) -> String {
    switch step {
    case .wait: "wait"
    case .over: "over"
    case .gone: "gone"
    case .stuck: "stuck"
    }
  }

  @Test func `a prompt that stands in the history is over`() {
    var following = ComfyUIFollowing("p")
    #expect(word(following.looked(.init(history: ComfyUIHistory([:])), at: start)) == "over")
  }

  @Test func `one that runs or is pending is waited for`() {
    var following = ComfyUIFollowing("p")
    for second in 0..<1000 {
      let queue = second < 500 ? ComfyUIQueue(running: ["x"], pending: ["y", "p"]) : ComfyUIQueue(running: ["p"])
      #expect(word(following.looked(look(queue), at: start + .seconds(second))) == "wait")
      #expect(following.place == (second < 500 ? .pending(ahead: 2) : .running))
    }
  }

  @Test func `one that stands nowhere is gone only when it stays so: histories are late`() {
    var following = ComfyUIFollowing("p")
    #expect(word(following.looked(look(other), at: start)) == "wait")
    #expect(word(following.looked(look(other), at: start + .seconds(1))) == "wait")
    #expect(word(following.looked(look(other), at: start + .seconds(2))) == "wait")
    #expect(word(following.looked(look(other), at: start + .seconds(3))) == "gone")
  }

  @Test func `two looks far from each other are not enough, nor are many in no time`() {
    var following = ComfyUIFollowing("p")
    #expect(word(following.looked(look(other), at: start)) == "wait")
    #expect(word(following.looked(look(other), at: start + .seconds(60))) == "wait")
    var hasty = ComfyUIFollowing("p")
    for _ in 0..<100 { #expect(word(hasty.looked(look(other), at: start)) == "wait") }
  }

  @Test func `a server that could not be asked begins anew`() {
    var following = ComfyUIFollowing("p")
    for second in 0..<3 { _ = following.looked(look(other), at: start + .seconds(second)) }
    following.couldNotLook()
    for second in 4..<7 { #expect(word(following.looked(look(other), at: start + .seconds(second))) == "wait") }
    #expect(word(following.looked(look(other), at: start + .seconds(7))) == "gone")
  }

  @Test func `a server that works on nothing while prompts are pending is stuck`() {
    var following = ComfyUIFollowing("p")
    let queue = ComfyUIQueue(pending: ["p"])
    var steps: [String] = []
    for second in stride(from: 0, through: 20, by: 4) {
      steps.append(word(following.looked(look(queue), at: start + .seconds(second))))
    }
    #expect(steps == ["wait", "wait", "wait", "wait", "stuck", "stuck"])
  }

  @Test func `one that is between two prompts is not`() {
    var following = ComfyUIFollowing("p")
    for second in 0..<100 {
      let queue = second % 3 == 0 ? ComfyUIQueue(running: ["x"], pending: ["p"]) : ComfyUIQueue(pending: ["p"])
      #expect(word(following.looked(look(queue), at: start + .seconds(second * 5))) == "wait")
    }
  }
}
