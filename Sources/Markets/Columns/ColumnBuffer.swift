internal import Units

#if canImport(Glibc)
internal import Glibc
#endif

/// A growing column of 64-bit integers in memory of its own. Room that was never written costs no memory, so
/// a column whose length can be guessed is given room for it at once.
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
        memory = Cell(ColumnBuffer.resize(nil, count: 0, to: max(16, capacity)))
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
        let old = room.value
        room.value *= 2
        memory.value = ColumnBuffer.resize(memory.value, count: old, to: room.value)
    }

    /// Bytes from which on memory lies on pages of 2 MiB: as many small ones take longer to get than to fill.
    private static let largeBytes = 4 << 20
    private static let largePage = 2 << 20

    private static func resize(
        _ old: UnsafeMutablePointer<Int64>?, count: Int, to capacity: Int
    ) -> UnsafeMutablePointer<Int64> {
        let bytes = capacity * MemoryLayout<Int64>.stride
        if bytes >= largeBytes {
            let memory = large(bytes, capacity)
            guard let old else { return memory }
            memory.update(from: old, count: count)
            free(old)
            return memory
        }
        guard let memory = realloc(old, bytes) else {
            preconditionFailure("out of memory: a column of \(capacity) values")
        }
        return memory.bindMemory(to: Int64.self, capacity: capacity)
    }

    private static func large(_ bytes: Int, _ capacity: Int) -> UnsafeMutablePointer<Int64> {
        var found: UnsafeMutableRawPointer?
        guard posix_memalign(&found, largePage, bytes) == 0, let memory = found else {
            preconditionFailure("out of memory: a column of \(capacity) values")
        }
        // A hint: a system without such pages goes on with small ones.
        _ = madvise(memory, bytes / largePage * largePage, MADV_HUGEPAGE)
        return memory.bindMemory(to: Int64.self, capacity: capacity)
    }
}
