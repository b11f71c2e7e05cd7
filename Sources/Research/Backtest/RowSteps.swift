internal import Markets
internal import Simulation
internal import TradingEngine
internal import Units

/// How the rows of one series enter a run. A type for each kind of row, so that the loop over steps is
/// compiled for it.
protocol RowSteps {
    /// Takes the only row of its time as far as the decision; trading is allowed.
    func takeSole(_ row: Int, _ runner: BacktestRunner) throws
    /// Observes one of several rows of a time, or one before trading is allowed.
    func observe(_ row: Int, at time: Instant, _ runner: BacktestRunner) throws
}

/// Bars.
struct BarSteps: RowSteps {
    let rows: BarRows
    let instrument: InstrumentIndex
    /// Start of trading.
    let start: Instant

    @inline(__always)
    func takeSole(_ row: Int, _ runner: BacktestRunner) throws {
        let bar = rows.bar(row)
        // What the exchange reports waits; so marks may move after it, which keeps fewer numbers in the air.
        try runner.exchange.barClosed(instrument, bar)
        try runner.engine.mark(bar, of: instrument)
        if runner.exchange.hasReports { try runner.applyReports() }
        try runner.engine.decide(on: bar, of: instrument)
    }

    @inline(__always)
    func observe(_ row: Int, at time: Instant, _ runner: BacktestRunner) throws {
        try runner.take(rows.bar(row), of: instrument, start)
    }
}

/// Quotes.
struct QuoteSteps: RowSteps {
    let rows: QuoteRows
    let instrument: InstrumentIndex
    /// Start of trading.
    let start: Instant

    @inline(__always)
    func takeSole(_ row: Int, _ runner: BacktestRunner) throws {
        let quote = rows.quote(row)
        // What the exchange reports waits; so marks may move after it, which keeps fewer numbers in the air.
        try runner.exchange.quoted(instrument, quote)
        try runner.engine.mark(quote, of: instrument)
        if runner.exchange.hasReports { try runner.applyReports() }
        try runner.engine.decide(on: quote, of: instrument)
    }

    @inline(__always)
    func observe(_ row: Int, at time: Instant, _ runner: BacktestRunner) throws {
        try runner.take(rows.quote(row), of: instrument, start)
    }
}

/// Trades, and values of series.
struct OtherSteps: RowSteps {
    let series: Int
    /// Start of trading.
    let start: Instant

    func takeSole(_ row: Int, _ runner: BacktestRunner) throws {
        try observe(row, at: runner.engine.now, runner)
        if runner.exchange.hasReports { try runner.applyReports() }
        try runner.engine.decide()
    }

    func observe(_ row: Int, at time: Instant, _ runner: BacktestRunner) throws {
        try runner.takeRow(row, of: series, at: time, start)
    }
}
