internal import Units

/// Thins a stream of points to a limit; see ``EquityRecorder``. Amortised constant time, no allocation
/// after the start.
struct EquityThinning: Sendable {
    private let limit: Int
    private var points: [EquityPoint] = []
    /// Number of points of each full bucket in `points`.
    private var sizes: [UInt8] = []
    private var width = 1

    private var filled = 0
    private var first: Slot
    private var low: Slot
    private var high: Slot
    private var last: Slot

    /// A point and its place within its bucket, which orders the points that stay.
    private struct Slot: Sendable {
        var place: Int
        var point: EquityPoint
    }

    init(limit: Int) {
        self.limit = limit
        points.reserveCapacity(limit)
        sizes.reserveCapacity(limit)
        let empty = Slot(
            place: 0, point: EquityPoint(time: .epoch, equity: 0, cash: 0, netFlows: 0))
        (first, low, high, last) = (empty, empty, empty, empty)
    }

    mutating func append(_ point: EquityPoint) {
        if width == 1 {
            points.append(point)
            sizes.append(1)
            if points.count + 4 > limit { merge() }
            return
        }
        if filled == 0 {
            let slot = Slot(place: 0, point: point)
            (first, low, high, last) = (slot, slot, slot, slot)
        } else {
            last = Slot(place: filled, point: point)
            if point.equity < low.point.equity { low = last }
            if point.equity > high.point.equity { high = last }
        }
        filled += 1
        if filled == width { flush() }
    }

    /// The points in order.
    consuming func finish() -> [EquityPoint] {
        if filled > 0 { write() }
        return points
    }

    private mutating func flush() {
        write()
        filled = 0
        if points.count + 4 > limit { merge() }
    }

    /// Appends the distinct ones of first, low, high and last, in order.
    private mutating func write() {
        let count = points.count
        let (earlier, later) = low.place < high.place ? (low, high) : (high, low)
        points.append(first.point)
        if earlier.place > first.place && earlier.place < last.place { points.append(earlier.point) }
        if later.place > earlier.place && later.place > first.place && later.place < last.place {
            points.append(later.point)
        }
        if last.place > first.place { points.append(last.point) }
        sizes.append(UInt8(points.count - count))
    }

    /// Merges neighbouring buckets until half of the room is free.
    private mutating func merge() {
        while points.count > limit / 2 { mergePairs() }
    }

    private mutating func mergePairs() {
        var (read, write, bucket, merged) = (0, 0, 0, 0)
        while bucket + 1 < sizes.count {
            let end = read + Int(sizes[bucket]) + Int(sizes[bucket + 1])
            let start = write
            var (low, high) = (read, read)
            for index in read..<end {
                if points[index].equity < points[low].equity { low = index }
                if points[index].equity > points[high].equity { high = index }
            }
            for index in read..<end
            where index == read || index == low || index == high || index == end - 1 {
                points[write] = points[index]
                write += 1
            }
            sizes[merged] = UInt8(write - start)
            merged += 1
            (read, bucket) = (end, bucket + 2)
        }
        let rest = Array(points[read...])
        points.removeLast(points.count - write)
        sizes.removeLast(sizes.count - merged)
        if !rest.isEmpty { reopen(rest) }
        width *= 2
    }

    /// Makes the odd last bucket the bucket being filled: half of one of the new width. Its points keep
    /// their order, which is all that their places say.
    private mutating func reopen(_ rest: [EquityPoint]) {
        for (place, point) in rest.enumerated() {
            let slot = Slot(place: place, point: point)
            if place == 0 { (first, low, high) = (slot, slot, slot) }
            if point.equity < low.point.equity { low = slot }
            if point.equity > high.point.equity { high = slot }
            last = slot
        }
        filled = width
    }
}
