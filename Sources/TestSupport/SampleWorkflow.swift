package import Basics
internal import Foundation
package import ProjectFiles

/// The workflows of `Tests/workflows/`: graphs as ComfyUI exports them.
package enum SampleWorkflow {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Tests/workflows")

  package static func text(_ name: String) throws -> String {
    try String(decoding: Data(contentsOf: folder.appending(path: "\(name).json")), as: UTF8.self)
  }

  package static func bytes(_ file: String) throws -> [UInt8] {
    try Array(Data(contentsOf: folder.appending(path: file)))
  }

  package static func named(_ name: String) throws -> Workflow { try read(text(name), as: "\(name).json") }

  package struct Unreadable: Error {
    package var problems: [Diagnostic]
  }

  package static func read(_ text: String, as name: String = "made.json") throws -> Workflow {
    let source = SourceText(file: ProjectPath(trusted: "workflows/\(name)"), bytes: Array(text.utf8))
    let reading = Workflow.read(source)
    guard let workflow = reading.model else { throw Unreadable(problems: reading.diagnostics) }
    return workflow
  }
}

extension Workflow {
  /// What is bound for a kind, a line each: `3.steps = parameters.steps`.
  package func bound(_ kind: Kind = .still) -> [String] {
    (graphs[kind]?.bindings ?? []).map { binding in
      let node = nodes[binding.node]
      let scale = binding.scale.map { " x \($0.own)/\($0.base)" } ?? ""
      let or = binding.alternative.map { " or \($0.name)" } ?? ""
      return "\(node.id).\(node.inputs[binding.input].name) = \(binding.key.name)\(or)\(scale)"
    }
  }

  /// The ids of the nodes that are sent for a kind.
  package func sent(_ kind: Kind = .still) -> [String] { (graphs[kind]?.kept ?? []).map { nodes[$0].id } }
}
