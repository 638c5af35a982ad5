internal import JSONText

/// Following the graph from its samplers.
extension WorkflowBinder {
  mutating func bindSamplers() {
    let samplers = order.filter { isSampler($0) }
    for sampler in samplers { bindTexts(of: sampler) }
    for sampler in samplers { bindSettings(of: sampler) }
    bindSizes(from: samplers)
    bindModel(of: samplers)
    if samplers.isEmpty { bindLoose() }
    bindStrength()
  }

  /// A node that makes something of noise: it has conditioning, or a guider that has it, and a seed, or a node for noise.
  private func isSampler(_ node: Int) -> Bool {
    let node = nodes[node]
    if node.hasLink("guider") { return true }
    let isSeeded = node.index(of: "seed") != nil || node.index(of: "noise_seed") != nil
    return isSeeded && (node.hasLink("positive") || node.hasLink("text_embeds"))
  }

  /// A sampler of latents, not a node that works over parts of a picture with a sampler inside.
  private func takesLatent(_ sampler: Int) -> Bool {
    ["latent_image", "latent", "samples", "image_embeds"].contains { nodes[sampler].index(of: $0) != nil }
  }

  // MARK: Texts

  private mutating func bindTexts(of sampler: Int) {
    let guided = source(sampler, "guider")?.node ?? sampler
    var guidance = Way()
    for name in ["positive", "conditioning", "cond1", "text_embeds"] {
      guard let source = source(guided, name) else { continue }
      for place in conditioning(source.node, source.slot, isNegative: false, &guidance) { find(.prompt, at: place) }
      if name == "text_embeds", let place = self.place(source.node, "negative_prompt") {
        find(.negativePrompt, at: literal(place)?.string == nil ? text(source.node, "negative_prompt") : place)
      }
      break
    }
    if let source = source(guided, "negative") {
      var none = Way()
      for place in conditioning(source.node, source.slot, isNegative: true, &none) { find(.negativePrompt, at: place) }
    }
    let hasOwn = number(guided, "cfg") != nil
    for place in guidance.numbers { find(.parameter("guidance"), at: place, or: hasOwn ? nil : .parameter("cfg")) }
  }

  /// What was met on the way from a sampler to its texts.
  private struct Way {
    /// The guidance that a conditioning carries.
    var numbers: [Place] = []
    /// Where it led already: graphs may come together again, over and over.
    var seen: Set<Step> = []

    struct Step: Hashable {
      var node: Int
      var slot: Int
    }
  }

  /// The texts that a conditioning is made of, and on the way the guidance that it carries. Where several are combined the first is meant:
  /// what is added to it is the author's own.
  private func conditioning(
    _ node: Int, _ slot: Int, isNegative: Bool, _ way: inout Way, depth: Int = 0
  ) -> [Place] {
    if depth > Self.deepest || !way.seen.insert(Way.Step(node: node, slot: slot)).inserted { return [] }
    let current = nodes[node]
    // An empty negative made of the positive: its text is no negative one.
    if current.type.contains("ZeroOut") && isNegative { return [] }
    if let place = number(node, "guidance") { way.numbers.append(place) }
    if current.hasLink("positive") && current.hasLink("negative") {
      guard slot < 2, let source = source(node, slot == 0 ? "positive" : "negative") else { return [] }
      return conditioning(source.node, source.slot, isNegative: isNegative, &way, depth: depth + 1)
    }
    if isEncoder(node) {
      return Self.encoderTexts.filter { current.index(of: $0) != nil }.compactMap { text(node, $0) }
    }
    // Loaders that take the texts as well.
    let own = isNegative ? ["negative", "negative_prompt"] : ["positive", "positive_prompt"]
    for name in own { if let place = text(node, name) { return [place] } }
    let names = current.inputs.filter { $0.value.literal == nil && Self.carriesConditioning($0.name) }.map(\.name)
    let ordered = names.filter { $0.hasSuffix("_to") } + names.filter { !$0.hasSuffix("_to") }
    for name in ordered {
      guard let source = source(node, name) else { continue }
      let found = conditioning(source.node, source.slot, isNegative: isNegative, &way, depth: depth + 1)
      if !found.isEmpty { return found }
    }
    return []
  }

  private static func carriesConditioning(_ name: String) -> Bool {
    let name = name.lowercased()
    return name.contains("cond")
      || ["positive", "negative", "", "any", "input", "value", "anything", "source"].contains(name)
  }

  // MARK: Settings

  private mutating func bindSettings(of sampler: Int) {
    bindSeed(of: sampler)
    guard takesLatent(sampler) else { return }
    let guided = source(sampler, "guider")?.node ?? sampler
    let startsAnew = latentOrigin(of: sampler) == .empty
    find(.parameter("cfg"), at: number(guided, "cfg") ?? number(guided, "cfg_conds"))
    find(.parameter("sampler"), at: text(sampler, "sampler_name"))
    if let source = source(sampler, "sampler") { find(.parameter("sampler"), at: text(source.node, "sampler_name")) }
    var scheduling = sampler
    var splits: [Place] = []
    if var next = source(sampler, "sigmas") {
      for _ in 0..<Self.deepest where nodes[next.node].index(of: "steps") == nil {
        if let place = number(next.node, "step") { splits.append(place) }
        guard let onward = source(next.node, "sigmas") else { break }
        next = onward
      }
      scheduling = next.node
    }
    find(.parameter("scheduler"), at: text(scheduling, "scheduler"))
    if let steps = number(scheduling, "steps") {
      let own = literal(steps)?.double ?? 0
      find(.parameter("steps"), at: steps)
      // Where one sampler hands over to the next, in steps.
      let handovers = splits + ["start_at_step", "end_at_step"].compactMap { number(sampler, $0) }
      for place in handovers {
        guard let value = literal(place)?.double, value > 0, value < own else { continue }
        find(.parameter("steps"), at: place, scale: WorkflowBinding.Scale(own: value, base: own, step: 1))
      }
    }
    if !startsAnew || !hasLaterPass { find(.parameter("denoise"), at: number(scheduling, "denoise")) }
  }

  /// Whether any sampler goes on with what is there. Making less than all of an empty latent anew makes no picture, so `denoise` is for
  /// those then.
  private var hasLaterPass: Bool {
    order.contains { isSampler($0) && takesLatent($0) && latentOrigin(of: $0) != .empty }
  }

  private mutating func bindSeed(of sampler: Int) {
    let noise = source(sampler, "noise")?.node ?? sampler
    for name in ["seed", "noise_seed"] {
      guard let place = place(noise, name) else { continue }
      // One that comes from a node which is no plain number would be another at each run.
      find(.seed, at: number(noise, name) ?? place)
    }
  }

  // MARK: Latents and sizes

  private enum LatentOrigin {
    case empty, picture, sampler
  }

  private static let latentNames = [
    "latent_image", "latent", "samples", "samples_to", "samples1", "image_embeds", "video_latent", "LATENT",
  ]

  /// What a sampler begins with.
  private func latentOrigin(of sampler: Int) -> LatentOrigin {
    var next = sampler
    for _ in 0..<Self.deepest {
      guard let name = Self.latentNames.first(where: { nodes[next].hasLink($0) }), let source = source(next, name)
      else {
        return nodes[next].index(of: "pixels") != nil ? .picture : .empty
      }
      if isSampler(source.node) { return .sampler }
      next = source.node
    }
    return .empty
  }

  private func isSizeSource(_ node: Int) -> Bool {
    let node = nodes[node]
    guard node.index(of: "width") != nil, node.index(of: "height") != nil else { return false }
    return node.index(of: "batch_size") != nil || node.type.hasPrefix("Empty")
      || Self.lengthNames.contains { node.index(of: $0) != nil }
  }

  /// The nodes on the way of the latents and pictures that samplers begin with, the nearest first.
  private func way(to sampler: Int) -> [Int] {
    var way: [Int] = []
    var next = sampler
    for _ in 0..<Self.deepest {
      let names = Self.latentNames + ["pixels", "image", "images", "start_image"]
      guard let name = names.first(where: { nodes[next].hasLink($0) && !(next == sampler && $0 == "image") }),
        let source = source(next, name)
      else { return way }
      next = source.node
      way.append(next)
      if isSizeSource(next) { return way }
    }
    return way
  }

  private mutating func bindSizes(from samplers: [Int]) {
    let ways = samplers.map { way(to: $0) }
    let first = Set(samplers)
    // Where the first pass gets its size: an empty latent, else what brings a picture to size.
    var bases = order.filter { node in isSizeSource(node) && (samplers.isEmpty || ways.contains { $0.contains(node) }) }
    if bases.isEmpty, !samplers.isEmpty {
      let resizers = ways.compactMap { way in
        way.contains { first.contains($0) }
          ? nil : way.first { number($0, "width") != nil && number($0, "height") != nil }
      }
      bases = Array(Set(resizers)).sorted()
    }
    for node in bases {
      find(.width, at: number(node, "width"))
      find(.height, at: number(node, "height"))
      bindLength(of: node)
    }
    guard let base = bases.first, let width = number(base, "width").flatMap({ literal($0)?.double }),
      let height = number(base, "height").flatMap({ literal($0)?.double }), width > 0, height > 0
    else { return }
    // What stands in a relation to that size keeps it.
    let followers = order.filter { node in
      if bases.contains(node) { return false }
      let type = nodes[node].type
      return type.contains("CLIPTextEncodeSDXL") || type.contains("ModelSamplingFlux")
        || type.contains("Scheduler") || ways.contains { $0.contains(node) }
    }
    for node in followers {
      let isOnWay = ways.contains { $0.contains(node) }
      for (name, key, own) in [
        ("width", WorkflowKey.width, width), ("target_width", .width, width), ("height", .height, height),
        ("target_height", .height, height),
      ] {
        guard let place = number(node, name), bound[place] == nil, let value = literal(place)?.double, value > 0 else {
          continue
        }
        let isEven = value.truncatingRemainder(dividingBy: 8) == 0
        let isSame = value == own
        find(
          key, at: place,
          scale: isSame ? nil : WorkflowBinding.Scale(own: value, base: own, step: isOnWay && isEven ? 8 : 1))
      }
    }
  }

  /// How many pictures one run makes, and how many frames.
  private mutating func bindLength(of node: Int) {
    let length = firstNumber(node, Self.lengthNames)
    let batch = number(node, "batch_size")
    if kind == .clip || kind == .talk {
      if let length {
        find(.frames, at: length)
        find(.batch, at: batch)
      } else {
        // AnimateDiff: a batch of pictures is the film.
        find(.frames, at: batch)
      }
    } else {
      find(.batch, at: batch)
    }
  }

  // MARK: Models

  private mutating func bindModel(of samplers: [Int]) {
    // A later pass may have a model of its own, which goes with the first and is not named by a shot.
    let latents = samplers.filter { takesLatent($0) }
    let first = latents.filter { latentOrigin(of: $0) != .sampler }
    for sampler in first.isEmpty ? samplers : first {
      let guided = source(sampler, "guider")?.node ?? sampler
      guard var next = source(guided, "model") else { continue }
      for _ in 0..<Self.deepest {
        // What changes a model comes before the loader, and may name a file of its own.
        if let name = ["model", "unet", "MODEL", "model1"].first(where: { nodes[next.node].hasLink($0) }),
          let onward = source(next.node, name)
        {
          next = onward
          continue
        }
        find(.model, at: firstText(next.node, Self.modelNames))
        break
      }
    }
  }

  // MARK: Graphs without a sampler

  private mutating func bindLoose() {
    for node in order {
      for name in ["seed", "noise_seed"] { find(.seed, at: number(node, name) ?? place(node, name)) }
      // Nodes that ask a service: they take the texts themselves.
      if nodes[node].literal("prompt")?.string != nil { find(.prompt, at: place(node, "prompt")) }
      if nodes[node].literal("negative_prompt")?.string != nil {
        find(.negativePrompt, at: place(node, "negative_prompt"))
      }
    }
    let encoders = order.filter { isEncoder($0) }
    if encoders.count == 1 {
      for name in Self.encoderTexts where nodes[encoders[0]].index(of: name) != nil {
        find(.prompt, at: text(encoders[0], name))
      }
    }
  }

  private mutating func bindStrength() {
    let controls = order.filter { nodes[$0].type.contains("ControlNetApply") && number($0, "strength") != nil }
    if controls.count == 1 { find(.parameter("strength"), at: number(controls[0], "strength")) }
  }
}
