internal import Markets
internal import StrategyKit
internal import Trading
internal import TradingEngine
internal import Units

extension BacktestRunner {
    /// What strategies lack of series, series of protocols that begin late or end early, and flows of capital
    /// that cannot be taken up.
    static func seriesProblems(
        _ plan: BacktestPlan, _ books: [EngineBook], _ run: RunInstruments
    ) -> [String] {
        var needs: [SeriesNeed] = []
        for book in books {
            for need in book.strategy.seriesNeeds(book.parameters, shareClass: plan.shareClass)
            where !needs.contains(need) {
                needs.append(need)
            }
        }
        let hasProtocols = run.instruments.contains { $0.id.type.isProtocolToken }
        var problems = needs.filter { !run.holds($0) }.map { "the run holds no \($0)" }
        if hasProtocols {
            problems += gasProblems(plan, run) + coverageProblems(plan, run, needs)
        }
        return problems + flowProblems(plan, hasProtocols)
    }

    /// Gas that is paid in another asset than ETH needs the oracle's prices of both.
    private static func gasProblems(_ plan: BacktestPlan, _ run: RunInstruments) -> [String] {
        guard run.kinds.contains(where: { $0.contains(.gas) }), plan.shareClass != .ether else { return [] }
        return [Asset.ether, plan.shareClass].compactMap { asset in
            let isPriced = run.instruments.contains {
                $0.isReference && $0.base == asset && $0.quote.symbol == "USD"
            }
            if isPriced { return nil }
            let symbol = asset == .ether ? "WETH" : asset.symbol
            return "gas is paid in \(plan.shareClass), and the run holds no ratio of "
                + "aave-oracle:spot:\(symbol)/USD"
        }
    }

    /// Series of protocols must be known at the start of the run and last until its end: what is missing
    /// would pass for time without interest, or for an unchanged price.
    private static func coverageProblems(
        _ plan: BacktestPlan, _ run: RunInstruments, _ needs: [SeriesNeed]
    ) -> [String] {
        let ends = run.series.compactMap { one in
            one.count > 0 ? one.columns.visibleTime[one.count - 1] : nil
        }
        let end = plan.end?.nanoseconds ?? ends.max() ?? 0
        var problems: [String] = []
        for one in run.series {
            let isNeeded = needs.contains {
                $0.instrument == one.instrument && $0.kind == one.kind && !$0.isOccasional
            }
            guard isNeeded || one.kind == .index || one.kind == .gas else { continue }
            let times = one.columns.visibleTime
            guard times.count > 0 else {
                problems.append("the \(one.kind.rawValue) of \(one.instrument) has no row")
                continue
            }
            let (first, last) = (
                Instant(nanoseconds: times[0]), Instant(nanoseconds: times[times.count - 1])
            )
            if let start = plan.start, first > start {
                problems.append(
                    "the \(one.kind.rawValue) of \(one.instrument) begins at \(first), after the run's start "
                        + "\(start)")
            }
            let distances = (1..<max(1, times.count)).map { times[$0] - times[$0 - 1] }.sorted()
            let interval = max(1, distances.isEmpty ? 1 : distances[distances.count / 2])
            let (gap, overflow) = (end - 1).subtractingReportingOverflow(last.nanoseconds)
            if !overflow && gap / interval > 0 {
                problems.append(
                    "the \(one.kind.rawValue) of \(one.instrument) ends at \(last), before the run's end "
                        + "\(Instant(nanoseconds: end))")
            }
        }
        return problems
    }

    private static func flowProblems(_ plan: BacktestPlan, _ hasProtocols: Bool) -> [String] {
        if plan.flows.isEmpty { return [] }
        var problems: [String] = []
        if !hasProtocols {
            problems.append("flows are for runs with lending or staking, and this run holds no such series")
        }
        if plan.strategies.count > 1 { problems.append("flows are for runs of one strategy") }
        for flow in plan.flows {
            let isBefore = plan.start.map { flow.time < $0 } ?? false
            let isAfter = plan.end.map { flow.time >= $0 } ?? false
            if isBefore || isAfter {
                problems.append("the flow at \(flow.time) lies outside the run's window")
            }
        }
        return problems
    }
}

extension RunInstruments {
    fileprivate func holds(_ need: SeriesNeed) -> Bool {
        series.contains { $0.instrument == need.instrument && $0.kind == need.kind }
    }
}
