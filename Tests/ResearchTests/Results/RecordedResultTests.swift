import Events
import Foundation
import MarketData
import Markets
import Research
import Testing
import Units

@Suite struct RecordedResultTests {
    /// A folder `run` with a result that has everything: two strategies, a deposit, a benchmark, contracts.
    private func folder() throws -> (store: MemoryFolderStore, input: ReportInput) {
        var (result, series) = try SyntheticRun(name: "a \"b\", <c>", bars: 24 * 60, warnings: ["a gap"])
            .run()
        let planned = result.plan.strategies[0]
        result.plan.strategies.append(
            PlannedStrategy(
                account: "second, one", strategy: "quoter", parameters: [], capital: planned.capital))
        result.parameters.append(result.parameters[0])
        result.subAccounts = result.plan.strategies.map {
            SubAccountResult(
                account: $0.account, initialEquity: $0.capital, finalEquity: $0.capital,
                attribution: result.attribution, tradeCount: 1, fillCount: 2)
        }
        let trip = try #require(result.roundTrips.last)
        result.roundTrips[result.roundTrips.count - 1] = RoundTrip(
            instrument: trip.instrument, strategy: 1, isLong: trip.isLong, entryTime: trip.entryTime,
            exitTime: trip.exitTime, quantity: trip.quantity, entryPrice: trip.entryPrice,
            exitPrice: trip.exitPrice, profit: trip.profit, fees: trip.fees)
        result.equity = try curve(result)
        result.setBenchmark(series)
        var risk = RiskRecorder()
        for (step, point) in result.equity.points.enumerated() {
            let ratio = step % 7 == 0 ? nil : 0.3 + Double(step % 11) / 30
            var measured = RiskPoint(
                time: point.time, gross: 1 + Double(step % 5) / 10, net: Double(step % 3) / 100 - 0.01,
                marginRatio: ratio, funding: Double(step) * 0.25)
            if step % 4 != 0 {
                (measured.healthFactor, measured.loanToValue) = (1.2 + Double(step % 3), 0.5)
                (measured.netDelta, measured.netDeltaInDollars) = (Double(step % 9) - 4, nil)
                measured.liquidationDistance = 0.25
            }
            risk.append(measured)
        }
        result.riskCurve = risk.curve
        result.rebalances = [
            RebalanceLine(
                time: result.equity.points[3].time, account: "one", action: "entry-full", reason: "entry",
                netDelta: -1.5, marginRatio: nil, healthFactor: 1.25)
        ]
        result.yields = [
            YieldCurve(
                name: "plain lending",
                points: [GrowthPoint(time: result.equity.points[0].time, growth: 1)])
        ]
        (result.risk.worstMarginRatio, result.risk.maxAbsDelta, result.risk.liquidations) = (0.3, 0.01, 2)
        let track = try #require(PriceTrack(series, instrument: InstrumentIndex(0)))
        let input = ReportInput(
            result: result, statistics: BacktestStatistics(result), prices: [track],
            producer: "tradewind test")
        let store = MemoryFolderStore()
        try ResultFolder.write(input.files(summary: summary(input)) { _ in }, to: "run", store)
        return (store, input)
    }

    /// The curve of a result with a deposit half-way.
    private func curve(_ result: BacktestResult) throws -> EquityCurve {
        let start = try #require(result.start)
        var recorder = EquityRecorder(
            scale: Scale(8), start: start, initialEquity: 10_000_000_000_000, initialCash: 10_000_000_000_000)
        for (index, point) in result.equity.points.dropFirst().enumerated() {
            let flow: Int128 = index < 700 ? 0 : 500_000_000_000
            recorder.append(
                time: point.time.nanoseconds, equity: point.equity + flow, cash: point.cash, netFlows: flow)
        }
        var changed = result
        changed.equity = recorder.finish()
        return changed.equity
    }

    private func summary(_ input: ReportInput) -> JSONText {
        var result = input.result
        let last = result.equity.points.last?.equity ?? 0
        result.finalEquity = ExactDecimal(mantissa: last, scale: result.equity.scale)
        return result.summary(
            RunIdentity(runID: "r", elapsedSeconds: 1.5), statistics: input.statistics)
    }

    private func read(_ store: MemoryFolderStore) throws -> RecordedResult {
        try RecordedResult(folder: "run", producer: "tradewind test", store)
    }

    @Test func theReportMadeFromTheFolderIsThatOfTheRun() throws {
        let (store, input) = try folder()
        let recorded = try read(store)
        #expect(recorded.summary == summary(input))
        #expect(recorded.input.statistics == input.statistics)
        var result = input.result
        result.finalEquity = recorded.input.result.finalEquity
        let original = ReportInput(
            result: result, statistics: input.statistics, prices: input.prices, producer: input.producer)
        let page = HTMLReport(original).render()
        #expect(HTMLReport(recorded.input).render() == page)
        for part in [
            "Margin ratio over time", "Funding over time", "class=\"bench\"", "Alpha", "2 liquidations",
            "Health factor over time", "Growth of one", "What was changed, when and why",
        ] {
            #expect(page.contains(part), "\(part)")
        }
        let style = TerminalStyle(color: true)
        let text = TerminalReport(result, statistics: input.statistics, style: style).render()
        let again = TerminalReport(
            recorded.input.result, statistics: recorded.input.statistics, style: style
        ).render()
        #expect(again == text)
        #expect(text.contains("Worst margin") && text.contains("Inform. ratio"))
    }

    #if DEBUG
    private static let rounds = 60
    #else
    private static let rounds = 240
    #endif

    /// Whatever happens to a file, there is a result or a message, never a crash.
    @Test func damagedFilesAreRefusedWithTheirName() throws {
        let (store, _) = try folder()
        let whole = store.files
        var random = SplitMix64(seed: 8)
        var refused = 0
        let names = ["summary.json", "report.json", "equity.csv", "returns.csv", "fills.csv", "trades.csv"]
        for round in 0..<Self.rounds {
            let name = "run/" + names[round % names.count]
            var bytes = try #require(whole[name])
            let place = Int(random.integer(in: 0...Int64(bytes.count - 1)))
            switch random.integer(in: 0...3) {
            case 0: bytes.removeSubrange(place...)
            case 1: bytes[place] = UInt8(random.integer(in: 0...255))
            case 2: bytes.insert(contentsOf: Array("9999999999999999999999".utf8), at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + 40))
            }
            try store.replace(name, with: bytes)
            do throws(ResultReadError) {
                let recorded = try RecordedResult(folder: "run", producer: "t", store)
                _ = HTMLReport(recorded.input).render()
            } catch {
                refused += 1
                #expect(error.path.hasPrefix("run") && !error.message.isEmpty && !error.remedy.isEmpty)
            }
            try store.replace(name, with: try #require(whole[name]))
        }
        #expect(refused > Self.rounds / 2, "\(refused)")
    }

    @Test func filesOfTwoRunsAreNotMixed() throws {
        let (store, _) = try folder()
        let whole = store.files
        for name in ["run/fills.csv", "run/trades.csv", "run/equity.csv"] {
            let lines = String(decoding: try #require(whole[name]), as: UTF8.self).split(separator: "\n")
            try store.replace(name, with: lines.dropLast().joined(separator: "\n") + "\n")
            #expect(throws: ResultReadError.self) { try read(store) }
            do { _ = try read(store) } catch { #expect("\(error)".contains("they are of two runs")) }
            try store.replace(name, with: try #require(whole[name]))
        }
        _ = try read(store)
    }

    @Test func anotherVersionAndAbsentFilesAreNamed() throws {
        let (store, _) = try folder()
        let whole = store.files
        func problem(_ change: () throws -> Void) throws -> String {
            try change()
            defer { for (name, content) in whole { try? store.replace(name, with: content) } }
            do {
                _ = try read(store)
                return "none"
            } catch { return "\(error)" }
        }
        func replace(_ name: String, _ old: String, _ new: String) throws {
            let text = String(decoding: try #require(whole[name]), as: UTF8.self)
            #expect(text.contains(old))
            try store.replace(name, with: text.replacing(old, with: new))
        }
        #expect(
            try problem { try replace("run/report.json", "tradewind report 4", "tradewind report 1") }
                .contains("its format is \"tradewind report 1\""))
        #expect(
            try problem { try replace("run/summary.json", "\"statistics\"", "\"stats\"") }
                .hasPrefix("run/summary.json: it has no key \"statistics\": another version"))
        #expect(
            try problem { try replace("run/equity.csv", "time,equity,cash", "time,equity,money") }
                .hasPrefix("run/equity.csv:1: its columns are not time,equity,cash,drawdown"))
        #expect(try problem { try store.delete("run/report.json") }.contains("it holds no report.json"))
        #expect(try problem { try store.delete("run/trades.csv") }.hasPrefix("run/trades.csv: "))
        #expect(try problem { try store.delete("run/summary.json") }.contains("summary.json"))
    }
}
