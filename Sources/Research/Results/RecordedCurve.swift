internal import MarketData
internal import Units

/// Reads `equity.csv` and `returns.csv`.
struct RecordedCurve {
    let record: RecordedFields

    /// The curve, and the returns of the benchmark in its periods.
    func read(_ folder: String, _ files: some FileStore) throws(ResultReadError) -> (EquityCurve, [Double?]) {
        let scale = Scale(try record.count("equity_decimals", atMost: Scale.maximum))
        var flows = try flows(scale)[...]
        var points: [EquityPoint] = []
        var netFlows: Int128 = 0
        try RecordedTable.read(
            FilePath.join(folder, "equity.csv"), header: "time,equity,cash,drawdown", files
        ) { (row) throws(ResultReadError) in
            let time = try row.time(0)
            if let next = flows.first, next.time <= time {
                netFlows = next.amount
                flows = flows.dropFirst()
            }
            points.append(
                EquityPoint(
                    time: time, equity: try row.units(1, scale), cash: try row.units(2, scale),
                    netFlows: netFlows))
        }
        var (periods, returns, benchmark): ([EquityPoint], [Double?], [Double?]) = ([], [], [])
        try RecordedTable.read(
            FilePath.join(folder, "returns.csv"), header: ResultTables.returnsHeader, files
        ) { (row) throws(ResultReadError) in
            if !periods.isEmpty {
                returns.append(try row.number(3))
                benchmark.append(try row.number(4))
            }
            let equity = try row.units(1, scale)
            periods.append(
                EquityPoint(
                    time: try row.time(0), equity: equity, cash: equity, netFlows: try row.units(2, scale)))
        }
        let drawdown = try record.fields("drawdown")
        let curve = EquityCurve(
            scale: scale, points: points, periods: periods, periodReturns: returns,
            drawdown: DrawdownSummary(
                deepest: try drawdown.number("deepest"), peak: try drawdown.time("peak"),
                trough: try drawdown.time("trough"),
                longest: Timespan(nanoseconds: Int64(try drawdown.count("longest_nanoseconds")))),
            exposure: try record.number("exposure_time"))
        return (curve, benchmark)
    }

    private func flows(_ scale: Scale) throws(ResultReadError) -> [(time: Instant, amount: Int128)] {
        var flows: [(time: Instant, amount: Int128)] = []
        for line in try record.lines("flows") {
            guard let time = Instant(iso8601: line.name),
                let amount = ExactDecimal(line.value)?.exactMantissa(at: scale)
            else { throw record.wrong("flows", "no list of times and amounts") }
            flows.append((time, amount))
        }
        return flows
    }
}
