public import Events
internal import MarketData
internal import Markets
internal import Research
internal import RunFiles
internal import Trading
internal import Units

extension RunDesk {
    /// Executes a run and writes its result folder, whole or not at all.
    ///
    /// - Parameters:
    ///   - path: the run file.
    ///   - catalogue: the folder that takes the place of `data.catalogue`; nil keeps that of the file.
    ///   - folder: where the results go; an older result there is replaced.
    ///   - runID: how the execution is called in its summary.
    ///   - interval: nanoseconds between two reports.
    ///   - report: told now and then, and once at the end, with ``RunReport``'s JSON; what it throws ends the
    ///     run.
    ///   - prices: told once, before the run begins, of the prices that it works on, for a chart: for each
    ///     instrument `{"instrument", "timeframe", "bars": [[open time, open, high, low, close, volume]]}`
    ///     with at most 1,000 bars; what it throws ends the run.
    ///   - orders: told after `report` of orders that are new or changed, in lists of at most 150, in all of
    ///     the first 10,000 orders of the run; what it throws ends the run.
    /// - Returns: the object of `summary.json`.
    /// - Throws: as `tradewind backtest`.
    public func execute(
        _ path: String, catalogue: String?, folder: String, runID: String,
        interval: UInt64 = 1_000_000_000, prices: ([JSONText]) throws -> Void = { _ in },
        report: @escaping (JSONText) throws -> Void,
        orders: @escaping ([JSONText]) throws -> Void = { _ in }
    ) throws(CommandFailure) -> JSONText {
        let context = CommandContext(
            output: .standard, clock: ProcessClock(), strategies: strategies, files: files)
        let run = try RunFileLoader(files: files, strategies: strategies).load(
            path, settings: [], catalogue: catalogue)
        do throws(FileError) { _ = try ResultFolder.isReplaceable(folder, files) } catch {
            throw CommandFailure(error)
        }
        let data = try RunSeriesLoader(files: files, strategies: strategies).load(run)
        let start = run.plan.start ?? .distantPast
        let window = start..<max(start, run.plan.end ?? .distantFuture)
        do { try prices(RunPrices.json(of: data.series, in: window)) } catch { throw RunDesk.unread }
        let (told, followed) = (ToldSoFar(), RunOrders())
        let finished = try RunExecution(context: context).execute(
            run, data, keepsRecords: true, keepsFolder: true, runID: runID
        ) { options in
            options.watchInterval = interval
            let sink = options.logSink
            options.logSink = { block in
                try followed.take(block)
                try sink?(block)
            }
            options.watch = { moment in
                if moment.isLast {
                    told.last = moment
                } else {
                    told.time = moment.time
                    try report(RunReport.json(moment))
                    try followed.look(moment.logTail)
                    for list in followed.news() { try orders(list) }
                }
            }
        }
        do throws(FileError) { try finished.write(to: folder, context) } catch {
            throw CommandFailure(error)
        }
        if let last = told.last {
            do {
                try report(RunReport.json(last, finished.result.equity, after: told.time))
                for list in followed.news() { try orders(list) }
            } catch { throw RunDesk.unread }
        }
        return finished.summary
    }

    private static var unread: CommandFailure {
        CommandFailure(.outputFailed, code: "output", message: "nobody reads the progress of the run")
    }
}

/// What a watcher was told, and the last moment, which waits until the results are written.
private final class ToldSoFar {
    var time = Instant.distantPast
    var last: BacktestMoment?
}

/// How far a run is, as JSON: `percent` (0 to 100), `time`, `equity`, `drawdown` (a fraction), `orders`,
/// `fills`, `curve` (`[time, equity]` since the report before), `recent_fills`, `positions`, `attribution`.
enum RunReport {
    static func json(_ moment: BacktestMoment) -> JSONText {
        let scale = moment.equity.scale
        let curve = moment.points.map { point in
            JSONText.list([
                .time(point.time), .money(ExactDecimal(mantissa: point.equity, scale: scale)),
            ])
        }
        return .object([
            // All rows done is not all done: the results are still to be written.
            JSONMember("percent", .number(min(99.9, (moment.share * 1_000).rounded(.down) / 10))),
            JSONMember("time", .time(moment.time)), JSONMember("equity", .money(moment.equity)),
            JSONMember("drawdown", .number(moment.drawdown)), JSONMember("orders", .integer(moment.orders)),
            JSONMember("fills", .integer(moment.fills)), JSONMember("curve", .list(curve)),
            JSONMember("recent_fills", .list(moment.newFills.map(json))),
            JSONMember(
                "positions",
                .list(
                    moment.positions.map {
                        .object([
                            JSONMember("instrument", .string($0.instrument.description)),
                            JSONMember("quantity", .money($0.quantity)), JSONMember("mark", .money($0.mark)),
                        ])
                    })),
            JSONMember(
                "attribution",
                .object(moment.attribution.map { JSONMember($0.cause, .money($0.amount)) })),
        ])
    }

    private static func json(_ fill: MomentFill) -> JSONText {
        .object([
            JSONMember("number", .integer(fill.number)), JSONMember("time", .time(fill.time)),
            JSONMember("instrument", .string(fill.instrument.description)),
            JSONMember("side", .string(fill.side == .buy ? "BUY" : "SELL")),
            JSONMember("quantity", .money(fill.quantity)), JSONMember("price", .money(fill.price)),
            JSONMember("fee", .money(fill.fee)), JSONMember("fee_asset", .string(fill.feeAsset.symbol)),
            JSONMember("order", .integer(Int(clamping: fill.order))),
            JSONMember("cause", .string(fill.cause)),
        ])
    }

    /// The last report: everything is done; the rest of the curve, thinned.
    static func json(_ last: BacktestMoment, _ curve: EquityCurve, after told: Instant) -> JSONText {
        let rest = curve.points.filter { $0.time > told }
        let step = max(1, (rest.count + BacktestMoment.pointLimit - 1) / BacktestMoment.pointLimit)
        var points = stride(from: 0, to: rest.count, by: step).map { rest[$0] }
        if let end = rest.last, points.last != end { points.append(end) }
        let drawn = points.map { point in
            JSONText.list([
                .time(point.time), .money(ExactDecimal(mantissa: point.equity, scale: curve.scale)),
            ])
        }
        return json(last).replacing("percent", by: .number(100)).replacing("curve", by: .list(drawn))
    }
}

extension JSONText {
    fileprivate func replacing(_ key: String, by value: JSONText) -> JSONText {
        guard case .object(let members) = self else { return self }
        return .object(members.map { $0.key == key ? JSONMember(key, value) : $0 })
    }
}
