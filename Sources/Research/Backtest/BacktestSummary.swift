internal import Accounting
internal import Markets
internal import StrategyKit
internal import Trading
internal import TradingEngine
internal import Units

extension BacktestRunner {
    /// Whether every bar series of the run has bars of a day or longer and there are no ticks, so that
    /// statistics go by bars.
    var periodsAreBars: Bool {
        var hasBars = false
        for one in run.series {
            switch one.columns {
            case .bars(_, let timeframe):
                if !timeframe.isDayOrLonger { return false }
                hasBars = true
            case .quotes, .trades: return false
            case .values: continue
            }
        }
        return hasBars
    }

    private var periodLength: Timespan {
        var shortest: Timespan?
        for one in run.series {
            guard periodsAreBars, case .bars(_, let timeframe) = one.columns else { continue }
            let span: Timespan =
                switch timeframe {
                case .fixed(let span): span
                case .months(let count): (count * 365 / 12) * .day
                }
            shortest = min(shortest ?? span, span)
        }
        return shortest ?? .day
    }

    func decimal(_ value: Int128) -> ExactDecimal {
        ExactDecimal(mantissa: value, scale: engine.ledger.valueScale)
    }

    private func attribution(ofBooks books: Range<Int>) -> [ExactDecimal] {
        Cause.attributed.map { cause in
            decimal(books.reduce(Int128(0)) { $0 + engine.ledger.attribution(of: $1, cause) })
        }
    }

    func result(
        curve: EquityCurve, attribution course: AttributionCurve?, steps: Int, initialFlows: Int128,
        hash: Digest, seconds: Double
    ) -> BacktestResult {
        let all = 0..<plan.strategies.count
        let attributed = attribution(ofBooks: all)
        let sum = Cause.attributed.reduce(Int128(0)) { total, cause in
            total + all.reduce(Int128(0)) { $0 + engine.ledger.attribution(of: $1, cause) }
        }
        let residual = engine.totals.equity - engine.totals.netFlows - sum
        return BacktestResult(
            plan: plan, parameters: parameters, instruments: run.instruments, start: firstStamp,
            end: lastTime,
            steps: steps, initialEquity: decimal(initialFlows), finalEquity: decimal(engine.totals.equity),
            netFlows: decimal(engine.totals.netFlows - initialFlows), tradeCount: trades.tradeCount,
            fillCount: trades.fillCount,
            fees: decimal(-all.reduce(Int128(0)) { $0 + engine.ledger.attribution(of: $1, .fees) }),
            attribution: attributed, attributionResidual: decimal(residual),
            subAccounts: plan.strategies.count > 1 ? all.map { subAccount($0) } : [],
            finalPositions: clearing == nil ? finalPositions() : contractPositions(), risk: riskSummary(),
            data: DataSummary(
                series: run.series.count, rows: rows.value, first: firstStamp, last: lastTime,
                warnings: warnings + run.series.flatMap(\.warnings) + runWarnings(curve)),
            equity: curve, daysPerYear: plan.annualisation ?? run.instruments.map(\.daysPerYear).min() ?? 365,
            periodsAreBars: periodsAreBars, periodLength: periodLength, fills: trades.fills,
            roundTrips: trades.roundTrips,
            accounts: engine.ledger.accounts.map {
                LedgerAccountName(name: $0.name, asset: $0.unit, scale: $0.scale)
            },
            ledger: engine.ledger.journal, inputsStem: inputs.stem, logHash: hash, engineSeconds: seconds,
            riskCurve: risk?.curve, attributionCurve: course, usedShortSpot: engine.usedShortSpot)
    }

    private func subAccount(_ book: Int) -> SubAccountResult {
        SubAccountResult(
            account: plan.strategies[book].account,
            initialEquity: plan.strategies[book].capital.normalized,
            finalEquity: decimal(engine.ledger.equity(of: book)),
            attribution: attribution(ofBooks: book..<book + 1), tradeCount: trades.tradeCounts[book],
            fillCount: trades.fillCounts[book])
    }

    /// Holdings of each instrument over all strategies, then balances of assets that no instrument has as
    /// its base: what is left is cash.
    private func finalPositions() -> [FinalPosition] {
        var positions: [FinalPosition] = []
        var shown: [AccountIndex] = []
        for (index, instrument) in run.instruments.enumerated() {
            let own = InstrumentIndex(index)
            let accounts = plan.strategies.indices.map { engine.accounts(of: own, book: $0).base }
            if accounts.contains(where: shown.contains) { continue }
            shown += accounts
            append(instrument.id.description, accounts, to: &positions)
        }
        for (index, instrument) in run.instruments.enumerated() {
            let accounts = plan.strategies.indices.map {
                engine.accounts(of: InstrumentIndex(index), book: $0).quote
            }
            if accounts.contains(where: shown.contains) { continue }
            shown += accounts
            append("\(instrument.id.venue):base:\(instrument.quote)", accounts, to: &positions)
        }
        return positions
    }

    func append(_ name: String, _ accounts: [AccountIndex], to positions: inout [FinalPosition]) {
        let amount = accounts.reduce(Int128(0)) { $0 + engine.ledger.balance(of: $1).units }
        if amount == 0 { return }
        let value = accounts.reduce(Int128(0)) { $0 + engine.ledger.value(of: $1) }
        let scale = engine.ledger.accounts[accounts[0].position].scale
        positions.append(
            FinalPosition(
                instrument: name, quantity: ExactDecimal(mantissa: amount, scale: scale).normalized,
                mark: engine.mark(of: accounts[0]).normalized, value: decimal(value).normalized))
    }

    private func runWarnings(_ curve: EquityCurve) -> [String] {
        var warnings: [String] = []
        // Thinning keeps the extremes, so a run that fell so far has such a point.
        if let ruin = curve.points.first(where: { $0.equity <= 0 }) {
            warnings.append(
                "equity was gone at \(ruin.time): an account without money trades no more, so what the run "
                    + "did from then on tells nothing")
        }
        if engine.usedShortSpot {
            warnings.append(
                "spot was sold short without borrow cost; set execution.short-spot: refuse to forbid it")
        }
        if engine.usedOverdraft {
            warnings.append(
                "more was spent than held, without interest; set execution.overdraft: refuse to forbid it")
        }
        for (reason, count) in zip(OrderReason.allCases, engine.refusals) where count > 0 {
            warnings.append("\(count) orders were refused before they were sent: \(reason.name)")
        }
        if clearing != nil { warnings += contractWarnings() }
        return warnings
    }
}
