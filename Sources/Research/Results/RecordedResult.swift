internal import Accounting
public import Events
public import MarketData
internal import Markets
internal import Simulation
internal import StrategyKit
internal import Trading
internal import Units

/// A result that was read back from its folder: all that its reports show.
///
/// The plan in it holds names, capital and fill rule; parameters and execution model are there in words, as
/// ``ReportInput/model``. Postings and the strategies of fills stay in the files.
public struct RecordedResult: Sendable {
    /// The result with its statistics and prices.
    public let input: ReportInput
    /// The object of `summary.json`.
    public let summary: JSONText

    /// Reads a result folder.
    ///
    /// - Parameters:
    ///   - folder: path of the folder.
    ///   - producer: name and version of the program that will make the report.
    /// - Throws: for a folder or file that is absent, damaged, of another version, or that does not fit the
    ///   others.
    public init(folder: String, producer: String, _ files: some FileStore) throws(ResultReadError) {
        let reader = RecordedResultReader(folder: folder, files: files)
        let summary = try RecordedSummary.read(folder, files)
        (input, self.summary) = (try reader.read(summary, producer: producer), summary.object)
    }
}

/// Reads the files of a result folder.
private struct RecordedResultReader<Files: FileStore> {
    let folder: String
    let files: Files

    func path(_ name: String) -> String { FilePath.join(folder, name) }

    func read(_ summary: RecordedFields, producer: String) throws(ResultReadError) -> ReportInput {
        let record = try record()
        let instruments = try instruments(record)
        let strategies = try record.list("strategies")
        var parameters: [[ReportLine]] = []
        for strategy in strategies { parameters.append(try strategy.lines("parameters")) }
        let model = ReportModel(execution: try record.lines("execution"), parameters: parameters)
        let plan = try plan(summary, record, strategies)
        var result = BacktestResult.empty(plan)
        try summary.fill(&result)
        let fields = RecordedFills(instruments: instruments, accounts: plan.strategies.map(\.account))
        result.instruments = instruments
        result.fills = try fills(fields)
        result.roundTrips = try fields.trips(path("trades.csv"), files)
        result.daysPerYear = try record.count("days_per_year", atMost: 366)
        result.periodsAreBars = try record.flag("periods_are_bars")
        result.periodLength = Timespan(nanoseconds: Int64(try record.count("period_nanoseconds")))
        result.engineSeconds = try record.number("engine_seconds") ?? 0
        result.inputsStem = try record.text("inputs_stem")
        let (curve, benchmarkReturns) = try RecordedCurve(record: record).read(folder, files)
        result.equity = curve
        result.benchmark = try benchmark(record, benchmarkReturns)
        result.riskCurve = try risk(record)
        result.attributionCurve = try attribution(record)
        result.rebalances = try rebalances(record)
        result.yields = try yields(record)
        let prices = try prices(record, count: instruments.count)
        try check(result, summary)
        return ReportInput(
            result: result, statistics: BacktestStatistics(result), prices: prices, producer: producer,
            model: model)
    }

    private func record() throws(ResultReadError) -> RecordedFields {
        let path = path(ReportRecord.name)
        let isThere: Bool
        do throws(FileError) { isThere = try files.entry(path) != nil } catch { throw ResultReadError(error) }
        if !isThere {
            throw ResultReadError(
                path: folder, "it holds no \(ReportRecord.name): another version of tradewind wrote it")
        }
        let record = try RecordedSummary.object(path, files)
        let format = try record.text("format")
        if format != ReportRecord.format {
            throw ResultReadError(
                path: path,
                "its format is \"\(format.prefix(80))\", not \"\(ReportRecord.format)\": another "
                    + "version of tradewind wrote it")
        }
        return record
    }

    private func plan(
        _ summary: RecordedFields, _ record: RecordedFields, _ strategies: [RecordedFields]
    ) throws(ResultReadError) -> BacktestPlan {
        guard let fill = BarFillRule(rawValue: try record.text("fill")) else {
            throw record.wrong("fill", "no fill rule")
        }
        var planned: [PlannedStrategy] = []
        for strategy in strategies {
            planned.append(
                PlannedStrategy(
                    account: try strategy.text("account"), strategy: try strategy.text("strategy"),
                    parameters: [], capital: try strategy.money("capital")))
        }
        var plan = BacktestPlan(
            name: try summary.text("name"), strategies: planned, capital: try summary.money("initial_equity"),
            shareClass: try summary.asset("share_class"), execution: ExecutionModel(fill: fill))
        let bands = try record.fields("bands")
        plan.bands.healthFactor = try bounds(bands, "health_factor")
        plan.bands.marginRatio = try bounds(bands, "margin_ratio")
        let drift = try bounds(bands, "delta_drift")
        plan.bands.deltaDrift = RiskCeilings(
            warning: drift.warning, reduce: drift.reduce, critical: drift.critical)
        return plan
    }

    private func bounds(_ bands: RecordedFields, _ key: String) throws(ResultReadError) -> RiskBounds {
        let values = try bands.items(key).compactMap { $0.text.flatMap { ExactDecimal($0) } }
        guard values.count == 3 else { throw bands.wrong(key, "no list of three bounds") }
        return RiskBounds(warning: values[0], reduce: values[1], critical: values[2])
    }

    private func instruments(_ record: RecordedFields) throws(ResultReadError) -> [Instrument] {
        var instruments: [Instrument] = []
        for one in try record.list("instruments") {
            let base = try one.asset("base")
            let quantities = try one.count("quantity_decimals", atMost: Int(base.ledgerScale.decimals))
            instruments.append(
                Instrument(
                    id: try one.instrument("key"), base: base, quote: try one.asset("quote"),
                    priceScale: Scale(try one.count("price_decimals", atMost: 18)),
                    quantityScale: Scale(quantities)))
        }
        return instruments
    }

    private func fills(_ fields: RecordedFills) throws(ResultReadError) -> [FillRecord] {
        try fields.fills(path("fills.csv"), files)
    }

    private func prices(_ record: RecordedFields, count: Int) throws(ResultReadError) -> [PriceTrack] {
        var tracks: [PriceTrack] = []
        for track in try record.list("prices") {
            var points: [PricePoint] = []
            for row in try track.rows("points", columns: 2) {
                if let price = row.values[0] { points.append(PricePoint(time: row.time, price: price)) }
            }
            let place = try track.count("instrument", atMost: max(0, count - 1))
            tracks.append(
                PriceTrack(
                    instrument: InstrumentIndex(place), kind: try track.text("kind"), points: points))
        }
        return tracks
    }

    private func benchmark(
        _ record: RecordedFields, _ returns: [Double?]
    ) throws(ResultReadError) -> BenchmarkCurve? {
        if try record.value("benchmark") == .null { return nil }
        let fields = try record.fields("benchmark")
        var points: [GrowthPoint] = []
        for row in try fields.rows("points", columns: 2) {
            if let growth = row.values[0] { points.append(GrowthPoint(time: row.time, growth: growth)) }
        }
        return BenchmarkCurve(
            instrument: try fields.instrument("instrument"), points: points, periodReturns: returns,
            lastClose: try fields.time("last_close"))
    }

    private func risk(_ record: RecordedFields) throws(ResultReadError) -> RiskCurve? {
        if try record.value("risk") == .null { return nil }
        var points: [RiskPoint] = []
        for row in try record.rows("risk", columns: 10) {
            guard let gross = row.values[0], let net = row.values[1], let funding = row.values[3] else {
                throw record.wrong("risk", "no table of numbers")
            }
            var point = RiskPoint(
                time: row.time, gross: gross, net: net, marginRatio: row.values[2], funding: funding)
            point.healthFactor = row.values[4]
            point.loanToValue = row.values[5]
            point.liquidationDistance = row.values[6]
            point.netDelta = row.values[7]
            point.netDeltaInDollars = row.values[8]
            points.append(point)
        }
        return RiskCurve(points: points)
    }

    private func rebalances(_ record: RecordedFields) throws(ResultReadError) -> [RebalanceLine] {
        var lines: [RebalanceLine] = []
        for one in try record.list("rebalances") {
            guard let time = try one.time("time") else { throw one.wrong("time", "no time") }
            lines.append(
                RebalanceLine(
                    time: time, account: try one.text("account"), action: try one.text("action"),
                    reason: try one.text("reason"), netDelta: try one.number("net_delta"),
                    marginRatio: try one.number("margin_ratio"),
                    healthFactor: try one.number("health_factor")))
        }
        return lines
    }

    private func yields(_ record: RecordedFields) throws(ResultReadError) -> [YieldCurve] {
        var curves: [YieldCurve] = []
        for one in try record.list("yields") {
            var points: [GrowthPoint] = []
            for row in try one.rows("points", columns: 2) {
                if let growth = row.values[0] { points.append(GrowthPoint(time: row.time, growth: growth)) }
            }
            curves.append(YieldCurve(name: try one.text("name"), points: points))
        }
        return curves
    }

    private func attribution(_ record: RecordedFields) throws(ResultReadError) -> AttributionCurve? {
        if try record.value("attribution") == .null { return nil }
        let fields = try record.fields("attribution")
        let causes = try fields.items("causes").compactMap(\.text)
        let known = Cause.attributed.map(\.key)
        guard causes.count == (try fields.items("causes").count), causes.allSatisfy(known.contains) else {
            throw fields.wrong("causes", "no list of causes")
        }
        var points: [AttributionPoint] = []
        for row in try fields.rows("points", columns: causes.count + 1) {
            let amounts = row.values.compactMap { $0 }
            guard amounts.count == causes.count else { throw fields.wrong("points", "no table of numbers") }
            points.append(AttributionPoint(time: row.time, amounts: amounts))
        }
        return AttributionCurve(causes: causes, points: points)
    }

    /// The files of one folder belong together.
    private func check(_ result: BacktestResult, _ summary: RecordedFields) throws(ResultReadError) {
        func refuse(_ file: String, _ what: String, _ found: String, _ said: String) -> ResultReadError {
            ResultReadError(
                path: path(file),
                "it has \(found) \(what), and summary.json says \(said): they are of two runs")
        }
        if result.fills.count != result.fillCount {
            throw refuse("fills.csv", "fills", String(result.fills.count), String(result.fillCount))
        }
        if result.roundTrips.count != result.tradeCount {
            throw refuse(
                "trades.csv", "round trips", String(result.roundTrips.count), String(result.tradeCount))
        }
        guard let last = result.equity.points.last else { return }
        let equity = ExactDecimal(mantissa: last.equity, scale: result.equity.scale)
        if equity != result.finalEquity {
            throw refuse("equity.csv", "as last equity", equity.description, result.finalEquity.description)
        }
    }
}
