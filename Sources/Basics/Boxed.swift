/// A value kept elsewhere: eight bytes in whatever holds it, shared by all copies until one of them is changed.
///
/// For large values that stand in many tables, or that are the same nearly everywhere. Each change makes a new box. Inlinable, so that a
/// field of the value is read in its place: without that each look at one would copy the whole value, by way of its type's description.
@propertyWrapper
@usableFromInline
package struct Boxed<Value: Sendable>: Sendable {
  @usableFromInline
  final class Box: Sendable {
    @usableFromInline let value: Value

    @inlinable
    init(_ value: Value) {
      self.value = value
    }
  }

  @usableFromInline var box: Box

  @inlinable
  package init(wrappedValue: Value) {
    box = Box(wrappedValue)
  }

  @inlinable package var wrappedValue: Value {
    get { box.value }
    set { box = Box(newValue) }
  }

  @inlinable package var projectedValue: Boxed<Value> {
    get { self }
    set { self = newValue }
  }
}

extension Boxed: Equatable where Value: Equatable {
  @inlinable
  package static func == (left: Boxed, right: Boxed) -> Bool {
    left.box === right.box || left.box.value == right.box.value
  }
}

extension Boxed: Hashable where Value: Hashable {
  @inlinable
  package func hash(into hasher: inout Hasher) { hasher.combine(box.value) }
}
