internal import Markets
internal import Units

/// The decimals of a group of columns that share a scale.
struct ScaleGroup {
    /// Decimals of the stored integers.
    var decimals = 0
    /// Most decimals allowed; falls when large numbers leave less room.
    var ceiling: Int
    /// Decimals by which written numbers are too large.
    let divisor: Int
    /// Which columns belong to it.
    let columns: Range<Int>
    /// How many numbers lost decimals.
    var rounded = 0

    /// Stored integers stay below this, so that the sum of two, times five, still fits.
    static let limit: Int64 = 900_000_000_000_000_000
}

/// Where rows came from: line numbers of a file that mostly rise by one.
struct LineMap {
    private var anchors: [(row: Int, line: Int)] = []

    /// From this row on, lines rise by one from the given line.
    mutating func append(row: Int, line: Int) { anchors.append((row, line)) }

    func line(ofRow row: Int) -> Int {
        var (low, high) = (0, anchors.count)
        while low < high {
            let middle = (low + high) / 2
            if anchors[middle].row <= row { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return 0 }
        return anchors[low - 1].line + row - anchors[low - 1].row
    }
}

/// The rows of one series while they are being read: times, and columns at scales that grow as needed.
final class SeriesRows {
    let instrument: InstrumentID?
    let time: ColumnBuffer
    let columns: [ColumnBuffer]
    /// Prices, or the values of a value series.
    var prices: ScaleGroup {
        get { hot.pointee.prices }
        _modify { yield &hot.pointee.prices }
    }
    /// Volumes and sizes.
    var quantities: ScaleGroup {
        get { hot.pointee.quantities }
        _modify { yield &hot.pointee.quantities }
    }
    /// The sums of bid and ask of bars, at twice the price.
    let isDoubled: Bool
    /// A hash of each row's bytes, where rows are compared as a whole.
    let hashes: ColumnBuffer?
    /// The last quote's cells by slot, for rows that lack a side.
    var lastQuote: [DecimalCell] = []
    /// Texts of the first row that all rows must share.
    var shared: [[UInt8]] = []
    private(set) var lines = LineMap()

    /// What changes with each row; behind a pointer for the reason given at ``RowScanner/Hot``.
    struct Hot {
        /// Rows that wait to be moved to the columns.
        var pending = 0
        /// Rows moved already.
        var moved = 0
        var lastTime = Int64.min
        var lastLine = Int.min
        var isAscending = true
        var isStrictlyAscending = true
        var prices: ScaleGroup
        var quantities: ScaleGroup
    }

    let hot: UnsafeMutablePointer<Hot>
    /// Waiting rows, column by column, ``blockRows`` apart; the times and then the hashes come last.
    let block: UnsafeMutablePointer<Int64>
    static let blockRows = 64

    init(
        instrument: InstrumentID?, prices: ScaleGroup, quantities: ScaleGroup, columns: Int, isDoubled: Bool,
        hashesRows: Bool, expectedRows: Int
    ) {
        let capacity = max(SeriesRows.blockRows, expectedRows)
        self.instrument = instrument
        self.isDoubled = isDoubled
        time = ColumnBuffer(capacity: capacity)
        self.columns = (0..<columns).map { _ in ColumnBuffer(capacity: capacity) }
        hashes = hashesRows ? ColumnBuffer(capacity: capacity) : nil
        hot = .allocate(capacity: 1)
        hot.initialize(to: Hot(prices: prices, quantities: quantities))
        block = .allocate(capacity: (columns + 2) * SeriesRows.blockRows)
    }

    deinit {
        hot.deallocate()
        block.deallocate()
    }

    /// Rows; call ``flush()`` before the columns are used.
    var count: Int { hot.pointee.moved + hot.pointee.pending }
    var isAscending: Bool { hot.pointee.isAscending }
    var isStrictlyAscending: Bool { hot.pointee.isStrictlyAscending }

    /// Where the next row's first column goes; its others lie ``blockRows`` apart.
    @inline(__always)
    var nextRow: UnsafeMutablePointer<Int64> { block + hot.pointee.pending }

    /// Adds the row whose columns were written at ``nextRow``; false when it is earlier than the row before.
    @inline(__always)
    func commit(time: Int64, hash: Int64, line: Int) -> Bool {
        let hot = hot
        if line != hot.pointee.lastLine &+ 1 { lines.append(row: count, line: line) }
        hot.pointee.lastLine = line
        let times = block + columns.count * SeriesRows.blockRows + hot.pointee.pending
        times[0] = time
        times[SeriesRows.blockRows] = hash
        let last = hot.pointee.lastTime
        hot.pointee.lastTime = time
        hot.pointee.pending += 1
        if hot.pointee.pending == SeriesRows.blockRows { flush() }
        if time > last { return true }
        hot.pointee.isStrictlyAscending = false
        if time == last { return true }
        hot.pointee.isAscending = false
        return false
    }

    /// Moves the waiting rows to the columns.
    func flush() {
        let pending = hot.pointee.pending
        if pending == 0 { return }
        for (index, buffer) in (columns + [time] + [hashes].compactMap { $0 }).enumerated() {
            buffer.append(
                contentsOf: UnsafeBufferPointer(start: block + index * SeriesRows.blockRows, count: pending))
        }
        hot.pointee.moved += pending
        hot.pointee.pending = 0
    }

    // MARK: Scales

    /// The integer of a cell at a group's scale; nil when the scale must change or decimals be lost.
    @inline(__always)
    static func place(_ cell: DecimalCell, _ group: ScaleGroup) -> Int64? {
        let decimals = Int(cell.decimals) + group.divisor
        if decimals == group.decimals {
            return cell.mantissa.magnitude <= ScaleGroup.limit.magnitude ? cell.mantissa : nil
        }
        if decimals < group.decimals {
            let (product, overflow) = cell.mantissa.multipliedReportingOverflow(
                by: DecimalCell.powers[group.decimals - decimals])
            return overflow || product.magnitude > ScaleGroup.limit.magnitude ? nil : product
        }
        let excess = decimals - group.decimals
        if excess > 18 { return cell.mantissa == 0 ? 0 : nil }
        let (quotient, remainder) = cell.mantissa.quotientAndRemainder(dividingBy: DecimalCell.powers[excess])
        return remainder == 0 ? quotient : nil
    }

    /// Places all cells of a group, changing its scale where needed.
    ///
    /// - Returns: false when a number is too large for any scale.
    static func placeAll(
        _ cells: UnsafeMutablePointer<DecimalCell>, _ slots: Range<Int>, _ group: inout ScaleGroup,
        _ columns: [ColumnBuffer], into placed: UnsafeMutablePointer<Int64>
    ) -> Bool {
        var wanted = group.decimals
        for slot in slots where cells[slot].decimals >= 0 {
            wanted = max(wanted, min(group.ceiling, neededDecimals(cells[slot], group)))
        }
        while wanted > group.decimals {
            if raise(&group, to: wanted, columns) { break }
            wanted -= 1
            group.ceiling = wanted
        }
        for slot in slots where cells[slot].decimals >= 0 {
            while true {
                let (value, isExact) = rounded(cells[slot], group)
                if let value {
                    placed[slot] = value
                    if !isExact || cells[slot].isRounded { group.rounded += 1 }
                    break
                }
                // Too large at this scale: give up decimals, and place the earlier cells again.
                guard group.decimals > 0 else { return false }
                lower(&group, columns)
                return placeAll(cells, slots, &group, columns, into: placed)
            }
        }
        return true
    }

    private static func neededDecimals(_ cell: DecimalCell, _ group: ScaleGroup) -> Int {
        var (mantissa, decimals) = (cell.mantissa, Int(cell.decimals) + group.divisor)
        if mantissa == 0 { return 0 }
        while decimals > 0 && mantissa % 10 == 0 {
            mantissa /= 10
            decimals -= 1
        }
        return decimals
    }

    /// The integer at the group's scale, rounded half even; nil when too large.
    private static func rounded(_ cell: DecimalCell, _ group: ScaleGroup) -> (Int64?, isExact: Bool) {
        if let value = place(cell, group) { return (value, true) }
        let excess = Int(cell.decimals) + group.divisor - group.decimals
        guard excess > 0 else { return (nil, true) }
        let (value, isLossy) = DecimalCell.roundHalfEven(
            Int128(cell.mantissa.magnitude), dropping: excess, hasMore: false)
        guard value <= Int128(ScaleGroup.limit) else { return (nil, true) }
        return (cell.mantissa < 0 ? -Int64(value) : Int64(value), !isLossy)
    }

    private static func raise(_ group: inout ScaleGroup, to decimals: Int, _ columns: [ColumnBuffer]) -> Bool
    {
        let factor = DecimalCell.powers[decimals - group.decimals]
        let bound = ScaleGroup.limit.magnitude / factor.magnitude
        for index in group.columns where columns[index].values.contains(where: { $0.magnitude > bound }) {
            return false
        }
        for index in group.columns where !columns[index].multiply(by: factor) { return false }
        group.decimals = decimals
        return true
    }

    /// Gives up one decimal.
    private static func lower(_ group: inout ScaleGroup, _ columns: [ColumnBuffer]) {
        for index in group.columns {
            let values = columns[index].values
            for row in values.indices {
                let (quotient, remainder) = values[row].quotientAndRemainder(dividingBy: 10)
                if remainder == 0 {
                    values[row] = quotient
                    continue
                }
                group.rounded += 1
                let isUp = abs(remainder) > 5 || abs(remainder) == 5 && quotient % 2 != 0
                values[row] = isUp ? quotient + (values[row] < 0 ? -1 : 1) : quotient
            }
        }
        group.decimals -= 1
        group.ceiling = group.decimals
    }

    /// Removes decimals that are 0 in every row, so that equal content has equal scales.
    func reduceScales() {
        SeriesRows.reduce(&prices, columns)
        SeriesRows.reduce(&quantities, columns)
    }

    private static func reduce(_ group: inout ScaleGroup, _ columns: [ColumnBuffer]) {
        while group.decimals > 0 {
            for index in group.columns where columns[index].values.contains(where: { $0 % 10 != 0 }) {
                return
            }
            for index in group.columns {
                let values = columns[index].values
                for row in values.indices { values[row] /= 10 }
            }
            group.decimals -= 1
        }
    }
}
