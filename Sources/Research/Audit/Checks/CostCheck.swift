internal import Markets
internal import Simulation
internal import Trading
internal import Units

/// Runs again with commission and slippage of two and five times what was assumed.
///
/// A run without any cost is held against 10 basis points a fill instead. Thresholds: serious when the profit
/// does not survive twice the costs (or 10 basis points), notable when it does not survive five times, or
/// when there were none. Source: Y. Luo and others, "Seven Sins of Quantitative Investing", Deutsche Bank
/// 2014 (the fifth: turnover and transaction costs); the factors are our own.
struct CostCheck: AuditCheck {
    static let name = "costs"
    static let activity = "higher costs"

    func findings(of subject: AuditSubject) throws -> [AuditFinding] {
        if subject.result.fillCount == 0 {
            return [Self.fine("No fills, no costs", "", "The run never traded.")]
        }
        let execution = subject.plan.execution
        if !subject.hasCosts { return [try free(subject)] }
        let factors: [Int64] = [2, 5]
        var profits: [Double] = []
        for factor in factors {
            if let stressed = execution.costing(factor, subject.commission) {
                profits.append(try subject.evaluate(RunVariation(execution: stressed)).profit)
            } else {
                // Venues with schedules of their own: what was paid, as often again.
                let paid = subject.result.fees.approximateDouble
                profits.append(subject.profit - Double(factor - 1) * paid)
            }
        }
        let figure =
            "profit \(subject.money(subject.profit)), \(subject.money(profits[0])) at ×2, "
            + "\(subject.money(profits[1])) at ×5"
        let detail =
            "Costs that were paid come to \(subject.money(subject.result.fees.approximateDouble)) in fees. "
            + "Real costs are seldom known to better than a factor of two, and grow with size."
        guard subject.profit > 0 else {
            return [Self.fine("The run loses with the costs as they are", figure, detail)]
        }
        if profits[0] > 0 && profits[1] > 0 {
            return [Self.fine("The profit survives five times the costs", figure, detail)]
        }
        return [
            AuditFinding(
                check: Self.name, weight: profits[0] <= 0 ? .serious : .notable,
                title: "The profit does not survive \(profits[0] <= 0 ? "twice" : "five times") the costs",
                figure: figure, detail: detail,
                remedy: "Trade less often, or for larger moves; measure what fills really cost.")
        ]
    }

    /// A run that trades for free.
    private func free(_ subject: AuditSubject) throws -> AuditFinding {
        let points = BasisPoints(millionths: 10_000_000)
        var execution = subject.plan.execution
        execution.commission = CommissionModel(taker: points, maker: points)
        let profit = try subject.evaluate(RunVariation(execution: execution)).profit
        let isLost = subject.profit > 0 && profit <= 0
        return AuditFinding(
            check: Self.name, weight: isLost ? .serious : .notable,
            title: isLost ? "The profit is made of absent costs" : "Trading is free in this run",
            figure: "profit \(subject.money(subject.profit)), \(subject.money(profit)) at 10 basis points",
            detail: "Neither commission nor slippage is assumed. No market trades for free.",
            remedy: "Set execution.commission and execution.slippage to what the venue takes.")
    }
}

extension AuditSubject {
    /// Whether a fill costs anything.
    var hasCosts: Bool {
        if !result.fees.isZero { return true }
        if case .fixed(let points) = plan.execution.slippage { return points != .zero }
        return true
    }

    /// The commission of every instrument that was traded; nil where they differ.
    var commission: CommissionModel? {
        if let given = plan.execution.commission { return given }
        var found: CommissionModel?
        for (place, instrument) in instruments.enumerated() where holdings.trades(InstrumentIndex(place)) {
            let own =
                VenueFees.schedule(of: instrument.id.venue, type: instrument.id.type) ?? CommissionModel()
            if let found, found != own { return nil }
            found = own
        }
        return found
    }

    /// Money for people, in the share class.
    func money(_ amount: Double) -> String {
        let decimals = abs(amount) >= 1_000 || amount == 0 ? 0 : abs(amount) >= 1 ? 2 : 6
        return NumberText.fixed(amount, decimals) + " " + unit
    }
}

extension PointResult {
    /// Change of equity in the share class.
    var profit: Double { finalEquity.approximateDouble - initialEquity.approximateDouble }
}

extension ExecutionModel {
    /// The model with costs of `factor` times; nil without a commission to multiply.
    fileprivate func costing(_ factor: Int64, _ commission: CommissionModel?) -> ExecutionModel? {
        guard let commission else { return nil }
        var model = self
        model.commission = CommissionModel(
            taker: commission.taker.times(factor),
            // A rebate stays what it is: more of it would be no stress.
            maker: commission.maker < .zero ? commission.maker : commission.maker.times(factor),
            perUnit: commission.perUnit.times(factor), minimum: commission.minimum.times(factor))
        switch slippage {
        case .fixed(let points): model.slippage = .fixed(points.times(factor))
        case .squareRoot(let points): model.slippage = .squareRoot(coefficient: points.times(factor))
        case .buckets(let buckets):
            model.slippage = .buckets(
                buckets.map { SlippageBucket(size: $0.size, cost: $0.cost.times(factor)) })
        }
        return model
    }
}

extension BasisPoints {
    fileprivate func times(_ factor: Int64) -> BasisPoints {
        let (product, overflow) = millionths.multipliedReportingOverflow(by: factor)
        return overflow ? self : BasisPoints(millionths: product)
    }
}

extension ExactDecimal {
    fileprivate func times(_ factor: Int64) -> ExactDecimal {
        let (product, overflow) = mantissa.multipliedReportingOverflow(by: Int128(factor))
        return overflow ? self : ExactDecimal(mantissa: product, scale: scale)
    }
}
