internal import Accounting
internal import Markets
internal import MarketData
internal import Simulation
internal import StrategyKit
internal import Trading
internal import TradingEngine
internal import Units

extension BacktestRunner {
    /// Drives the engine over every step and gathers the result.
    mutating func drive() throws -> BacktestResult {
        let began = options.clock?() ?? 0
        let start = plan.start ?? .distantPast
        let firstTime = merge.nextTime ?? .epoch
        let opening = min(plan.start ?? earliestStamp, firstTime)
        try engine.open(at: opening)
        engine.isTradingAllowed = false
        var recorder = EquityRecorder(
            scale: engine.ledger.valueScale, start: max(earliestStamp, plan.start ?? earliestStamp),
            initialEquity: engine.equity, initialCash: engine.cash, everyStepIsPeriod: periodsAreBars)
        let initialFlows = engine.netFlows
        var nextReport = 65_536
        while let time = merge.nextTime {
            if exchange.workingCount != 0 { try openBars(before: time) }
            engine.beginStep(at: time)
            try takeRows(at: time, start: start)
            if exchange.hasReports { try applyReports() }
            try engine.decide()
            if !engine.commands.isEmpty { try sendCommands(at: time) }
            try engine.endStep()
            lastTime = time
            if engine.isTradingAllowed {
                steps += 1
                recorder.append(
                    time: time.nanoseconds, equity: engine.equity, cash: engine.cash,
                    netFlows: engine.netFlows - initialFlows)
            }
            if rows >= nextReport {
                nextReport += 65_536
                try engine.ledger.verifyValuation()
                if let progress = options.progress, !progress(doneShare) { throw BacktestError.interrupted }
            }
        }
        if steps == 0 { throw BacktestError.noRows }
        let hash = try engine.close()
        let seconds = options.clock.map { Double($0() - began) / 1e9 } ?? 0
        return result(curve: recorder.finish(), initialFlows: initialFlows, hash: hash, seconds: seconds)
    }

    private var doneShare: Double {
        let all = cursors.reduce(0) { $0 + $1.range.count }
        return all == 0 ? 1 : Double(rows) / Double(all)
    }

    /// The earliest stamp of any row.
    private var earliestStamp: Instant {
        let stamps = cursors.filter { !$0.range.isEmpty }.map { $0.stamp($0.range.lowerBound) }
        return Instant(nanoseconds: stamps.min() ?? 0)
    }

    /// Hands every row of this time to engine and exchange.
    @inline(__always)
    private mutating func takeRows(at time: Instant, start: Instant) throws {
        while let (series, row) = merge.take(at: time) {
            rows += 1
            let instrument = cursors[series].instrument
            switch cursors[series].rows {
            case .bars(let columns):
                let bar = columns.bar(row)
                if !engine.isTradingAllowed { allowTrading(from: start, stamp: bar.openTime) }
                try engine.observe(bar: bar, of: instrument)
                try exchange.barClosed(instrument, bar)
            case .quotes(let columns):
                let quote = columns.quote(row)
                if !engine.isTradingAllowed { allowTrading(from: start, stamp: time) }
                try engine.observe(quote: quote, of: instrument)
                try exchange.quoted(instrument, quote)
            case .trades(let columns):
                let trade = columns.trade(row)
                if !engine.isTradingAllowed { allowTrading(from: start, stamp: time) }
                try engine.observe(trade: trade, of: instrument)
                try exchange.traded(instrument, trade)
            case .values(let columns, let kind, let scale):
                if !engine.isTradingAllowed { allowTrading(from: start, stamp: time) }
                for (name, column) in zip(columns.names, columns.values) {
                    engine.observe(
                        SeriesObservation(
                            time: time, instrument: instrument, kind: kind, name: name,
                            value: ExactDecimal(mantissa: Int128(column[row]), scale: scale)))
                }
            }
        }
    }

    /// Trading begins with the first row stamped at or after the window's start.
    private mutating func allowTrading(from start: Instant, stamp: Instant) {
        guard stamp >= start else { return }
        engine.isTradingAllowed = true
        firstStamp = stamp
    }

    /// Opens of bars that lie between the last step and the next one, in order of time, for instruments
    /// with working orders. Strategies never see them; they hear of the fills.
    @inline(never)
    private mutating func openBars(before next: Instant) throws {
        while exchange.workingCount != 0 {
            var earliest: (series: Int, row: Int, time: Int64)?
            for index in run.instruments.indices where exchange.awaitsOpen(index) {
                let series = barSeries[index]
                guard series >= 0, let row = merge.nextRow(of: series), openedRows[series] < row,
                    case .bars(let bars) = cursors[series].rows
                else { continue }
                let time = bars.openTime[row]
                if time < next.nanoseconds, time >= engine.now.nanoseconds, time < (earliest?.time ?? Int64.max) {
                    earliest = (series, row, time)
                }
            }
            guard let (series, row, nanoseconds) = earliest, case .bars(let bars) = cursors[series].rows else {
                return
            }
            openedRows[series] = row
            let time = Instant(nanoseconds: nanoseconds)
            engine.beginStep(at: time)
            try exchange.barOpened(
                cursors[series].instrument, open: Price(mantissa: bars.open[row] * bars.factor), at: time)
            if exchange.hasReports {
                try applyReports()
                try engine.decideOnNews()
                if !engine.commands.isEmpty { try sendCommands(at: time) }
                try engine.endStep()
            }
        }
    }

    private mutating func sendCommands(at time: Instant) throws {
        for command in engine.takeCommands() { try exchange.receive(command, at: time) }
        if exchange.hasReports { try applyReports() }
    }

    private mutating func applyReports() throws {
        for timed in exchange.takeReports() {
            if let applied = try engine.apply(timed.report, knownAt: timed.knownAt) {
                try trades.record(applied)
            }
        }
    }
}
