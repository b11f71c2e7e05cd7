internal import Markets
internal import Units

/// Turns the rows of a file into a checked series.
struct SeriesAssembly {
    let spec: SeriesSpec
    let zone: ZoneRules
    let calendar: SessionCalendar?
    let path: String
    let valueNames: [String]

    /// What became of the rows.
    struct Result {
        var timeframe: Timeframe?
        var gaps = GapReport()
        var columns: SeriesColumns?
    }

    /// Orders the rows, finds the timeframe and the holes, and makes the columns.
    ///
    /// - Parameter makesColumns: false where only the findings are asked for.
    func run(
        _ rows: SeriesRows, log: inout FindingLog, makesColumns: Bool
    ) throws(MarketDataError) -> Result {
        let isTick = spec.kind == .quotes || spec.kind == .trades
        let origin = rows.arrange(keepsRepeats: isTick, log: &log)
        let stamps = rows.time.finish()
        var result = Result()
        result.timeframe = try timeframe(stamps, isJudged: !isTick)
        if let timeframe = result.timeframe {
            let clock = BarClock(timeframe: timeframe, zone: zone, calendar: calendar)
            result.gaps = GapReport(stamps, clock) { rows.lines.line(ofRow: origin?[$0] ?? $0) }
        }
        if makesColumns {
            if rows.isDoubled { halve(rows) }
            rows.reduceScales()
            result.columns = try columns(rows, result.timeframe)
        }
        return result
    }

    /// The declared or found timeframe; nil where rows are irregular.
    private func timeframe(_ stamps: Column, isJudged: Bool) throws(MarketDataError) -> Timeframe? {
        if let declared = spec.timeframe { return declared }
        guard isJudged else { return nil }
        let found = Timeframe.detect(stamps)
        if spec.kind == .bars { return found?.timeframe }
        guard let found, found.agreeing * 2 >= stamps.count - 1 else { return nil }
        return found.timeframe
    }

    /// Sums of bid and ask become means: half of each sum, with one more decimal where a sum is odd.
    private func halve(_ rows: SeriesRows) {
        let buffers = rows.prices.columns.map { rows.columns[$0] }
        let isEven = buffers.allSatisfy { $0.values.allSatisfy { $0 % 2 == 0 } }
        for buffer in buffers {
            let values = buffer.values
            for row in values.indices { values[row] = isEven ? values[row] / 2 : values[row] * 5 }
        }
        if !isEven { rows.prices.decimals += 1 }
    }

    private func columns(_ rows: SeriesRows, _ timeframe: Timeframe?) throws(MarketDataError) -> SeriesColumns
    {
        let columns = rows.columns.map { $0.finish() }
        switch spec.kind {
        case .bars:
            guard let timeframe else {
                throw MarketDataError(
                    code: "timeframe", file: path,
                    message: "the length of a bar cannot be told from the rows",
                    remedy: "declare it: timeframe: 1m")
            }
            let (open, close) = barTimes(rows, timeframe)
            return .bars(
                BarColumns(
                    openTime: open, closeTime: close, open: columns[0], high: columns[1], low: columns[2],
                    close: columns[3], volume: columns[4]), timeframe)
        case .quotes:
            return .quotes(
                QuoteColumns(
                    time: rows.time.finish(), bid: columns[0], ask: columns[1], bidSize: columns[2],
                    askSize: columns[3]))
        case .trades:
            return .trades(
                TradeColumns(
                    time: rows.time.finish(), price: columns[0], quantity: columns[1], aggressor: columns[2]))
        case .funding, .index, .ratio, .gas, .mark, .signals:
            return .values(ValueColumns(time: rows.time.finish(), names: valueNames, values: columns))
        }
    }

    /// The open and close times of bars from their stamps. Closes never fall: where two bars would close
    /// at one moment or in the wrong order, as a day that the calendar calls closed, the later keeps order.
    private func barTimes(_ rows: SeriesRows, _ timeframe: Timeframe) -> (open: Column, close: Column) {
        let clock = BarClock(timeframe: timeframe, zone: zone, calendar: calendar)
        let others = ColumnBuffer(capacity: rows.count)
        let stamps = rows.time.values
        // In pieces, as appending value by value takes several times as long.
        let piece = UnsafeMutableBufferPointer<Int64>.allocate(capacity: 512)
        defer { piece.deallocate() }
        var last = Int64.min
        for start in stride(from: 0, to: stamps.count, by: piece.count) {
            let count = min(piece.count, stamps.count - start)
            for index in 0..<count {
                let stamp = stamps[start + index]
                last = spec.stamp == .close ? clock.open(of: stamp) : max(last, clock.close(of: stamp))
                piece[index] = last
            }
            others.append(contentsOf: UnsafeBufferPointer(rebasing: piece[..<count]))
        }
        let (stamp, other) = (rows.time.finish(), others.finish())
        return spec.stamp == .close ? (other, stamp) : (stamp, other)
    }
}
