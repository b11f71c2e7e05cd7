/// A run of plain values of fixed length, owned and mutated in place, for state that the engine touches on
/// every event. Access is bounds-checked; there is no copy on write and no reference counting.
public struct FixedArray<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline let base: UnsafeMutablePointer<Element>
    /// Number of values.
    public let count: Int

    /// `count` copies of a value.
    public init(repeating value: Element, count: Int) {
        precondition(count >= 0, "a length is not negative")
        self.count = count
        base = UnsafeMutablePointer<Element>.allocate(capacity: max(1, count))
        base.initialize(repeating: value, count: max(1, count))
    }

    /// The values of an array.
    public init(_ values: [Element]) {
        count = values.count
        base = UnsafeMutablePointer<Element>.allocate(capacity: max(1, count))
        for (index, value) in values.enumerated() { (base + index).initialize(to: value) }
    }

    deinit { base.deallocate() }

    /// The value at an index, checked.
    @inlinable
    public subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < count, "index out of range")
            return base[index]
        }
        nonmutating set {
            precondition(index >= 0 && index < count, "index out of range")
            base[index] = newValue
        }
    }

    /// The memory itself, valid while the array lives.
    @inlinable @inline(__always)
    public var pointer: UnsafeMutablePointer<Element> { base }
}
