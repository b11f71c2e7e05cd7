internal import Markets
internal import Units

/// Where a run stood in each instrument over time, all its strategies together, by its fills.
struct Holdings {
    /// Times of the fills of each instrument, and the signed quantity after each.
    private var times: [[Int64]]
    private var quantities: [[Int64]]

    init(_ result: BacktestResult) {
        times = Array(repeating: [], count: result.instruments.count)
        quantities = times
        for fill in result.fills {
            let place = fill.instrument.position
            let signed = fill.side == .buy ? fill.quantity.mantissa : -fill.quantity.mantissa
            let (sum, overflow) = (quantities[place].last ?? 0).addingReportingOverflow(signed)
            times[place].append(fill.time.nanoseconds)
            quantities[place].append(overflow ? 0 : sum)
        }
    }

    /// Whether an instrument was ever traded.
    func trades(_ instrument: InstrumentIndex) -> Bool { !times[instrument.position].isEmpty }

    /// The signed quantity after everything that filled by a moment, at the instrument's quantity scale.
    func quantity(of instrument: InstrumentIndex, at time: Int64) -> Int64 {
        let stamps = times[instrument.position]
        var (low, high) = (0, stamps.count)
        while low < high {
            let middle = (low + high) / 2
            if stamps[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? 0 : quantities[instrument.position][low - 1]
    }
}

/// The bars of an instrument that was traded, within the window of the run.
struct HeldBars {
    let bars: BarColumns
    let timeframe: Timeframe
    let instrument: InstrumentIndex
    let priceUnit: Double
    let quantityUnit: Double
    /// Rows of the window.
    let rows: Range<Int>

    /// The bars of every instrument that was traded.
    static func all(of subject: AuditSubject) -> [HeldBars] {
        subject.series.compactMap { one in
            guard case .bars(let bars, let timeframe) = one.columns, let index = subject.index(of: one),
                subject.holdings.trades(index)
            else { return nil }
            let first = bars.openTime.lowerBound(of: subject.start.nanoseconds)
            let past = bars.openTime.lowerBound(of: subject.end.nanoseconds)
            return HeldBars(
                bars: bars, timeframe: timeframe, instrument: index,
                priceUnit: WideArithmetic.approximateDouble(one.priceScale.unit),
                quantityUnit: WideArithmetic.approximateDouble(
                    subject.instruments[index.position].quantityScale.unit),
                rows: first..<max(first, past))
        }
    }
}
