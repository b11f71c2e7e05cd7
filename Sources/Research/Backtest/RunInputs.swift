internal import Accounting
internal import Markets
internal import Risk
internal import Simulation
internal import StrategyKit
internal import Trading
internal import TradingEngine
internal import Units

/// The canonical text of a run's inputs: the first record of its log, and what its ids derive from.
///
/// One `key value` a line, in fixed order; nothing of names, paths, hosts or clocks. The seed is part of it
/// only where something draws from it. A `market` line stands for each instrument in the order of their
/// indices and tells the scales of the mantissas in the records that follow.
struct RunInputs {
    let text: String
    /// First eight hexadecimal digits of the SHA-256 of the text: the stem of order ids.
    let stem: String

    init(
        plan: BacktestPlan, series: [MarketSeries], instruments: [Instrument], parameters: [Parameters]
    ) {
        var lines = ["tradewind run 1"]
        for one in series { lines.append("series \(one.instrument) \(one.kind.rawValue) \(one.digest)") }
        for one in instruments {
            lines.append(
                "market \(one.id) price \(one.priceScale) fill \(one.fillPriceScale) "
                    + "quantity \(one.quantityScale) fee \(one.settlementAsset.ledgerScale) "
                    + "\(one.settlementAsset) "
                    + "calendar \(one.calendar?.name ?? "always")")
        }
        lines.append("capital \(plan.capital) \(plan.shareClass)")
        for (strategy, resolved) in zip(plan.strategies, parameters) {
            lines.append("strategy \(strategy.account) \(strategy.strategy) \(strategy.capital)")
            for entry in resolved.entries {
                lines.append("parameter \(entry.name) \(RunInputs.text(entry.value))")
            }
        }
        lines.append("window \(plan.start.map(\.description) ?? "-") \(plan.end.map(\.description) ?? "-")")
        lines += RunInputs.lines(plan.execution)
        if plan.limits != RiskLimits() { lines.append(RunInputs.line(plan.limits)) }
        if plan.bands != .standard { lines += RunInputs.lines(plan.bands) }
        for one in plan.instruments {
            let (tick, lot) = (one.tickSize.map(\.description) ?? "-", one.lotSize.map(\.description) ?? "-")
            let (base, quote) = (one.base.map(\.symbol) ?? "-", one.quote.map(\.symbol) ?? "-")
            lines.append("instrument \(one.instrument) \(tick) \(lot) \(base) \(quote)")
        }
        let hasProtocols = instruments.contains { $0.id.type.isProtocolToken }
        if hasProtocols || instruments.contains(where: { $0.contract != nil }) {
            lines += RunInputs.contractLines(plan.execution.contracts, instruments, plan.shareClass)
        }
        if let delay = plan.execution.chain.unstakingDelay {
            lines.append("unstaking-delay \(delay.nanoseconds)")
        }
        for cap in plan.execution.chain.caps {
            lines.append("cap \(cap.instrument) \(cap.amount)")
        }
        for impact in plan.execution.chain.impacts {
            let rates = impact.rates.map { rates in
                [rates.optimal, rates.base, rates.slope1, rates.slope2, rates.reserveFactor]
                    .map { $0.decimal.normalized.description }.joined(separator: " ")
            }
            lines.append(
                "rate-impact \(impact.instrument) \(impact.supplied) \(impact.borrowed) \(rates ?? "-")")
        }
        for flow in plan.flows { lines.append("flow \(flow.time) \(flow.amount)") }
        for one in plan.execution.outages { lines.append("outage \(one.venue) \(one.start) \(one.end)") }
        if plan.execution.draws { lines.append("seed \(plan.seed)") }
        text = lines.joined(separator: "\n") + "\n"
        var stream = SHA256Stream()
        stream.update(text)
        stem = String(stream.snapshot().description.prefix(8))
    }

    private static func lines(_ model: ExecutionModel) -> [String] {
        var lines = ["fill \(model.fill.rawValue)"]
        if let commission = model.commission {
            lines.append(
                "commission \(commission.taker.decimal) \(commission.maker.decimal) \(commission.perUnit) "
                    + "\(commission.minimum)")
        } else {
            lines.append("commission venue")
        }
        switch model.slippage {
        case .fixed(let fraction): lines.append("slippage fixed \(fraction.decimal)")
        case .squareRoot(let coefficient): lines.append("slippage square-root \(coefficient.decimal)")
        case .buckets(let buckets):
            lines.append(
                "slippage buckets "
                    + buckets.map { "\($0.size):\($0.cost.decimal)" }.joined(separator: ","))
        }
        lines.append("latency \(text(model.orderLatency)) \(text(model.reportLatency))")
        lines.append("participation \(model.participation.map(\.description) ?? "-")")
        lines.append("short-spot \(model.allowsShortSpot) overdraft \(model.allowsOverdraft)")
        return lines
    }

    private static func line(_ limits: RiskLimits) -> String {
        "risk order \(limits.maxOrderNotional.map(\.normalized.description) ?? "-") "
            + "position \(limits.maxPositionNotional.map(\.normalized.description) ?? "-") "
            + "working \(limits.maxWorkingOrders)"
    }

    private static func lines(_ bands: RiskBands) -> [String] {
        func line(_ name: String, _ bounds: [ExactDecimal]) -> String {
            "bands \(name) " + bounds.map { $0.normalized.description }.joined(separator: " ")
        }
        let (health, margin) = (bands.healthFactor, bands.marginRatio)
        let (loan, drift) = (bands.loanToValue, bands.deltaDrift)
        return [
            line("health-factor", [health.warning, health.reduce, health.critical]),
            line("margin-ratio", [margin.warning, margin.reduce, margin.critical]),
            line("loan-to-value", [loan.warning, loan.reduce, loan.critical]),
            line("delta-drift", [drift.warning, drift.reduce, drift.critical]),
        ]
    }

    private static func text(_ latency: LatencyModel) -> String {
        switch latency {
        case .constant(let span): "\(span.nanoseconds)"
        case .uniform(let range): "\(range.lowerBound)..\(range.upperBound)"
        }
    }

    private static func text(_ value: ParameterValue) -> String {
        switch value {
        case .flag(let flag): "\(flag)"
        case .number(let number): number.description
        case .text(let text): text
        case .list(let values): "[" + values.map { RunInputs.text($0) }.joined(separator: ",") + "]"
        case .map(let entries):
            "{" + entries.map { "\($0.name):\(RunInputs.text($0.value))" }.joined(separator: ",") + "}"
        }
    }
}

extension ExecutionModel {
    /// Whether anything in the model draws from the seed.
    var draws: Bool {
        if case .uniform = orderLatency { return true }
        if case .uniform = reportLatency { return true }
        return false
    }
}
