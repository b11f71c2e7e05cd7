internal import Markets
internal import Simulation
internal import StrategyKit
internal import TradingEngine
internal import Units

/// The execution model and the parameters of a run in words.
enum ExecutionText {
    /// What a fill rule means.
    static func rule(_ rule: BarFillRule) -> String {
        switch rule {
        case .nextOpen: "market orders fill at the open of the next bar"
        case .close: "market orders fill at the close of the bar that decided"
        case .vwap: "market orders fill at (high + low + close) / 3 of the next bar"
        case .worst: "market orders fill at the high (buys) or low (sells) of the next bar"
        }
    }

    /// What must be said of a run whose fills no market gives; nil for others.
    static func idealisation(_ rule: BarFillRule) -> String? {
        guard rule == .close else { return nil }
        return "Fills are idealised: each order fills at the very close that decided it, a price that was "
            + "already gone when the decision could be made. Use next-open for a price that was to be had."
    }

    /// Name and value of each part of the execution model.
    static func lines(_ plan: BacktestPlan) -> [(name: String, value: String)] {
        let model = plan.execution
        return [
            ("Fill rule", model.fill.rawValue + ": " + rule(model.fill)),
            ("Commission", commission(model.commission)),
            ("Slippage", slippage(model.slippage)),
            ("Latency", "order " + latency(model.orderLatency) + ", report " + latency(model.reportLatency)),
            (
                "Participation",
                model.participation.map { "at most \($0) of a bar's volume" } ?? "without limit"
            ),
            ("Short spot", model.allowsShortSpot ? "allowed, at no borrowing cost" : "refused"),
            ("Overdraft", model.allowsOverdraft ? "allowed, at no interest" : "refused"),
        ] + margin(model.contracts) + impact(model.chain) + [("Seed", String(plan.seed))]
    }

    /// What differs from the usual rules of margin accounts.
    private static func margin(_ rules: ContractRules) -> [(name: String, value: String)] {
        var lines: [(name: String, value: String)] = []
        if rules.marginMode == .isolated { lines.append(("Margin", "isolated: each position has its own")) }
        if rules.marginPrice == .extremes {
            lines.append(("Margin judged", "by the low and high of each bar, then its close"))
        }
        if rules.deleverages {
            let funds = rules.insuranceFunds.map { "\(NumberText.exact($0.amount)) \($0.asset)" }
            lines.append(
                (
                    "Losses beyond the margin",
                    "paid by each venue's fund of "
                        + (funds.isEmpty ? "nothing" : funds.joined(separator: ", "))
                        + ", then by the other side"
                ))
        }
        return lines
    }

    /// Pools whose rates our own size moves.
    private static func impact(_ rules: ChainRules) -> [(name: String, value: String)] {
        if rules.impacts.isEmpty { return [] }
        let pools = rules.impacts.map(\.instrument.description).joined(separator: ", ")
        return [("Rate impact", "own deposits and debts move the rates of \(pools)")]
    }

    private static func commission(_ model: CommissionModel?) -> String {
        guard let model else { return "each venue's own schedule" }
        var parts: [String] = []
        if model.maker == model.taker {
            parts.append(points(model.taker))
        } else {
            parts.append("maker \(model.maker.decimal), taker " + points(model.taker))
        }
        if !model.perUnit.isZero { parts.append("\(model.perUnit) per unit") }
        if !model.minimum.isZero { parts.append("at least \(model.minimum) a fill") }
        return parts.joined(separator: ", ")
    }

    private static func points(_ value: BasisPoints) -> String {
        "\(value.decimal) basis point" + (value.millionths == 1_000_000 ? "" : "s")
    }

    private static func slippage(_ model: SlippageModel) -> String {
        switch model {
        case .fixed(let points): points == .zero ? "none" : ExecutionText.points(points)
        case .squareRoot(let coefficient):
            "\(coefficient.decimal) basis points × √(quantity / volume of the last bar)"
        case .buckets(let buckets):
            buckets.prefix(20).map { "up to \(NumberText.exact($0.size)): \($0.cost.decimal)" }
                .joined(separator: ", ") + " basis points"
        }
    }

    private static func latency(_ model: LatencyModel) -> String {
        switch model {
        case .constant(let span): span == .zero ? "none" : span.description
        case .uniform(let range):
            Timespan(nanoseconds: range.lowerBound).description + " to "
                + Timespan(nanoseconds: range.upperBound).description + " from the seed"
        }
    }

    /// A parameter's value on one line.
    static func value(_ value: ParameterValue) -> String {
        switch value {
        case .flag(let flag): flag ? "true" : "false"
        case .number(let number): number.description
        case .text(let text): text
        case .list(let items): items.map { ExecutionText.value($0) }.joined(separator: ", ")
        case .map(let entries):
            entries.map { $0.name + " " + ExecutionText.value($0.value) }.joined(separator: ", ")
        }
    }
}
