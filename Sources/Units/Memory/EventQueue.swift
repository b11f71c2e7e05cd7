/// A queue of plain values that is filled and emptied at each step, in memory that grows once.
@usableFromInline package final class EventQueue<Element: BitwiseCopyable> {
    @usableFromInline let base: Cell<UnsafeMutablePointer<Element>>
    @usableFromInline let capacity: Cell<Int>
    @usableFromInline let length = Cell(0)

    @inlinable package init(capacity: Int = 64) {
        self.capacity = Cell(capacity)
        base = Cell(UnsafeMutablePointer<Element>.allocate(capacity: capacity))
    }

    @inlinable deinit { base.value.deallocate() }

    /// Number of values.
    @inlinable @inline(__always)
    package var count: Int { length.value }

    /// Whether there is none.
    @inlinable @inline(__always)
    package var isEmpty: Bool { length.value == 0 }

    /// Adds a value.
    @inlinable @inline(__always)
    package func append(_ element: Element) {
        let count = length.value
        if count == capacity.value { grow() }
        (base.value + count).initialize(to: element)
        length.value = count + 1
    }

    /// Adds a place whose value the caller writes at once, field by field.
    @inlinable @inline(__always)
    package func claim() -> UnsafeMutablePointer<Element> {
        let count = length.value
        if count == capacity.value { grow() }
        length.value = count + 1
        return base.value + count
    }

    /// The value at an index, checked.
    @inlinable @inline(__always)
    package subscript(index: Int) -> Element {
        get {
            precondition(index >= 0 && index < length.value, "queue index out of range")
            return base.value[index]
        }
        set {
            precondition(index >= 0 && index < length.value, "queue index out of range")
            base.value[index] = newValue
        }
    }

    /// The place of a value, to change it there; valid until the queue grows.
    @inlinable @inline(__always)
    package func place(_ index: Int) -> UnsafeMutablePointer<Element> {
        precondition(index >= 0 && index < length.value, "queue index out of range")
        return base.value + index
    }

    /// Drops all values.
    @inlinable @inline(__always)
    package func removeAll() { length.value = 0 }

    /// Drops all values after the first `newCount`.
    @inlinable package func truncate(to newCount: Int) {
        precondition(newCount >= 0 && newCount <= length.value, "truncation shortens")
        length.value = newCount
    }

    /// Takes a value out; those behind it move up.
    @inlinable package func remove(at index: Int) {
        let count = length.value
        precondition(index >= 0 && index < count, "queue index out of range")
        (base.value + index).update(from: base.value + index + 1, count: count - index - 1)
        length.value = count - 1
    }

    @usableFromInline func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity.value * 2)
        larger.moveInitialize(from: base.value, count: length.value)
        base.value.deallocate()
        base.value = larger
        capacity.value *= 2
    }
}
