public import Markets
public import Units

/// Merges series by the time at which their rows become visible.
///
/// Gives the time of the next step; rows of that time are then taken series by series, in the order in
/// which the series were given. A binary heap over the heads; with one series, no heap work at all.
public final class TimeMerge {
    @usableFromInline let times: FixedArray<UnsafePointer<Int64>>
    @usableFromInline let ends: FixedArray<Int>
    @usableFromInline let rows: FixedArray<Int>
    /// Series numbers in heap order, by head time, then number.
    @usableFromInline let heap: FixedArray<Int32>
    @usableFromInline let heapCount = Cell(0)
    @usableFromInline let columns: [Column]

    /// A merge of rows `ranges[i]` of columns of times, each ascending.
    public init(times columns: [Column], ranges: [Range<Int>]) {
        precondition(!columns.isEmpty && columns.count == ranges.count, "one range for each column")
        self.columns = columns
        times = FixedArray(repeating: columns[0].base, count: columns.count)
        for (index, column) in columns.enumerated() { times[index] = column.base }
        ends = FixedArray(repeating: 0, count: columns.count)
        rows = FixedArray(repeating: 0, count: columns.count)
        heap = FixedArray(repeating: 0, count: columns.count)
        for (index, range) in ranges.enumerated() {
            precondition(range.lowerBound >= 0 && range.upperBound <= columns[index].count, "rows exist")
            rows[index] = range.lowerBound
            ends[index] = range.upperBound
            if !range.isEmpty {
                heap[heapCount.value] = Int32(index)
                heapCount.value += 1
            }
        }
        var place = heapCount.value / 2
        while place > 0 {
            place -= 1
            sift(down: place)
        }
    }

    /// The time of the next rows; nil when all are taken.
    @inlinable @inline(__always)
    public var nextTime: Instant? {
        heapCount.value == 0 ? nil : Instant(nanoseconds: head(heap[0]))
    }

    /// The next row of a series, also before its time has come; nil when all are taken.
    @inlinable public func nextRow(of series: Int) -> Int? {
        rows[series] < ends[series] ? rows[series] : nil
    }

    /// Takes the next row whose time is `time`: its series and row; nil when none is left at that time.
    @inlinable @inline(__always)
    public func take(at time: Instant) -> (series: Int, row: Int)? {
        guard heapCount.value > 0, head(heap[0]) == time.nanoseconds else { return nil }
        let series = Int(heap[0])
        let row = rows[series]
        rows[series] = row + 1
        if row + 1 == ends[series] {
            heapCount.value -= 1
            heap[0] = heap[heapCount.value]
        }
        if heapCount.value > 1 { sift(down: 0) }
        return (series, row)
    }

    /// The rows of one series that all come before the next row of every other series: they can be taken one
    /// by one with ``advance(_:to:)``, without comparing series. Nil when two series share the next time.
    public func soleRun() -> (series: Int, rows: Range<Int>)? {
        guard heapCount.value > 0 else { return nil }
        let series = Int(heap[0])
        let (first, end) = (rows[series], ends[series])
        guard heapCount.value > 1 else { return (series, first..<end) }
        var limit = head(heap[1])
        if heapCount.value > 2 { limit = min(limit, head(heap[2])) }
        guard times[series][first] < limit else { return nil }
        // Gallops, as most runs are short and some are everything.
        var (step, low) = (1, first)
        while low + step < end && times[series][low + step] < limit {
            low += step
            step *= 2
        }
        var high = min(low + step, end)
        low += 1
        while low < high {
            let middle = (low + high) / 2
            if times[series][middle] < limit { low = middle + 1 } else { high = middle }
        }
        return (series, first..<low)
    }

    /// Moves a series of a ``soleRun()`` to its next row within the run.
    @inlinable @inline(__always)
    public func advance(_ series: Int, to row: Int) { rows[series] = row }

    /// Ends a ``soleRun()`` after its rows were taken.
    public func endRun(_ series: Int) {
        precondition(heapCount.value > 0 && Int(heap[0]) == series, "the run is of the first series")
        if rows[series] == ends[series] {
            heapCount.value -= 1
            heap[0] = heap[heapCount.value]
        }
        if heapCount.value > 1 { sift(down: 0) }
    }

    @inlinable @inline(__always)
    func head(_ series: Int32) -> Int64 { times[Int(series)][rows[Int(series)]] }

    private func precedes(_ a: Int32, _ b: Int32) -> Bool {
        let (x, y) = (head(a), head(b))
        return x != y ? x < y : a < b
    }

    @usableFromInline func sift(down start: Int) {
        var place = start
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < heapCount.value {
                if precedes(heap[child], heap[least]) { least = child }
            }
            if least == place { return }
            let moved = heap[place]
            heap[place] = heap[least]
            heap[least] = moved
            place = least
        }
    }
}
