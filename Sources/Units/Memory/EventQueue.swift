/// A queue of plain values that is filled and emptied at each step, in memory that grows once.
@usableFromInline package struct EventQueue<Element: BitwiseCopyable>: ~Copyable {
    /// Where the values are, and how many.
    @usableFromInline package struct State: BitwiseCopyable {
        @usableFromInline package var base: UnsafeMutablePointer<Element>
        @usableFromInline package var count: Int
        @usableFromInline package var capacity: Int

        @inlinable init(capacity: Int) {
            base = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
            count = 0
            self.capacity = capacity
        }
    }

    @usableFromInline let state: UnsafeMutablePointer<State>

    @inlinable package init(capacity: Int = 64) {
        state = UnsafeMutablePointer<State>.allocate(capacity: 1)
        state.initialize(to: State(capacity: capacity))
    }

    @inlinable deinit {
        state.pointee.base.deallocate()
        state.deallocate()
    }

    /// Number of values.
    @inlinable package var count: Int {
        @inline(__always) get { state.pointee.count }
    }

    /// Whether there is none.
    @inlinable package var isEmpty: Bool {
        @inline(__always) get { state.pointee.count == 0 }
    }

    /// Adds a value.
    @inlinable @inline(__always)
    package func append(_ element: Element) { claim().initialize(to: element) }

    /// Adds a place whose value the caller writes at once, field by field.
    @inlinable @inline(__always)
    package func claim() -> UnsafeMutablePointer<Element> {
        let count = state.pointee.count
        if count == state.pointee.capacity { grow() }
        state.pointee.count = count + 1
        return state.pointee.base + count
    }

    /// The value at an index, checked.
    @inlinable package subscript(index: Int) -> Element {
        @inline(__always) get {
            precondition(index >= 0 && index < state.pointee.count, "queue index out of range")
            return state.pointee.base[index]
        }
        @inline(__always) nonmutating set {
            precondition(index >= 0 && index < state.pointee.count, "queue index out of range")
            state.pointee.base[index] = newValue
        }
    }

    /// The place of a value, to change it there; valid until the queue grows.
    @inlinable @inline(__always)
    package func place(_ index: Int) -> UnsafeMutablePointer<Element> {
        precondition(index >= 0 && index < state.pointee.count, "queue index out of range")
        return state.pointee.base + index
    }

    /// The values, valid until the queue changes.
    @inlinable package var values: UnsafeMutableBufferPointer<Element> {
        @inline(__always) get {
            UnsafeMutableBufferPointer(start: state.pointee.base, count: state.pointee.count)
        }
    }

    /// Drops all values.
    @inlinable @inline(__always)
    package func removeAll() { state.pointee.count = 0 }

    /// Drops all values after the first `newCount`.
    @inlinable package func truncate(to newCount: Int) {
        precondition(newCount >= 0 && newCount <= count, "truncation shortens")
        state.pointee.count = newCount
    }

    /// Takes a value out; those behind it move up.
    @inlinable package func remove(at index: Int) {
        let (count, base) = (state.pointee.count, state.pointee.base)
        precondition(index >= 0 && index < count, "queue index out of range")
        (base + index).update(from: base + index + 1, count: count - index - 1)
        state.pointee.count = count - 1
    }

    @usableFromInline func grow() {
        let old = state.pointee
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: old.capacity * 2)
        larger.moveInitialize(from: old.base, count: old.count)
        old.base.deallocate()
        state.pointee.base = larger
        state.pointee.capacity = old.capacity * 2
    }
}
