/// A read-only run of 64-bit integers: part of a mapped file, or memory built by a ``ColumnBuffer``.
///
/// Keeps its memory alive through its owner.
public struct Column: @unchecked Sendable {
    // Sendable: the memory is never written after a Column over it exists.
    /// First value.
    public let base: UnsafePointer<Int64>
    /// Number of values.
    public let count: Int
    private let owner: AnyObject

    /// A column over memory that `owner` keeps alive and that nobody writes any more.
    public init(base: UnsafePointer<Int64>, count: Int, owner: AnyObject) {
        (self.base, self.count, self.owner) = (base, count, owner)
    }

    /// A column of given values.
    public init(_ values: [Int64]) {
        let buffer = ColumnBuffer(capacity: values.count)
        for value in values { buffer.append(value) }
        self = buffer.finish()
    }

    /// The value at an index, checked.
    public subscript(index: Int) -> Int64 {
        precondition(index >= 0 && index < count, "column index out of range")
        return base[index]
    }

    /// A part of the column, in the same memory.
    public func slice(_ range: Range<Int>) -> Column {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "column range out of bounds")
        return Column(base: base + range.lowerBound, count: range.count, owner: owner)
    }

    /// The bytes of the values, little-endian on every machine this builds for.
    public var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: base, count: count * MemoryLayout<Int64>.stride)
    }

    /// The index of the first value not below `value` in an ascending column.
    public func lowerBound(of value: Int64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if base[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
