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
            for applied in clearing.takeClosings() { try trades.record(applied) }
            if exchange.hasReports { try applyReports() }
            for (series, row) in taken { try match(row, of: series) }
            try completeStep(at: time, &progress)
            if engine.isTradingAllowed, let exposure {
                exposure.append()
                try risk?.append(at: time, net: exposure.net)
            }
        }
    }

    /// Shows a row to engine and clearing.
    private func observe(
        _ row: Int, of series: Int, at time: Instant, _ clearing: SimulatedClearing, _ start: Instant
    ) throws {
        let instrument = table.instruments[series]
        switch table.kinds[series] {
        case .bars:
            let bar = table.bars.pointer[series].bar(row)
            if !engine.isTradingAllowed { allowTrading(from: start, stamp: bar.openTime) }
            try engine.observe(bar: bar, of: instrument)
            if markKinds[instrument.position] == .bars { engine.priced(instrument, at: time) }
        case .quotes:
            let quote = table.quotes.pointer[series].quote(row)
            if !engine.isTradingAllowed { allowTrading(from: start, stamp: quote.time) }
            try engine.observe(quote: quote, of: instrument)
            if markKinds[instrument.position] == .quotes { engine.priced(instrument, at: time) }
        case .trades:
            if !engine.isTradingAllowed { allowTrading(from: start, stamp: time) }
            try engine.observe(trade: table.trades.pointer[series].trade(row), of: instrument)
            if markKinds[instrument.position] == .trades { engine.priced(instrument, at: time) }
        case .values:
            if !engine.isTradingAllowed { allowTrading(from: start, stamp: time) }
            observeValues(series, row, at: time)
            try settleValue(series, row, at: time, clearing)
        }
    }

    /// Funding and mark prices reach the venues, too.
    private func settleValue(
        _ series: Int, _ row: Int, at time: Instant, _ clearing: SimulatedClearing
    ) throws {
        guard case .values(let columns, let kind, let scale) = cursors[series].rows else { return }
        let instrument = cursors[series].instrument
        let place = columns.names.firstIndex(of: kind == .funding ? "rate" : "mark") ?? 0
        guard columns.values.indices.contains(place) else { return }
        let value = columns.values[place][row]
        if kind == .funding {
            clearing.fundingKnown(
                of: instrument.position, rate: ExactDecimal(mantissa: Int128(value), scale: scale), at: time)
        } else if kind == .mark, run.instruments[instrument.position].contract != nil {
            // Checked when the series was opened: it fits.
            let price = try scale.convert(
                Int128(value), to: run.instruments[instrument.position].priceScale, rounding: .halfEven)
            try engine.observe(mark: Price(mantissa: Int64(clamping: price)), of: instrument)
            engine.priced(instrument, at: time)
        }
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
