internal import Accounting
internal import MarketData
internal import Markets
internal import Simulation
internal import StrategyKit
internal import Trading
internal import TradingEngine
internal import Units

extension BacktestRunner {
    /// Drives the engine over every step and gathers the result.
    func drive() throws -> BacktestResult {
        let began = options.clock?() ?? 0
        let start = plan.start ?? .distantPast
        let opening = min(plan.start ?? earliestStamp, firstTime)
        try engine.open(at: opening)
        engine.isTradingAllowed = false
        let initialFlows = engine.totals.netFlows
        var progress = RunProgress(
            recorder: EquityRecorder(
                scale: engine.ledger.valueScale, start: max(earliestStamp, plan.start ?? earliestStamp),
                initialEquity: engine.totals.equity, initialCash: engine.totals.cash,
                everyStepIsPeriod: periodsAreBars, pointLimit: options.curvePoints),
            initialFlows: initialFlows, lastFlows: initialFlows, start: start)
        if options.keepsRecords {
            progress.attribution = AttributionRecorder(
                from: max(earliestStamp, plan.start ?? earliestStamp), to: latestTime)
        }
        if options.watch != nil {
            progress.moments = MomentCollector(interval: options.watchInterval, now: began)
            progress.nextReport = BacktestRunner.watchedStretch
        }
        if let clearing { try driveContracts(clearing, &progress) }
        while let time = merge.nextTime {
            if !hasOutages, let (series, rows) = merge.soleRun() {
                try takeRun(of: series, rows, &progress)
                merge.endRun(series)
            } else {
                if exchange.awaitsOpens { try openBars(before: time) }
                engine.beginStep(at: time)
                while let (series, row) = merge.take(at: time) {
                    rows.value += 1
                    try takeRow(row, of: series, at: time, start)
                }
                try completeStep(at: time, &progress)
            }
        }
        lastTime = engine.now
        if progress.recorder.steps == 0 { throw BacktestError.noRows }
        progress.attribution.append(at: engine.now, engine.ledger, books: plan.strategies.count)
        if let watch = options.watch { try report(to: watch, &progress) }
        let hash = try engine.close()
        let seconds = options.clock.map { Double($0() - began) / 1e9 } ?? 0
        return result(
            curve: progress.recorder.finish(), attribution: progress.attribution.curve,
            steps: progress.recorder.steps, initialFlows: initialFlows, hash: hash, seconds: seconds)
    }

    /// Takes a run of rows of one series, a step for each distinct time.
    private func takeRun(of series: Int, _ rows: Range<Int>, _ progress: inout RunProgress) throws {
        let (instrument, start) = (table.instruments[series], progress.start)
        switch table.kinds[series] {
        case .bars:
            let steps = BarSteps(rows: table.bars[series], instrument: instrument, start: start)
            try eachStep(steps, of: series, rows, &progress)
        case .quotes:
            let steps = QuoteSteps(rows: table.quotes[series], instrument: instrument, start: start)
            try eachStep(steps, of: series, rows, &progress)
        case .trades, .values:
            try eachStep(OtherSteps(series: series, start: start), of: series, rows, &progress)
        }
    }

    /// A step for each distinct time of a run of rows.
    @inline(never)
    private func eachStep<Steps: RowSteps>(
        _ steps: Steps, of series: Int, _ rows: Range<Int>, _ progress: inout RunProgress
    ) throws {
        let times = table.times[series]
        let stretch = options.watch == nil ? BacktestRunner.stretch : BacktestRunner.watchedStretch
        var row = rows.lowerBound
        while row < rows.upperBound {
            let end = min(rows.upperBound, row + stretch)
            let first = row
            while row < end {
                let time = Instant(nanoseconds: times[row])
                if exchange.awaitsOpens {
                    merge.advance(series, to: row)
                    try openBars(before: time)
                }
                engine.beginStep(at: time)
                row += 1
                let isSole = row == rows.upperBound || times[row] != time.nanoseconds
                if isSole && engine.isTradingAllowed {
                    try steps.takeSole(row - 1, self)
                    if engine.hasCommands { try sendCommands(at: time) }
                    try engine.endStep()
                    record(at: time, &progress)
                } else {
                    try steps.observe(row - 1, at: time, self)
                    while row < rows.upperBound && times[row] == time.nanoseconds {
                        try steps.observe(row, at: time, self)
                        row += 1
                    }
                    if exchange.hasReports { try applyReports() }
                    try engine.decide()
                    try finishStep(at: time, &progress)
                }
            }
            merge.advance(series, to: row)
            self.rows.value += row - first
            try reportIfDue(&progress)
        }
    }

    /// Steps between two looks at what is due now and then.
    private static let stretch = 8192
    /// The same while somebody watches.
    private static let watchedStretch = 512

    @inline(__always)
    func take(_ bar: Bar, of instrument: InstrumentIndex, _ start: Instant) throws {
        if !engine.isTradingAllowed { allowTrading(from: start, stamp: bar.openTime) }
        try engine.observe(bar: bar, of: instrument)
        try exchange.barClosed(instrument, bar)
    }

    @inline(__always)
    func take(_ quote: Quote, of instrument: InstrumentIndex, _ start: Instant) throws {
        if !engine.isTradingAllowed { allowTrading(from: start, stamp: quote.time) }
        try engine.observe(quote: quote, of: instrument)
        try exchange.quoted(instrument, quote)
    }

    /// What follows the observations of a step: reports, decisions, commands, the books.
    @inline(__always)
    func completeStep(at time: Instant, _ progress: inout RunProgress) throws {
        if exchange.hasReports { try applyReports() }
        try engine.decide()
        try finishStep(at: time, &progress)
        try reportIfDue(&progress)
    }

    /// What follows the decisions of a step: commands, the books.
    @inline(__always)
    func finishStep(at time: Instant, _ progress: inout RunProgress) throws {
        if engine.hasCommands { try sendCommands(at: time) }
        try engine.endStep()
        if engine.isTradingAllowed { record(at: time, &progress) }
    }

    /// Follows equity after a step.
    @inline(__always)
    private func record(at time: Instant, _ progress: inout RunProgress) {
        let totals = engine.totals
        if time.nanoseconds >= progress.attribution.due { recordAttribution(at: time, &progress) }
        if totals.netFlows == progress.lastFlows {
            progress.recorder.append(time: time.nanoseconds, equity: totals.equity, cash: totals.cash)
        } else {
            progress.lastFlows = totals.netFlows
            progress.recorder.append(
                time: time.nanoseconds, equity: totals.equity, cash: totals.cash,
                netFlows: totals.netFlows - progress.initialFlows)
        }
    }

    @inline(never)
    private func recordAttribution(at time: Instant, _ progress: inout RunProgress) {
        progress.attribution.append(at: time, engine.ledger, books: plan.strategies.count)
    }

    /// Now and then: the books from the ground up, and a word to the caller.
    @inline(never)
    func reportIfDue(_ progress: inout RunProgress) throws {
        if rows.value < progress.nextReport { return }
        if rows.value >= progress.nextCheck {
            progress.nextCheck += 65_536
            try engine.ledger.verifyValuation()
            if let tell = options.progress, !tell(doneShare) { throw BacktestError.interrupted }
        }
        progress.nextReport = progress.nextCheck
        if let watch = options.watch {
            // The clock says when a watcher is told; it is looked at often, as steps may be slow.
            progress.nextReport = min(progress.nextCheck, rows.value + BacktestRunner.watchedStretch)
            try report(to: watch, &progress)
        }
    }

    /// Notes equity, and tells the watcher where the run is when that is due.
    private func report(
        to watch: (BacktestMoment) throws -> Void, _ progress: inout RunProgress
    ) throws {
        guard let now = options.clock?() else { return }
        progress.moments.note(progress.recorder.present)
        let isLast = merge.nextTime == nil
        if !isLast && !progress.moments.isDue(now) { return }
        let (points, told) = progress.moments.take(now: now, fills: trades.fillCount)
        try watch(
            moment(
                share: doneShare, isLast: isLast, points: points, told: told,
                drawdown: progress.recorder.presentDrawdown))
    }

    private var doneShare: Double {
        let all = cursors.reduce(0) { $0 + $1.range.count }
        return all == 0 ? 1 : Double(rows.value) / Double(all)
    }

    /// The earliest stamp of any row, one that is left out included.
    private var earliestStamp: Instant {
        let stamps = cursors.filter { $0.range.upperBound > 0 }.map { $0.stamp(0) }
        return Instant(nanoseconds: stamps.min() ?? 0)
    }

    /// When the last row becomes visible.
    private var latestTime: Instant {
        let times = cursors.indices.filter { !cursors[$0].range.isEmpty }.map {
            table.times[$0][cursors[$0].range.upperBound - 1]
        }
        return Instant(nanoseconds: times.max() ?? 0)
    }

    /// When the first row became visible, one that is left out included.
    private var firstTime: Instant {
        let times = cursors.indices.filter { cursors[$0].range.upperBound > 0 }.map { table.times[$0][0] }
        return Instant(nanoseconds: times.min() ?? 0)
    }

    /// Hands a row to engine and exchange.
    func takeRow(_ row: Int, of series: Int, at time: Instant, _ start: Instant) throws {
        let instrument = table.instruments[series]
        if isHidden(instrument, at: time) { return try takeHidden(row, of: series, at: time, start) }
        switch table.kinds[series] {
        case .bars: try take(table.bars.pointer[series].bar(row), of: instrument, start)
        case .quotes: try take(table.quotes.pointer[series].quote(row), of: instrument, start)
        case .trades:
            let trade = table.trades.pointer[series].trade(row)
            if !engine.isTradingAllowed { allowTrading(from: start, stamp: time) }
            try engine.observe(trade: trade, of: instrument)
            try exchange.traded(instrument, trade)
        case .values:
            if !engine.isTradingAllowed { allowTrading(from: start, stamp: time) }
            observeValues(series, row, at: time)
        }
    }

    func observeValues(_ series: Int, _ row: Int, at time: Instant) {
        guard case .values(let columns, let kind, let scale) = cursors[series].rows else { return }
        for (name, column) in zip(columns.names, columns.values) {
            engine.observe(
                SeriesObservation(
                    time: time, instrument: cursors[series].instrument, kind: kind, name: name,
                    value: ExactDecimal(mantissa: Int128(column[row]), scale: scale)))
        }
    }

    /// Trading begins with the first row stamped at or after the window's start.
    func allowTrading(from start: Instant, stamp: Instant) {
        guard stamp >= start else { return }
        engine.isTradingAllowed = true
        firstStamp = stamp
    }

    /// Opens of bars that lie between the last step and the next one, in order of time, for instruments
    /// with working orders. Strategies never see them; they hear of their own fills, once all bars that open
    /// at one moment did.
    @inline(never)
    func openBars(before next: Instant) throws {
        while exchange.awaitsOpens || exchange.hasReports {
            let earliest = !exchange.awaitsOpens ? nil : nextOpening(before: next)
            if exchange.hasReports, (earliest?.time ?? Int64.max) > engine.now.nanoseconds {
                let known = engine.newsCount
                try applyReports()
                try engine.decideOnNews(from: known)
                if engine.hasCommands {
                    passOpenings(at: engine.now)
                    try sendCommands(at: engine.now)
                }
                try engine.endStep()
                continue
            }
            guard let (series, row, time) = earliest else { return }
            openedRows[series] = row
            engine.beginStep(at: Instant(nanoseconds: time))
            let bars = table.bars.pointer + series
            try exchange.barOpened(
                table.instruments[series],
                open: Price(mantissa: bars.pointee.open[row] * bars.pointee.factor), at: engine.now)
        }
    }

    /// What a strategy asks for when it hears of an opening comes after all openings of that moment, whether
    /// or not orders waited for them.
    private func passOpenings(at time: Instant) {
        for series in barSeries where series >= 0 {
            guard let row = merge.nextRow(of: series) else { continue }
            if table.bars.pointer[series].openTime[row] == time.nanoseconds { openedRows[series] = row }
        }
    }

    /// The first bar to open, of instruments with working orders, that was not opened yet.
    private func nextOpening(before next: Instant) -> (series: Int, row: Int, time: Int64)? {
        var earliest: (series: Int, row: Int, time: Int64)?
        for index in 0..<barSeries.count where exchange.awaitsOpen(index) {
            let series = barSeries[index]
            guard series >= 0, let row = merge.nextRow(of: series), openedRows[series] < row else { continue }
            let time = table.bars.pointer[series].openTime[row]
            if time < next.nanoseconds, time >= engine.now.nanoseconds, time < (earliest?.time ?? Int64.max) {
                earliest = (series, row, time)
            }
        }
        return earliest
    }

    private func sendCommands(at time: Instant) throws {
        try engine.forEachCommand { command throws(ArithmeticOverflow) in
            try exchange.receive(command, at: time)
        }
        if exchange.hasReports { try applyReports() }
    }

    func applyReports() throws {
        try exchange.forEachReport { timed in
            if let applied = try engine.apply(timed.report, knownAt: timed.knownAt) {
                try trades.record(applied.pointee)
            }
        }
    }
}

/// What changes with every step of a run.
struct RunProgress: ~Copyable {
    var recorder: EquityRecorder
    /// Off unless records are kept.
    var attribution = AttributionRecorder()
    let initialFlows: Int128
    /// Net flows, the initial capital included, at the last step that was recorded.
    var lastFlows: Int128
    /// Start of trading.
    let start: Instant
    /// Rows at which the loop looks up next.
    var nextReport = 65_536
    /// Rows at which the books are checked next, and the caller is told.
    var nextCheck = 65_536
    /// What a watcher is told next.
    var moments = MomentCollector(interval: .max, now: 0)
}
