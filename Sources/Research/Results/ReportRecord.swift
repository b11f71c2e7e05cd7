public import Events
public import MarketData
internal import Markets
internal import Simulation
internal import Trading
internal import Units

/// `report.json` of a result folder: what the report needs beside the other files.
enum ReportRecord {
    static let name = "report.json"
    /// Form of the file; another one is of another version.
    static let format = "tradewind report 4"
}

extension ReportInput {
    /// All files of a result folder.
    ///
    /// - Parameters:
    ///   - summary: the object of `summary.json`.
    ///   - log: hands over the bytes of the run's log in order.
    public func files(
        summary: JSONText, log: @escaping (ResultFile.Writer) throws(FileError) -> Void
    ) -> [ResultFile] {
        let result = result
        return [
            ResultFile(ResultFolder.mark, text: summary.pretty),
            ResultFile("equity.csv") { ResultTables.equity(result.equity) },
            ResultFile("fills.csv") { ResultTables.fills(result, orderPrefix: result.inputsStem) },
            ResultFile("ledger.csv") { (write: ResultFile.Writer) throws(FileError) in
                try ResultTables.ledger(result, orderPrefix: result.inputsStem, write)
            },
            ResultFile("returns.csv") { ResultTables.returns(result) },
            ResultFile("trades.csv") { ResultTables.trades(result) },
            ResultFile("risk.csv") { ResultTables.risk(result) },
            ResultFile("rebalances.csv") { ResultTables.rebalances(result) },
            ResultFile("events.log", writing: log),
            ResultFile(ReportRecord.name, text: record.compact + "\n"),
            ResultFile("report.html", text: HTMLReport(self).render()),
        ]
    }

    /// The content of `report.json`: how the run was executed, its instruments, and the curves that are
    /// drawn. Times in lists are nanoseconds since 1970 UTC.
    public var record: JSONText {
        let curve = result.equity
        return .object([
            JSONMember("format", .string(ReportRecord.format)),
            JSONMember("fill", .string(result.plan.execution.fill.rawValue)),
            JSONMember("execution", ReportInput.lines(model.execution)),
            JSONMember("strategies", .list(strategies)),
            JSONMember("instruments", .list(result.instruments.map(ReportInput.instrument))),
            JSONMember("equity_decimals", .integer(Int(curve.scale.decimals))),
            JSONMember("flows", .list(flows)),
            JSONMember(
                "drawdown",
                .object([
                    JSONMember("deepest", .optional(curve.drawdown.deepest)),
                    JSONMember("peak", .time(curve.drawdown.peak)),
                    JSONMember("trough", .time(curve.drawdown.trough)),
                    JSONMember(
                        "longest_nanoseconds", .integer(Int(curve.drawdown.longest.nanoseconds))),
                ])),
            JSONMember("exposure_time", .optional(curve.exposure)),
            JSONMember("days_per_year", .integer(result.daysPerYear)),
            JSONMember("periods_are_bars", .flag(result.periodsAreBars)),
            JSONMember("period_nanoseconds", .integer(Int(result.periodLength.nanoseconds))),
            JSONMember("engine_seconds", .number(result.engineSeconds)),
            JSONMember("inputs_stem", .string(result.inputsStem)),
            JSONMember("prices", .list(prices.map(ReportInput.track))),
            JSONMember("benchmark", result.benchmark.map(ReportInput.benchmark) ?? .null),
            JSONMember("bands", ReportInput.bands(result.plan.bands)),
            JSONMember("risk", result.riskCurve.map(ReportInput.risk) ?? .null),
            JSONMember("attribution", result.attributionCurve.map(ReportInput.attribution) ?? .null),
            JSONMember("rebalances", .list(result.rebalances.map(ReportInput.rebalance))),
            JSONMember("yields", .list(result.yields.map(ReportInput.yield))),
        ])
    }

    private static func time(_ time: Instant) -> JSONText { .integer(Int(time.nanoseconds)) }

    private static func lines(_ lines: [ReportLine]) -> JSONText {
        .list(lines.map { .list([.string($0.name), .string($0.value)]) })
    }

    private var strategies: [JSONText] {
        result.plan.strategies.enumerated().map { index, planned in
            .object([
                JSONMember("account", .string(planned.account)),
                JSONMember("strategy", .string(planned.strategy)),
                JSONMember("capital", .money(planned.capital)),
                JSONMember(
                    "parameters",
                    ReportInput.lines(model.parameters.indices.contains(index) ? model.parameters[index] : [])
                ),
            ])
        }
    }

    private static func instrument(_ instrument: Instrument) -> JSONText {
        .object([
            JSONMember("key", .string(instrument.id.description)),
            JSONMember("base", .string(instrument.base.symbol)),
            JSONMember("quote", .string(instrument.quote.symbol)),
            JSONMember("price_decimals", .integer(Int(instrument.priceScale.decimals))),
            JSONMember("quantity_decimals", .integer(Int(instrument.quantityScale.decimals))),
        ])
    }

    /// Net deposits so far, at each point of the curve at which they changed.
    private var flows: [JSONText] {
        var before: Int128 = 0
        var flows: [JSONText] = []
        for point in result.equity.points where point.netFlows != before {
            before = point.netFlows
            let amount = ExactDecimal(mantissa: before, scale: result.equity.scale)
            flows.append(.list([.string(point.time.description), .money(amount)]))
        }
        return flows
    }

    private static func track(_ track: PriceTrack) -> JSONText {
        .object([
            JSONMember("instrument", .integer(track.instrument.position)),
            JSONMember("kind", .string(track.kind)),
            JSONMember("points", .list(track.points.map { .list([time($0.time), .number($0.price)]) })),
        ])
    }

    private static func benchmark(_ curve: BenchmarkCurve) -> JSONText {
        .object([
            JSONMember("instrument", .string(curve.instrument.description)),
            JSONMember("last_close", .time(curve.lastClose)),
            JSONMember("points", .list(curve.points.map { .list([time($0.time), .number($0.growth)]) })),
        ])
    }

    private static func attribution(_ curve: AttributionCurve) -> JSONText {
        .object([
            JSONMember("causes", .list(curve.causes.map { .string($0) })),
            JSONMember(
                "points",
                .list(curve.points.map { .list([time($0.time)] + $0.amounts.map { .number($0) }) })),
        ])
    }

    private static func risk(_ curve: RiskCurve) -> JSONText {
        .list(
            curve.points.map {
                .list([
                    time($0.time), .number($0.gross), .number($0.net), .optional($0.marginRatio),
                    .number($0.funding), .optional($0.healthFactor), .optional($0.loanToValue),
                    .optional($0.liquidationDistance), .optional($0.netDelta),
                    .optional($0.netDeltaInDollars),
                ])
            })
    }

    /// The bounds that the report draws and names.
    private static func bands(_ bands: RiskBands) -> JSONText {
        func bounds(_ values: ExactDecimal...) -> JSONText { .list(values.map { .money($0) }) }
        let (health, margin, drift) = (bands.healthFactor, bands.marginRatio, bands.deltaDrift)
        return .object([
            JSONMember("health_factor", bounds(health.warning, health.reduce, health.critical)),
            JSONMember("margin_ratio", bounds(margin.warning, margin.reduce, margin.critical)),
            JSONMember("delta_drift", bounds(drift.warning, drift.reduce, drift.critical)),
        ])
    }

    private static func rebalance(_ line: RebalanceLine) -> JSONText {
        .object([
            JSONMember("time", .time(line.time)), JSONMember("account", .string(line.account)),
            JSONMember("action", .string(line.action)), JSONMember("reason", .string(line.reason)),
            JSONMember("net_delta", .optional(line.netDelta)),
            JSONMember("margin_ratio", .optional(line.marginRatio)),
            JSONMember("health_factor", .optional(line.healthFactor)),
        ])
    }

    private static func yield(_ curve: YieldCurve) -> JSONText {
        .object([
            JSONMember("name", .string(curve.name)),
            JSONMember("points", .list(curve.points.map { .list([time($0.time), .number($0.growth)]) })),
        ])
    }
}
