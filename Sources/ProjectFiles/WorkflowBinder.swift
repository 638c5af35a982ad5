internal import JSONText

/// Finds what of a shot goes into which input of a workflow, for one kind.
///
/// What the author said by titles goes first, key by key: where a node is titled `@prompt`, no other gets the prompt. All other keys
/// are found by following the graph from its samplers (`WorkflowBinder+Samplers.swift`).
struct WorkflowBinder {
  let kind: Kind
  let nodes: [WorkflowNode]
  let places: [String: Int]
  let kept: Set<Int>
  let marks: [[(word: String, mark: WorkflowMark)]]

  /// An input of a node.
  struct Place: Hashable {
    var node: Int
    var input: Int
  }

  private(set) var bound: [Place: WorkflowBinding] = [:]
  private(set) var timing = WorkflowTiming()
  /// Titles that were of use, and those that fit no input.
  private(set) var placed: Set<WorkflowMark.Use> = []
  private(set) var unplaced: Set<WorkflowMark.Use> = []
  private(set) var loadsSound = false
  /// The keys that titles decide.
  private var titled: Set<WorkflowKey> = []

  init(
    _ kind: Kind, nodes: [WorkflowNode], places: [String: Int], kept: Set<Int>,
    marks: [[(word: String, mark: WorkflowMark)]]
  ) {
    self.kind = kind
    self.nodes = nodes
    self.places = places
    self.kept = kept
    self.marks = marks
  }

  /// The kept nodes in the order of their ids.
  var order: [Int] { kept.sorted() }

  mutating func bindings() -> [WorkflowBinding] {
    bindMarks()
    bindLoaders()
    bindSamplers()
    noteTiming()
    return bound.values.sorted { ($0.node, $0.input) < ($1.node, $1.input) }
  }

  // MARK: Binding

  /// What was bound first stays: several ways may lead to one input.
  mutating func bind(
    _ key: WorkflowKey, at place: Place, or alternative: WorkflowKey? = nil, scale: WorkflowBinding.Scale? = nil
  ) {
    if bound[place] != nil { return }
    bound[place] = WorkflowBinding(
      node: place.node, input: place.input, key: key, alternative: alternative, scale: scale)
  }

  /// The same for keys that were found by following the graph: titles win.
  mutating func find(
    _ key: WorkflowKey, at place: Place?, or alternative: WorkflowKey? = nil, scale: WorkflowBinding.Scale? = nil
  ) {
    guard let place, !titled.contains(key) else { return }
    bind(key, at: place, or: alternative, scale: scale)
  }

  func isBound(_ key: WorkflowKey) -> Bool { titled.contains(key) || bound.values.contains { $0.key == key } }

  // MARK: Links

  /// The node that an input gets its value from, and which of its outputs; reroutes are looked through.
  func source(_ node: Int, _ name: String) -> (node: Int, slot: Int)? {
    guard let input = nodes[node].index(of: name) else { return nil }
    return source(Place(node: node, input: input))
  }

  func source(_ place: Place) -> (node: Int, slot: Int)? {
    var value = nodes[place.node].inputs[place.input].value
    for _ in 0..<Self.deepest {
      guard case .link(let id, let slot) = value, let next = places[id] else { return nil }
      guard nodes[next].type.contains("Reroute"),
        let onward = nodes[next].inputs.first(where: { $0.value.literal == nil })
      else { return (next, slot) }
      value = onward.value
    }
    return nil
  }

  /// No graph that people make is deeper; those that programs make to do harm are not followed to their end.
  static let deepest = 200

  func place(_ node: Int, _ name: String) -> Place? {
    nodes[node].index(of: name).map { Place(node: node, input: $0) }
  }

  func literal(_ place: Place) -> JSON? { nodes[place.node].inputs[place.input].value.literal }

  // MARK: Values

  /// Where the number of an input stands: in the node itself, or in one that only holds it.
  func number(_ node: Int, _ name: String, depth: Int = 0) -> Place? {
    guard let place = place(node, name) else { return nil }
    if let value = literal(place) { return value.number == nil ? nil : place }
    guard depth < 8, let source = source(place) else { return nil }
    let holder = nodes[source.node]
    let numbers = holder.inputs.indices.filter { holder.inputs[$0].value.literal?.number != nil }
    let isSeed = holder.type.lowercased().contains("seed")
    if let seed = holder.index(of: "seed"), isSeed, holder.inputs[seed].value.literal?.number != nil {
      return Place(node: source.node, input: seed)
    }
    if holder.inputs.contains(where: { $0.value.literal == nil }) {
      // One that hands its only input on.
      return holder.inputs.count == 1 ? number(source.node, holder.inputs[0].name, depth: depth + 1) : nil
    }
    return numbers.count == 1 ? Place(node: source.node, input: numbers[0]) : nil
  }

  /// Where the text of an input stands, followed through nodes that hold texts or put them together. Of texts that are put together
  /// the one that comes from another node is meant, else the first: what stands beside it is the author's own.
  func text(_ node: Int, _ name: String) -> Place? {
    var seen: Set<Int> = []
    return text(node, name, &seen)
  }

  private func text(_ node: Int, _ name: String, _ seen: inout Set<Int>) -> Place? {
    guard let place = place(node, name) else { return nil }
    if let value = literal(place) { return value.string == nil ? nil : place }
    guard seen.count < Self.deepest, let source = source(place), seen.insert(source.node).inserted else { return nil }
    let holder = nodes[source.node]
    // A node that makes both texts, one for each of its outputs.
    if holder.index(of: "text_positive") != nil, holder.index(of: "text_negative") != nil, source.slot < 2 {
      return text(source.node, source.slot == 0 ? "text_positive" : "text_negative", &seen)
    }
    var first: Place?
    for name in Self.textNames {
      guard let found = text(source.node, name, &seen) else { continue }
      if found.node != source.node { return found }
      first = first ?? found
    }
    return first
  }

  func firstNumber(_ node: Int, _ names: [String]) -> Place? {
    for name in names { if let place = number(node, name) { return place } }
    return nil
  }

  func firstText(_ node: Int, _ names: [String]) -> Place? {
    for name in names { if let place = text(node, name) { return place } }
    return nil
  }

  private static let textNames = [
    "text", "value", "string", "prompt", "positive", "string_a", "string_b", "text_a", "text_b", "text1", "text2",
    "text_1", "text_2", "string1", "string2", "Text", "STRING", "String", "wildcard_text", "populated_text",
  ]

  /// The inputs of a text encoder that hold its text: some models have several encoders, which get the same.
  static let encoderTexts = [
    "text", "text_g", "text_l", "clip_l", "clip_g", "t5xxl", "llama", "bert", "mt5xl", "qwen25_7b", "prompt",
  ]

  func isEncoder(_ node: Int) -> Bool {
    let node = nodes[node]
    let isNamed = node.type.contains("TextEncode") || node.hasLink("clip")
    return isNamed && Self.encoderTexts.contains { node.index(of: $0) != nil }
  }
}

// MARK: Titles

extension WorkflowBinder {
  private mutating func bindMarks() {
    for node in order {
      for (word, mark) in marks[node] {
        let use = WorkflowMark.Use(node: node, word: word)
        guard let found = inputs(of: node, for: mark, word) else { continue }
        if found.isEmpty { unplaced.insert(use) } else { placed.insert(use) }
        for (key, place) in found {
          titled.insert(key)
          bind(key, at: place)
        }
      }
    }
  }

  /// The inputs that a mark means; nil for marks that are looked at elsewhere.
  private func inputs(of node: Int, for mark: WorkflowMark, _ word: String) -> [(WorkflowKey, Place)]? {
    switch mark {
    case .output, .reference, .image: return nil
    case .frame:
      let found = [(WorkflowKey.width, "width"), (.height, "height")].map { key, name in
        (key, number(node, name) ?? place(node, name))
      }
      return found.compactMap { key, place in place.map { (key, $0) } }
    case .key(let key):
      switch key {
      case .prompt, .negativePrompt: return texts(of: node).map { (key, $0) }
      case .reference, .entry, .input: return loader(node).map { [(key, $0)] } ?? []
      case .seed: return scalar(node, ["seed", "noise_seed"]).map { [(key, $0)] } ?? []
      case .width, .height: return scalar(node, [word]).map { [(key, $0)] } ?? []
      case .fps: return scalar(node, Self.fpsNames).map { [(key, $0)] } ?? []
      case .frames: return scalar(node, Self.lengthNames + ["batch_size"]).map { [(key, $0)] } ?? []
      case .duration: return scalar(node, ["duration", "seconds"]).map { [(key, $0)] } ?? []
      case .batch: return scalar(node, ["batch_size", "amount"]).map { [(key, $0)] } ?? []
      case .model: return scalar(node, Self.modelNames).map { [(key, $0)] } ?? []
      case .parameter(let name):
        let usual = ["sampler": ["sampler_name"], "cfg": ["cfg", "guidance"]]
        return scalar(node, [name] + (usual[name] ?? [])).map { [(key, $0)] } ?? []
      }
    }
  }

  /// The texts of a node that is titled `@prompt`: those of an encoder, else the one that it holds.
  private func texts(of node: Int) -> [Place] {
    let names = Self.encoderTexts.filter { nodes[node].index(of: $0) != nil }
    if !names.isEmpty { return names.compactMap { text(node, $0) ?? place(node, $0) } }
    let texts = nodes[node].inputs.indices.filter { nodes[node].inputs[$0].value.literal?.string != nil }
    if let value = place(node, "value") ?? place(node, "string") { return [value] }
    return texts.count == 1 ? [Place(node: node, input: texts[0])] : []
  }

  /// The input of one of these names, else the one that holds the node's only value.
  private func scalar(_ node: Int, _ names: [String]) -> Place? {
    if let name = names.first(where: { nodes[node].literal($0) != nil }) { return place(node, name) }
    if let name = names.first(where: { nodes[node].index(of: $0) != nil }) {
      return number(node, name) ?? text(node, name) ?? place(node, name)
    }
    if nodes[node].literal("value") != nil { return place(node, "value") }
    let literals = nodes[node].inputs.indices.filter { index in
      switch nodes[node].inputs[index].value.literal {
      case .number?, .string?, .bool?: true
      default: false
      }
    }
    return literals.count == 1 ? Place(node: node, input: literals[0]) : nil
  }
}

// MARK: Pictures, films and sounds that go in

extension WorkflowBinder {
  /// The input that names the file of a node that loads one.
  private func loader(_ node: Int) -> Place? {
    let node = (index: node, type: nodes[node].type)
    let name = node.type.lowercased()
    guard name.contains("load") else { return nil }
    for (input, medium) in [
      ("image", "image"), ("image", "mask"), ("video", "video"), ("file", "video"), ("audio", "audio"),
    ] {
      if name.contains(medium), let place = place(node.index, input), literal(place)?.string != nil { return place }
    }
    return nil
  }

  private mutating func bindLoaders() {
    var pictures: [Place] = []
    for node in order {
      guard let place = loader(node) else { continue }
      let name = nodes[node].type.lowercased()
      if name.contains("audio") { loadsSound = true }
      let uses = marks[node].filter { $0.mark == .image || $0.mark == .reference }
      for use in uses { placed.insert(WorkflowMark.Use(node: node, word: use.word)) }
      if bound[place] != nil { continue }
      if name.contains("audio") {
        if kind == .talk { bind(.input(.voice), at: place) }
      } else if name.contains("video") {
        bind(.input(.clip), at: place)
      } else if kind == .clip || kind == .talk, uses.contains(where: { $0.mark == .image }) {
        bind(.input(.still), at: place)
      } else {
        pictures.append(place)
      }
    }
    for node in order where loader(node) == nil {
      for use in marks[node] where use.mark == .image || use.mark == .reference {
        unplaced.insert(WorkflowMark.Use(node: node, word: use.word))
      }
    }
    // A clip is made of its still unless the author says where that goes.
    if kind == .clip || kind == .talk, !isBound(.input(.still)), !isBound(.input(.clip)), !pictures.isEmpty {
      bind(.input(.still), at: pictures.removeFirst())
    }
    numberEntries()
    var number = 0
    for place in pictures {
      while isBound(.reference(number)) { number += 1 }
      bind(.reference(number), at: place)
    }
  }

  /// Several loaders of one entry get its pictures one after the other.
  private mutating func numberEntries() {
    var counts: [String: Int] = [:]
    for place in bound.keys.sorted(by: { ($0.node, $0.input) < ($1.node, $1.input) }) {
      guard case .entry(let name, _)? = bound[place]?.key else { continue }
      bound[place]?.key = .entry(name, counts[name, default: 0])
      counts[name, default: 0] += 1
    }
  }
}

// MARK: Rates and lengths

extension WorkflowBinder {
  static let fpsNames = ["fps", "frame_rate"]
  static let lengthNames = ["length", "video_frames", "num_frames", "frame_count", "frames"]
  static let modelNames = ["ckpt_name", "unet_name", "model_name", "model"]

  private mutating func noteTiming() {
    let writers = order.filter { node in Self.fpsNames.contains { nodes[node].index(of: $0) != nil } }
    // What writes the film knows its rate best; what tells a model of it comes before.
    for node in writers.reversed() {
      guard let place = firstNumber(node, Self.fpsNames) else { continue }
      timing.fps = literal(place)?.double
      if nodes[node].type.contains("Video") || nodes[node].type.contains("Save") { break }
    }
    let types = order.map { nodes[$0].type }
    let strides = [("LTX", 8), ("Cosmos", 8), ("Mochi", 6), ("Wan", 4), ("Hunyuan", 4)]
    if isBound(.frames) {
      timing.stride = strides.first { name, _ in types.contains { $0.contains(name) } }?.1 ?? 1
    }
  }
}
