internal import Units

/// Thins a stream of points to a limit; see ``EquityRecorder``. Amortised constant time, no allocation
/// after the start.
struct EquityThinning: Sendable {
    private let limit: Int
    private var points: [EquityPoint] = []
    /// Number of points of each full bucket in `points`; empty while every point stays.
    private var sizes: [UInt8] = []
    /// Steps in a bucket; 1 while every point stays.
    private var width = 1

    /// Points in the bucket being filled, and the place of its last one; as many as there are while none but
    /// the first or the last is awaited.
    private var filled = 0
    private var end = 0
    private var first: EquityPoint
    private var low: Slot
    private var high: Slot

    /// A point and its place within its bucket, which orders the points that stay.
    private struct Slot: Sendable {
        var place: Int
        var point: EquityPoint

        mutating func set(_ place: Int, _ step: RecordedStep, _ netFlows: Int128) {
            self.place = place
            point.time = Instant(nanoseconds: step.time)
            point.equity = step.equity
            point.cash = step.cash
            point.netFlows = netFlows
        }
    }

    /// Points a bucket can leave: first, low, high, last.
    private static let most = 4

    init(limit: Int) {
        self.limit = limit
        points.reserveCapacity(limit)
        first = EquityPoint(time: .epoch, equity: 0, cash: 0, netFlows: 0)
        low = Slot(place: 0, point: first)
        high = low
    }

    /// How many points come before the last of the bucket being filled; 0 while it is empty, and while every
    /// point stays.
    var room: Int { end - filled }

    /// Takes in steps where there is room, all with the same flows.
    mutating func absorb(_ block: borrowing StepBlock, _ extremes: StepBlock.Extremes, netFlows: Int128) {
        precondition(block.count <= room, "steps do not reach beyond their bucket")
        if extremes.least < low.point.equity {
            low.set(filled + extremes.lowest, block[extremes.lowest], netFlows)
        }
        if extremes.greatest > high.point.equity {
            high.set(filled + extremes.highest, block[extremes.highest], netFlows)
        }
        filled += block.count
    }

    /// Adds a point.
    @inline(never)
    mutating func append(_ point: EquityPoint) {
        defer { end = width > 1 && filled > 0 ? width - 1 : filled }
        if width == 1 {
            points.append(point)
            if points.count == limit { thinForTheFirstTime() }
            return
        }
        if filled == 0 {
            first = point
            low = Slot(place: 0, point: point)
            high = low
        } else if point.equity < low.point.equity {
            low = Slot(place: filled, point: point)
        } else if point.equity > high.point.equity {
            high = Slot(place: filled, point: point)
        }
        filled += 1
        if filled == width { close(last: point) }
    }

    /// The points in order; `last` is the one appended last.
    mutating func finish(last: EquityPoint) -> [EquityPoint] {
        if filled > 0 { write(last: last) }
        filled = 0
        return points
    }

    private mutating func close(last: EquityPoint) {
        write(last: last)
        filled = 0
        while points.count + EquityThinning.most > limit { mergePairs() }
    }

    /// Appends the distinct ones of first, low, high and last, in order.
    private mutating func write(last: EquityPoint) {
        let count = points.count
        let final = filled - 1
        let (earlier, later) = low.place < high.place ? (low, high) : (high, low)
        points.append(first)
        if earlier.place > 0 && earlier.place < final { points.append(earlier.point) }
        if later.place > earlier.place && later.place < final { points.append(later.point) }
        if final > 0 { points.append(last) }
        sizes.append(UInt8(points.count - count))
    }

    /// From every point to buckets of eight, in one pass.
    private mutating func thinForTheFirstTime() {
        width = 2 * EquityThinning.most
        let whole = points.count / width
        sizes.reserveCapacity(limit)
        sizes.append(contentsOf: repeatElement(UInt8(width), count: whole))
        let rest = compact(buckets: whole, groupedBy: 1)
        for point in rest { append(point) }
    }

    private mutating func mergePairs() {
        let pairs = sizes.count / 2
        let rest = compact(buckets: pairs, groupedBy: 2)
        reopen(rest)
        width *= 2
    }

    /// Keeps first, low, high and last of each group of buckets; the points after them are returned.
    private mutating func compact(buckets: Int, groupedBy group: Int) -> [EquityPoint] {
        var (read, write) = (0, 0)
        points.withUnsafeMutableBufferPointer { points in
            sizes.withUnsafeMutableBufferPointer { sizes in
                for bucket in 0..<buckets {
                    var count = 0
                    for place in 0..<group { count += Int(sizes[bucket * group + place]) }
                    let kept = EquityThinning.keep(read..<read + count, of: points, at: write)
                    sizes[bucket] = UInt8(kept)
                    (read, write) = (read + count, write + kept)
                }
            }
        }
        let rest = Array(points[read...])
        points.removeLast(points.count - write)
        sizes.removeLast(sizes.count - buckets)
        return rest
    }

    /// Moves first, low, high and last of a range down to `start`; how many they are.
    private static func keep(
        _ range: Range<Int>, of points: UnsafeMutableBufferPointer<EquityPoint>, at start: Int
    ) -> Int {
        let (first, last) = (range.lowerBound, range.upperBound - 1)
        var (low, high) = (first, first)
        var (least, most) = (points[first].equity, points[first].equity)
        for index in range {
            let equity = points[index].equity
            if equity < least { (low, least) = (index, equity) }
            if equity > most { (high, most) = (index, equity) }
        }
        let (earlier, later) = (min(low, high), max(low, high))
        var write = start
        points[write] = points[first]
        write += 1
        if earlier > first && earlier < last {
            points[write] = points[earlier]
            write += 1
        }
        if later > earlier && later < last {
            points[write] = points[later]
            write += 1
        }
        if last > first {
            points[write] = points[last]
            write += 1
        }
        return write - start
    }

    /// Makes an odd last bucket the bucket being filled: half of one of the new width. Its points keep
    /// their order, which is all that their places say.
    private mutating func reopen(_ rest: [EquityPoint]) {
        filled = 0
        guard let start = rest.first else { return }
        first = start
        low = Slot(place: 0, point: start)
        high = low
        for (place, point) in rest.enumerated() {
            if point.equity < low.point.equity { low = Slot(place: place, point: point) }
            if point.equity > high.point.equity { high = Slot(place: place, point: point) }
        }
        filled = width
    }
}
