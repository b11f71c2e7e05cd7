internal import Markets
internal import Simulation
internal import TradingEngine
internal import Units

/// Venues that nobody reaches for a while: their markets go on unseen.
extension BacktestRunner {
    /// Whether the plan has any; its steps are then taken one by one.
    var hasOutages: Bool { !plan.execution.outages.isEmpty }

    /// Whether strategies see nothing of an instrument now.
    func isHidden(_ instrument: InstrumentIndex, at time: Instant) -> Bool {
        hasOutages
            && plan.execution.outages.holds(of: run.instruments[instrument.position].id.venue, at: time)
    }

    /// Takes a row that no strategy sees: it moves marks, and the exchange knows its price.
    func takeHidden(_ row: Int, of series: Int, at time: Instant, _ start: Instant) throws {
        let instrument = table.instruments[series]
        switch table.kinds[series] {
        case .bars:
            let bar = table.bars.pointer[series].bar(row)
            if !engine.isTradingAllowed { allowTrading(from: start, stamp: bar.openTime) }
            try engine.mark(bar, of: instrument)
            try exchange.barClosed(instrument, bar)
        case .quotes:
            let quote = table.quotes.pointer[series].quote(row)
            if !engine.isTradingAllowed { allowTrading(from: start, stamp: quote.time) }
            try engine.mark(quote, of: instrument)
            try exchange.quoted(instrument, quote)
        case .trades:
            let trade = table.trades.pointer[series].trade(row)
            if !engine.isTradingAllowed { allowTrading(from: start, stamp: time) }
            try engine.mark(trade, of: instrument)
            try exchange.traded(instrument, trade)
        case .values:
            if !engine.isTradingAllowed { allowTrading(from: start, stamp: time) }
        }
    }
}
