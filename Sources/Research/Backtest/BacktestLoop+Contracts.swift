internal import MarketData
internal import Markets
internal import Simulation
internal import StrategyKit
internal import TradingEngine
internal import Units

extension BacktestRunner {
    /// The steps of a run with contracts: all market data of a moment, then what is settled, then resting
    /// orders against the same data, then decisions.
    func driveContracts(_ clearing: SimulatedClearing, _ progress: inout RunProgress) throws {
        var taken: [(series: Int, row: Int)] = []
        while let time = merge.nextTime {
            if exchange.awaitsOpens { try openBars(before: time) }
            engine.beginStep(at: time)
            try clearing.settleExpired(before: time)
            taken.removeAll(keepingCapacity: true)
            while let (series, row) = merge.take(at: time) {
                rows.value += 1
                taken.append((series, row))
                try observe(row, of: series, at: time, clearing, progress.start)
            }
            if exchange.hasReports { try applyReports() }
            try clearing.settle()
            try chain?.settle()
            for applied in clearing.takeClosings() { try trades.record(applied) }
            if exchange.hasReports { try applyReports() }
            for (series, row) in taken { try match(row, of: series) }
            if clearing.hasRollDue { try roll(clearing) }
            if exchange.hasReports { try applyReports() }
            try engine.decide()
            try chain?.execute()
            try finishStep(at: time, &progress)
            try reportIfDue(&progress)
            if engine.isTradingAllowed, let exposure {
                exposure.append()
                try risk?.append(at: time, net: exposure.net)
            }
        }
    }

    /// Futures are rolled once everything else of the step has reached the books.
    private func roll(_ clearing: SimulatedClearing) throws {
        if exchange.hasReports { try applyReports() }
        try clearing.rollDue()
        for applied in clearing.takeClosings() { try trades.record(applied) }
    }

    /// Shows a row to engine and clearing.
    private func observe(
        _ row: Int, of series: Int, at time: Instant, _ clearing: SimulatedClearing, _ start: Instant
    ) throws {
        let instrument = table.instruments[series]
        let isSeen = !isHidden(instrument, at: time)
        switch table.kinds[series] {
        case .bars:
            let bar = table.bars.pointer[series].bar(row)
            if !engine.isTradingAllowed { allowTrading(from: start, stamp: bar.openTime) }
            if isSeen {
                try engine.observe(bar: bar, of: instrument)
            } else {
                try engine.mark(bar, of: instrument)
            }
            chain?.observe(close: bar.close, of: instrument)
            if markKinds[instrument.position] == .bars {
                engine.priced(instrument, at: time)
                clearing.marksMoved(of: instrument, low: bar.low, high: bar.high)
            }
        case .quotes:
            let quote = table.quotes.pointer[series].quote(row)
            if !engine.isTradingAllowed { allowTrading(from: start, stamp: quote.time) }
            if isSeen {
                try engine.observe(quote: quote, of: instrument)
            } else {
                try engine.mark(quote, of: instrument)
            }
            if markKinds[instrument.position] == .quotes { engine.priced(instrument, at: time) }
        case .trades:
            if !engine.isTradingAllowed { allowTrading(from: start, stamp: time) }
            let trade = table.trades.pointer[series].trade(row)
            if isSeen {
                try engine.observe(trade: trade, of: instrument)
            } else {
                try engine.mark(trade, of: instrument)
            }
            if markKinds[instrument.position] == .trades { engine.priced(instrument, at: time) }
        case .values:
            if !engine.isTradingAllowed { allowTrading(from: start, stamp: time) }
            if isSeen { observeValues(series, row, at: time) }
            if let chain { try observe(row, of: series, at: time, chain) }
            try settleValue(series, row, at: time, clearing)
        }
    }

    /// Indices, ratios and gas prices reach the chain; an oracle's ratio moves the marks of its assets.
    private func observe(_ row: Int, of series: Int, at time: Instant, _ chain: SimulatedChain) throws {
        guard case .values(let columns, let kind, let scale) = cursors[series].rows else { return }
        let instrument = cursors[series].instrument
        for (name, column) in zip(columns.names, columns.values) {
            let value = ExactDecimal(mantissa: Int128(column[row]), scale: scale)
            try chain.observe(kind, of: instrument, name, value)
            guard kind == .ratio, name == "ratio", run.instruments[instrument.position].isReference else {
                continue
            }
            try engine.observe(mark: try price(value, of: instrument), of: instrument)
            engine.priced(instrument, at: time)
        }
    }

    /// Funding and mark prices reach the venues, too.
    private func settleValue(
        _ series: Int, _ row: Int, at time: Instant, _ clearing: SimulatedClearing
    ) throws {
        guard case .values(let columns, let kind, let scale) = cursors[series].rows else { return }
        let instrument = cursors[series].instrument
        guard run.instruments[instrument.position].contract != nil,
            let role = BacktestRunner.role(of: kind), !columns.values.isEmpty
        else { return }
        let place = columns.names.firstIndex(of: role) ?? 0
        let value = ExactDecimal(mantissa: Int128(columns.values[place][row]), scale: scale)
        switch kind {
        case .funding: clearing.fundingKnown(of: instrument.position, rate: value, at: time)
        case .index: try engine.observe(index: value, of: instrument)
        default:
            try engine.observe(mark: try price(value, of: instrument), of: instrument)
            engine.priced(instrument, at: time)
            guard let high = columns.names.firstIndex(of: "high"),
                let low = columns.names.firstIndex(of: "low")
            else { return }
            func extreme(_ place: Int) throws(ArithmeticOverflow) -> Price {
                let extreme = ExactDecimal(mantissa: Int128(columns.values[place][row]), scale: scale)
                return try price(extreme, of: instrument)
            }
            clearing.marksMoved(of: instrument, low: try extreme(low), high: try extreme(high))
        }
    }

    /// The column of a series that venues go by; nil where they go by none.
    private static func role(of kind: SeriesKind) -> String? {
        switch kind {
        case .funding: "rate"
        case .mark: "mark"
        case .index: "index"
        default: nil
        }
    }

    /// A value at the price scale of an instrument. Checked when the series was opened: it fits.
    private func price(
        _ value: ExactDecimal, of instrument: InstrumentIndex
    ) throws(ArithmeticOverflow) -> Price {
        let scale = run.instruments[instrument.position].priceScale
        return Price(mantissa: Int64(clamping: try value.mantissa(at: scale, rounding: .halfEven)))
    }

    /// Holds resting orders against a row.
    private func match(_ row: Int, of series: Int) throws {
        let instrument = table.instruments[series]
        switch table.kinds[series] {
        case .bars: try exchange.barClosed(instrument, table.bars.pointer[series].bar(row))
        case .quotes: try exchange.quoted(instrument, table.quotes.pointer[series].quote(row))
        case .trades: try exchange.traded(instrument, table.trades.pointer[series].trade(row))
        case .values: break
        }
    }

    /// Which series fixes the mark of each instrument.
    static func markKinds(_ run: RunInstruments) -> [SeriesKind] {
        run.instruments.indices.map { index in
            let kinds = run.kinds[index]
            if kinds.contains(.mark) && run.instruments[index].contract != nil { return .mark }
            return kinds.contains(.quotes) ? .quotes : kinds.contains(.bars) ? .bars : .trades
        }
    }
}
