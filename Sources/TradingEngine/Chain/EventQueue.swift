internal import Units

/// A queue of plain values that is filled and emptied at each step, in memory that grows once.
final class EventQueue<Element: BitwiseCopyable> {
    private let base: Cell<UnsafeMutablePointer<Element>>
    private let capacity: Cell<Int>
    private let length = Cell(0)

    init(capacity: Int = 64) {
        self.capacity = Cell(capacity)
        base = Cell(UnsafeMutablePointer<Element>.allocate(capacity: capacity))
    }

    deinit { base.value.deallocate() }

    @inline(__always)
    var count: Int { length.value }

    @inline(__always)
    func append(_ element: Element) {
        let count = length.value
        if count == capacity.value { grow() }
        (base.value + count).initialize(to: element)
        length.value = count + 1
    }

    subscript(index: Int) -> Element {
        precondition(index >= 0 && index < length.value, "queue index out of range")
        return base.value[index]
    }

    @inline(__always)
    func removeAll() { length.value = 0 }

    private func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity.value * 2)
        larger.moveInitialize(from: base.value, count: length.value)
        base.value.deallocate()
        base.value = larger
        capacity.value *= 2
    }
}
