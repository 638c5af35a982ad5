/// The nodes of a workflow that save what it makes, told by the names of their classes.
struct WorkflowOutputs {
  private enum Medium {
    case picture, film, sound
  }

  private struct Output {
    var node: Int
    /// Nil for a node that only looks as if it saved something: nothing is made of its output.
    var medium: Medium?
    /// It saves into a folder that is emptied.
    var isPreview: Bool
    /// The author's title says that this is the one.
    var isMarked: Bool
  }

  private var outputs: [Output] = []
  private let nodes: [WorkflowNode]
  private let places: [String: Int]

  var isEmpty: Bool { outputs.isEmpty }

  init(_ nodes: [WorkflowNode], marks: [[(word: String, mark: WorkflowMark)]], places: [String: Int]) {
    self.nodes = nodes
    self.places = places
    var used: Set<String> = []
    for node in nodes {
      for input in node.inputs { if case .link(let id, _) = input.value { used.insert(id) } }
    }
    var ends: [Output] = []
    for (place, node) in nodes.enumerated() {
      let isMarked = marks[place].contains { $0.mark == .output }
      let hasSource = node.inputs.contains { $0.value.literal == nil }
      if let medium = Self.medium(of: node.type) {
        outputs.append(
          Output(node: place, medium: medium, isPreview: node.type.contains("Preview"), isMarked: isMarked))
      } else if isMarked || hasSource && !used.contains(node.id) && !Self.isForLooking(node.type) {
        ends.append(Output(node: place, medium: nil, isPreview: false, isMarked: isMarked))
      }
    }
    outputs += outputs.isEmpty ? ends : ends.filter(\.isMarked)
  }

  /// Shows texts and numbers in the editor, and saves what no take is made of.
  private static func isForLooking(_ type: String) -> Bool {
    ["Show", "Display", "PreviewAny", "PreviewText", "SaveLatent", "Note"].contains { type.contains($0) }
  }

  private static func medium(of type: String) -> Medium? {
    let name = type.lowercased()
    if isForLooking(type) { return nil }
    guard ["save", "preview", "combine", "export", "write"].contains(where: { name.contains($0) }) else { return nil }
    if ["video", "webm", "animated", "gif", "mp4"].contains(where: { name.contains($0) }) { return .film }
    if name.contains("audio") { return .sound }
    if name.contains("image") && !name.contains("conditioning") { return .picture }
    return nil
  }

  /// The node whose output is the take of a kind: the one that its title says, else the one that most is done for, as a workflow may save
  /// what it makes on the way. What is only previewed counts where nothing is saved.
  func output(for kind: Kind) -> Int? {
    let fitting = outputs.filter { $0.medium == Self.medium(of: kind) }
    let candidates = [fitting, outputs.filter { $0.medium == nil }, outputs].first { !$0.isEmpty } ?? []
    if let marked = candidates.first(where: \.isMarked) { return marked.node }
    let saved = candidates.contains { !$0.isPreview } ? candidates.filter { !$0.isPreview } : candidates
    if saved.count < 2 { return saved.first?.node }
    let work = saved.prefix(Self.most).map { (node: $0.node, count: ancestors(of: $0.node)) }
    return work.reduce(work[0]) { $1.count > $0.count ? $1 : $0 }.node
  }

  /// So many are weighed against each other.
  private static let most = 50

  private static func medium(of kind: Kind) -> Medium? {
    switch kind {
    case .still: .picture
    case .clip, .talk: .film
    case .voice: .sound
    default: nil
    }
  }

  /// Whether it makes a kind unless somebody says otherwise: pictures are stills, films clips, or talking shots where a sound goes in.
  func makes(_ kind: Kind, loadsSound: Bool) -> Bool {
    let saved = outputs.contains { !$0.isPreview } ? outputs.filter { !$0.isPreview } : outputs
    let media = Set(saved.compactMap(\.medium))
    switch kind {
    case .still: return media.contains(.picture) || media.isEmpty
    case .clip: return media.contains(.film) && !loadsSound
    case .talk: return media.contains(.film) && loadsSound
    case .voice: return media.contains(.sound)
    default: return false
    }
  }

  private func ancestors(of start: Int) -> Int {
    var found: Set<Int> = [start]
    var waiting = [start]
    while let next = waiting.popLast() {
      for input in nodes[next].inputs {
        guard case .link(let id, _) = input.value, let place = places[id] else { continue }
        if found.insert(place).inserted { waiting.append(place) }
      }
    }
    return found.count
  }
}
