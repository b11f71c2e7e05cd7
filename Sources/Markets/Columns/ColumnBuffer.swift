#if canImport(Glibc)
internal import Glibc
#endif

/// A growing column of 64-bit integers in memory of its own. Growth moves pages, not bytes, and room that
/// was never written costs no memory.
///
/// One owner appends; once it is made a ``Column`` it is read only.
public final class ColumnBuffer {
    package private(set) var base: UnsafeMutablePointer<Int64>
    package private(set) var count = 0
    private var capacity: Int

    /// - Parameter capacity: values to make room for; grows by itself.
    public init(capacity: Int = 1024) {
        self.capacity = max(16, capacity)
        base = ColumnBuffer.resize(nil, to: self.capacity)
    }

    /// A column of zeros, to be written through ``values``.
    public init(zeros count: Int) {
        precondition(count >= 0, "a number of values is not negative")
        capacity = max(16, count)
        guard let memory = calloc(capacity, MemoryLayout<Int64>.stride) else {
            preconditionFailure("out of memory: a column of \(capacity) values")
        }
        base = memory.bindMemory(to: Int64.self, capacity: capacity)
        self.count = count
    }

    deinit { free(base) }

    /// Adds a value.
    @inline(__always)
    public func append(_ value: Int64) {
        if count == capacity { grow() }
        base[count] = value
        count += 1
    }

    /// Adds several values.
    public func append(contentsOf more: UnsafeBufferPointer<Int64>) {
        guard let from = more.baseAddress else { return }
        while count + more.count > capacity { grow() }
        (base + count).update(from: from, count: more.count)
        count += more.count
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
        count = newCount
    }

    /// Ends writing: the column over this memory.
    public func finish() -> Column {
        Column(base: UnsafePointer(base), count: count, owner: self)
    }

    private func grow() {
        capacity *= 2
        base = ColumnBuffer.resize(base, to: capacity)
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
