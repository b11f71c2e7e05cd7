internal import Units

#if canImport(Glibc)
internal import Glibc
#endif

/// A growing column of 64-bit integers in memory of its own. Growth moves pages, not bytes, and room that
/// was never written costs no memory.
///
/// One owner appends; once it is made a ``Column`` it is read only.
public final class ColumnBuffer {
    private let memory: Cell<UnsafeMutablePointer<Int64>>
    private let length: Cell<Int>
    private let room: Cell<Int>

    package var base: UnsafeMutablePointer<Int64> { memory.value }
    /// Values so far.
    public var count: Int { length.value }
    private var capacity: Int { room.value }

    /// - Parameter capacity: values to make room for; grows by itself.
    public init(capacity: Int = 1024) {
        room = Cell(max(16, capacity))
        length = Cell(0)
        memory = Cell(ColumnBuffer.resize(nil, to: max(16, capacity)))
    }

    /// A column of zeros, to be written through ``values``.
    public init(zeros count: Int) {
        precondition(count >= 0, "a number of values is not negative")
        let capacity = max(16, count)
        guard let zeros = calloc(capacity, MemoryLayout<Int64>.stride) else {
            preconditionFailure("out of memory: a column of \(capacity) values")
        }
        room = Cell(capacity)
        length = Cell(count)
        memory = Cell(zeros.bindMemory(to: Int64.self, capacity: capacity))
    }

    deinit { free(base) }

    /// Adds a value.
    @inline(__always)
    public func append(_ value: Int64) {
        let count = length.value
        if count == room.value { grow() }
        memory.value[count] = value
        length.value = count + 1
    }

    /// Adds several values.
    public func append(contentsOf more: UnsafeBufferPointer<Int64>) {
        guard let from = more.baseAddress else { return }
        while count + more.count > capacity { grow() }
        (base + count).update(from: from, count: more.count)
        length.value += more.count
    }

    /// Multiplies all values so far; false, with nothing changed, when one would not fit.
    public func multiply(by factor: Int64) -> Bool {
        for index in 0..<count where base[index].multipliedReportingOverflow(by: factor).overflow {
            return false
        }
        for index in 0..<count { base[index] *= factor }
        return true
    }

    /// The values so far, read and written in place.
    public var values: UnsafeMutableBufferPointer<Int64> {
        UnsafeMutableBufferPointer(start: base, count: count)
    }

    /// Drops all values after the first `newCount`.
    public func truncate(to newCount: Int) {
        precondition(newCount >= 0 && newCount <= count, "truncation shortens")
        length.value = newCount
    }

    /// Ends writing: the column over this memory.
    public func finish() -> Column {
        Column(base: UnsafePointer(base), count: count, owner: self)
    }

    private func grow() {
        room.value *= 2
        memory.value = ColumnBuffer.resize(memory.value, to: room.value)
    }

    private static func resize(_ old: UnsafeMutablePointer<Int64>?, to capacity: Int)
        -> UnsafeMutablePointer<Int64>
    {
        guard let memory = realloc(old, capacity * MemoryLayout<Int64>.stride) else {
            preconditionFailure("out of memory: a column of \(capacity) values")
        }
        return memory.bindMemory(to: Int64.self, capacity: capacity)
    }
}
