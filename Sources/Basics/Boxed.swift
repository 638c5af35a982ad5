/// A value kept elsewhere: eight bytes in whatever holds it, shared by all copies until one of them is changed.
///
/// For large values that stand in many tables, or that are the same nearly everywhere. Each change makes a new box.
@propertyWrapper
package struct Boxed<Value: Sendable>: Sendable {
  private final class Box: Sendable {
    let value: Value

    init(_ value: Value) {
      self.value = value
    }
  }

  private var box: Box

  package init(wrappedValue: Value) {
    box = Box(wrappedValue)
  }

  package var wrappedValue: Value {
    get { box.value }
    set { box = Box(newValue) }
  }

  package var projectedValue: Boxed<Value> {
    get { self }
    set { self = newValue }
  }
}

extension Boxed: Equatable where Value: Equatable {
  package static func == (left: Boxed, right: Boxed) -> Bool {
    left.box === right.box || left.box.value == right.box.value
  }
}

extension Boxed: Hashable where Value: Hashable {
  package func hash(into hasher: inout Hasher) { hasher.combine(box.value) }
}
