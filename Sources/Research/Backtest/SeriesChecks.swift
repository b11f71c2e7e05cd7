public import Markets
internal import Simulation
public import StrategyKit
internal import Trading
internal import TradingEngine
internal import Units

extension BacktestRunner {
    /// What strategies lack of series, series of protocols that begin late or end early, flows of capital
    /// that cannot be taken up, and a share class or a capital that a strategy cannot start with.
    static func startProblems(
        _ plan: BacktestPlan, _ books: [EngineBook], _ run: RunInstruments
    ) -> [StartProblem] {
        var needs: [SeriesNeed] = []
        for book in books {
            for need in book.strategy.seriesNeeds(book.parameters, shareClass: plan.shareClass)
            where !needs.contains(need) {
                needs.append(need)
            }
        }
        let hasProtocols = run.instruments.contains { $0.id.type.isProtocolToken }
        var problems = needs.filter { !run.holds($0) }.map {
            StartProblem(.series($0), "the run holds no \($0)")
        }
        if hasProtocols {
            problems += gasProblems(plan, run) + coverageProblems(plan, run, needs)
        }
        problems += impactProblems(plan, run)
        problems += flowProblems(plan, hasProtocols)
        for book in books {
            problems += book.strategy.startProblems(
                book.parameters, shareClass: plan.shareClass, capital: book.capital
            ).map { StartProblem(.capital, $0) }
        }
        return problems
    }

    /// Totals of lending pools that only a series can tell, and pools without a model of their rates.
    private static func impactProblems(_ plan: BacktestPlan, _ run: RunInstruments) -> [StartProblem] {
        plan.execution.chain.impacts.compactMap { impact in
            let need = SeriesNeed(impact.instrument, .ratio)
            if impact.isRecorded && !run.holds(need) {
                return StartProblem(
                    .series(need),
                    "rate-impact of \(impact.instrument) names no totals, and the run holds no \(need) with "
                        + "supplied and borrowed")
            }
            if impact.rates == nil, impact.asset.flatMap({ TwoSlopeRates.calibrated(for: $0) }) == nil {
                return StartProblem(
                    .parameters,
                    "no rates are known of \(impact.instrument): give optimal, base, slope-1, slope-2 and "
                        + "reserve-factor to its rate-impact")
            }
            return nil
        }
    }

    /// Gas that is paid in another asset than ETH needs the oracle's prices of both.
    private static func gasProblems(_ plan: BacktestPlan, _ run: RunInstruments) -> [StartProblem] {
        guard run.kinds.contains(where: { $0.contains(.gas) }), plan.shareClass != .ether else { return [] }
        return [Asset.ether, plan.shareClass].compactMap { asset in
            let isPriced = run.instruments.contains {
                $0.isReference && $0.base == asset && $0.quote.symbol == "USD"
            }
            if isPriced { return nil }
            let symbol = asset == .ether ? "WETH" : asset.symbol
            let message =
                "gas is paid in \(plan.shareClass), and the run holds no ratio of "
                + "aave-oracle:spot:\(symbol)/USD"
            guard let id = InstrumentID("aave-oracle:spot:\(symbol)/USD") else {
                return StartProblem(.data, message)
            }
            return StartProblem(.series(SeriesNeed(id, .ratio)), message)
        }
    }

    /// Series of protocols must be known at the start of the run and last until its end: what is missing
    /// would pass for time without interest, or for an unchanged price.
    private static func coverageProblems(
        _ plan: BacktestPlan, _ run: RunInstruments, _ needs: [SeriesNeed]
    ) -> [StartProblem] {
        let ends = run.series.compactMap { one in
            one.count > 0 ? one.columns.visibleTime[one.count - 1] : nil
        }
        let end = plan.end?.nanoseconds ?? ends.max() ?? 0
        var problems: [StartProblem] = []
        for one in run.series {
            func refuse(_ message: String) {
                let need = SeriesNeed(one.instrument, one.kind)
                problems.append(
                    StartProblem(
                        .series(need), "the \(one.kind.rawValue) of \(one.instrument) " + message))
            }
            let isNeeded = needs.contains {
                $0.instrument == one.instrument && $0.kind == one.kind && !$0.isOccasional
            }
            guard isNeeded || one.kind == .index || one.kind == .gas else { continue }
            let times = one.columns.visibleTime
            guard times.count > 0 else {
                refuse("has no row")
                continue
            }
            let (first, last) = (
                Instant(nanoseconds: times[0]), Instant(nanoseconds: times[times.count - 1])
            )
            if let start = plan.start, first > start {
                refuse("begins at \(first), after the run's start \(start)")
            }
            let distances = (1..<max(1, times.count)).map { times[$0] - times[$0 - 1] }.sorted()
            let interval = max(1, distances.isEmpty ? 1 : distances[distances.count / 2])
            let (gap, overflow) = (end - 1).subtractingReportingOverflow(last.nanoseconds)
            if !overflow && gap / interval > 0 {
                refuse("ends at \(last), before the run's end \(Instant(nanoseconds: end))")
            }
        }
        return problems
    }

    private static func flowProblems(_ plan: BacktestPlan, _ hasProtocols: Bool) -> [StartProblem] {
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
        return problems.map { StartProblem(.flows, $0) }
    }
}

extension Backtest {
    /// Everything that keeps a plan from starting over the series that it could be given, as far as it can be
    /// told: for a run file that is wrong, too, so that all of it is said at once. Never for a plan that is
    /// to be run; ``run(plan:series:calendars:registry:options:)`` checks by itself.
    public static func startProblems(
        plan: BacktestPlan, series: [MarketSeries], registry: StrategyRegistry
    ) -> [StartProblem] {
        let run: RunInstruments
        do {
            run = try RunInstruments(
                series, operated: plan.operatedInstruments(registry), overrides: plan.instruments,
                calendars: [:])
        } catch { return [StartProblem(.data, error.description)] }
        var books: [EngineBook] = []
        var refusals: [ParameterProblem] = []
        for planned in plan.strategies {
            guard let type = registry.strategy(named: planned.strategy) else { continue }
            let (parameters, problems) = Parameters.resolve(
                planned.parameters, schema: type.descriptor.parameters)
            books.append(
                EngineBook(
                    name: planned.account, strategy: type, parameters: parameters, capital: planned.capital))
            guard problems.isEmpty, type.check(parameters).isEmpty else { continue }
            refusals += Backtest.refusals(of: type, parameters, run, plan.shareClass)
        }
        var problems = BacktestRunner.startProblems(plan, books, run) + lackingKinds(books, plan, run)
        for refusal in refusals where !problems.contains(where: { $0.covers(refusal) }) {
            problems.append(StartProblem(.parameters, refusal.description))
        }
        return problems
    }

    /// Kinds of series that strategies need and do not name by instrument.
    private static func lackingKinds(
        _ books: [EngineBook], _ plan: BacktestPlan, _ run: RunInstruments
    ) -> [StartProblem] {
        var problems: [StartProblem] = []
        for book in books
        where book.strategy.seriesNeeds(book.parameters, shareClass: plan.shareClass).isEmpty {
            let own = book.strategy.descriptor
            for kind in own.needs where !run.kinds.contains(where: { $0.contains(kind) }) {
                problems.append(
                    StartProblem(
                        .data, BacktestError.missingSeries(strategy: own.name, kind).description))
            }
        }
        return problems
    }

    /// What a strategy refuses when it is made over the instruments of a run: nothing, or one problem.
    private static func refusals(
        of type: any Strategy.Type, _ parameters: Parameters, _ run: RunInstruments, _ shareClass: Asset
    ) -> [ParameterProblem] {
        do throws(ParameterProblem) {
            _ = try type.init(
                StrategySetup(
                    parameters: parameters, instruments: run.instruments, series: run.kinds,
                    shareClass: shareClass))
            return []
        } catch { return [error] }
    }
}

extension StartProblem {
    /// Whether it tells already what a strategy refuses of its data or its capital.
    fileprivate func covers(_ refusal: ParameterProblem) -> Bool {
        switch subject {
        case .series, .data: refusal.name == "data"
        case .capital: refusal.name == "capital.asset"
        case .flows, .parameters: false
        }
    }
}

extension RunInstruments {
    fileprivate func holds(_ need: SeriesNeed) -> Bool {
        series.contains { $0.instrument == need.instrument && $0.kind == need.kind }
    }
}
