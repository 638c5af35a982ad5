internal import Basics

/// What waits, why, and which command starts it, as people read it.
extension Admission.WaitGroup {
  /// - Parameter shots: how many shots it is about.
  func sentence(shots: Int) -> String {
    let many = shots == 1 ? "1 shot" : "\(shots) shots"
    switch wait {
    case .trust:
      let name = TerminalText.shortened(engine ?? "", to: 40)
      return "\(many) \(shots == 1 ? "waits" : "wait"): the engine \(name) is not trusted as it is defined now. "
        + "Nothing is run or sent: reel trust --show says what it would do, reel trust lets it."
    case .approval(let cause):
      let what =
        switch cause {
        case .burst: "\(many) changed at once"
        case .git: "\(many) changed with git"
        case .lost: "\(many) \(shots == 1 ? "waits" : "wait"), as the record of what was asked for already is lost"
        }
      return "\(what). Nothing queued: reel plan shows \(shots == 1 ? "it" : "them"), reel approve starts "
        + (shots == 1 ? "it." : "them.")
    case .undecided, .settling: return "\(many) \(shots == 1 ? "waits" : "wait") for a moment"
    }
  }
}

extension Admission.Wait {
  /// One word for programs.
  package var word: String {
    switch self {
    case .undecided, .settling: "settling"
    case .trust: "trust"
    case .approval: "approval"
    }
  }

  /// Why one want waits.
  package func sentence(engine: String) -> String {
    switch self {
    case .undecided: "it is being looked at where it came from"
    case .settling: "it is sent when it has stood for a moment"
    case .trust: "the engine \(TerminalText.shortened(engine, to: 40)) is not trusted as it is defined now"
    case .approval(.burst): "it came up with many others and waits for approval"
    case .approval(.git): "it came with git and waits for approval"
    case .approval(.lost): "the record of what was asked for already is lost, and it waits for approval"
    }
  }

  /// What a person types to end the waiting.
  package var command: String? {
    switch self {
    case .undecided, .settling: nil
    case .trust: "reel trust"
    case .approval: "reel approve"
    }
  }
}

extension Admission {
  static let lossNotice =
    "there is no record of what engines that cost were asked for here, but there are takes of theirs: "
    + "what they are to make waits for reel approve"

  /// What is said when the disk is nearly full.
  static func diskSentence(free: Int64, limit: Int64, at path: String) -> String {
    "only \(ByteText.text(Int(free))) are free on the disk of \(TerminalText.escaped(path)), and limits.freeDisk wants "
      + "\(ByteText.text(Int(limit))): nothing is given to engines that cost until there is room. Make room, or change limits in "
      + "project.json; the work goes on by itself."
  }
}
