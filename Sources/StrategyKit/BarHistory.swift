public import Markets

/// The last closed bars of one instrument, contiguous, with bounded memory.
package struct BarHistory {
    private let capacity: Int
    private var bars: [Bar] = []

    package init(capacity: Int) {
        self.capacity = capacity
        bars.reserveCapacity(2 * capacity)
    }

    /// Adds a bar; when the buffer is full, the newest `capacity` bars move to its front.
    package mutating func append(_ bar: Bar) {
        if bars.count == 2 * capacity { bars.removeFirst(capacity) }
        bars.append(bar)
    }

    package var window: ArraySlice<Bar> { bars.suffix(capacity) }
}

/// Closed bars, oldest first. Nothing later than the present step is in it.
public struct BarWindow: RandomAccessCollection, Sendable {
    private let bars: ArraySlice<Bar>

    package init(bars: ArraySlice<Bar>) { self.bars = bars }

    public var startIndex: Int { 0 }
    public var endIndex: Int { bars.count }
    public subscript(index: Int) -> Bar { bars[bars.startIndex + index] }
}
