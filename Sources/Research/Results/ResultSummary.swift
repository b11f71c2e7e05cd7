internal import Accounting
public import Events
internal import Markets
public import StrategyKit
internal import Units

/// What of a result belongs to this execution and not to the run: never part of anything hashed.
public struct RunIdentity: Hashable, Sendable {
    /// Identifier of this execution.
    public let runID: String
    /// Seconds of the process so far.
    public let elapsedSeconds: Double

    /// An identity.
    public init(runID: String, elapsedSeconds: Double) {
        (self.runID, self.elapsedSeconds) = (runID, elapsedSeconds)
    }
}

extension BacktestResult {
    /// The object that `backtest --json` prints and `summary.json` holds. Every key is always present;
    /// money is a decimal string, what is undefined is null. A run with several strategies adds
    /// `sub_accounts` at the end; `strategy` and `parameters` are those of the first.
    public func summary(_ identity: RunIdentity, statistics: BacktestStatistics) -> JSONText {
        let returns = statistics.returns
        var members = [
            JSONMember("run_id", .string(identity.runID)),
            JSONMember("name", .string(plan.name)),
            JSONMember("strategy", plan.strategies.first.map { .string($0.strategy) } ?? .null),
            JSONMember("parameters", parameters.first.map(\.json) ?? .object([])),
            JSONMember("share_class", .string(plan.shareClass.symbol)),
            JSONMember("start", .time(start)),
            JSONMember("end", .time(end)),
            JSONMember("steps", .integer(steps)),
            JSONMember("initial_equity", .money(initialEquity)),
            JSONMember("final_equity", .money(finalEquity)),
            JSONMember("net_flows", .money(netFlows)),
            JSONMember("total_return", .optional(returns.totalReturn)),
            JSONMember("annualized_return", .optional(returns.annualizedReturn)),
            JSONMember("volatility", .optional(returns.volatility)),
            JSONMember("sharpe", .optional(returns.sharpe)),
            JSONMember("sortino", .optional(returns.sortino)),
            JSONMember("max_drawdown", .optional(statistics.maxDrawdown)),
            JSONMember("trades", .integer(tradeCount)),
            JSONMember("fills", .integer(fillCount)),
            JSONMember("fees", .money(fees)),
            JSONMember("attribution", BacktestResult.json(attribution: attribution)),
            JSONMember("attribution_residual", .money(attributionResidual)),
            JSONMember("final_positions", .list(finalPositions.map(\.json))),
            JSONMember("risk", risk.json),
            JSONMember("data", data.json),
            JSONMember("log_hash", .string(logHash.description)),
            JSONMember("elapsed_seconds", .number(identity.elapsedSeconds)),
            JSONMember("events_per_second", .optional(eventsPerSecond)),
            JSONMember("statistics", statistics.json(benchmark: benchmark?.instrument)),
        ]
        if plan.strategies.count > 1 {
            members.append(JSONMember("sub_accounts", .list(subAccountSummaries)))
        }
        return .object(members)
    }

    /// Rows used over the seconds of the engine; nil when it took no measurable time.
    public var eventsPerSecond: Double? {
        engineSeconds > 0 ? finite(Double(data.rows) / engineSeconds) : nil
    }

    private var subAccountSummaries: [JSONText] {
        subAccounts.enumerated().map { index, account in
            let planned = plan.strategies.indices.contains(index) ? plan.strategies[index] : nil
            let values = parameters.indices.contains(index) ? parameters[index].json : .object([])
            return .object([
                JSONMember("account", .string(account.account)),
                JSONMember("strategy", planned.map { .string($0.strategy) } ?? .null),
                JSONMember("parameters", values),
                JSONMember("initial_equity", .money(account.initialEquity)),
                JSONMember("final_equity", .money(account.finalEquity)),
                JSONMember("trades", .integer(account.tradeCount)),
                JSONMember("fills", .integer(account.fillCount)),
                JSONMember("attribution", BacktestResult.json(attribution: account.attribution)),
            ])
        }
    }

    /// The twelve causes, each with its amount.
    static func json(attribution: [ExactDecimal]) -> JSONText {
        precondition(attribution.count == Cause.attributedCount, "an amount for every cause")
        return .object(
            zip(Cause.attributed, attribution).map { JSONMember($0.key, .money($1)) })
    }
}

extension Parameters {
    /// The parameters by name; numbers as exact JSON numbers.
    public var json: JSONText { .object(entries.map { JSONMember($0.name, $0.value.json) }) }
}

extension ParameterValue {
    /// The value as JSON.
    public var json: JSONText {
        switch self {
        case .flag(let flag): .flag(flag)
        case .number(let number): .decimal(number)
        case .text(let text): .string(text)
        case .list(let items): .list(items.map(\.json))
        case .map(let entries): .object(entries.map { JSONMember($0.name, $0.value.json) })
        }
    }
}

extension FinalPosition {
    fileprivate var json: JSONText {
        .object([
            JSONMember("instrument", .string(instrument)), JSONMember("quantity", .money(quantity)),
            JSONMember("mark", .money(mark)), JSONMember("value", .money(value)),
        ])
    }
}

extension RiskSummary {
    fileprivate var json: JSONText {
        .object([
            JSONMember("worst_health_factor", .optional(worstHealthFactor)),
            JSONMember("worst_margin_ratio", .optional(worstMarginRatio)),
            JSONMember("max_abs_delta", .optional(maxAbsDelta)),
            JSONMember("liquidations", .integer(liquidations)),
        ])
    }
}

extension DataSummary {
    var json: JSONText {
        .object([
            JSONMember("series", .integer(series)), JSONMember("rows", .integer(rows)),
            JSONMember("first", .time(first)), JSONMember("last", .time(last)),
            JSONMember("warnings", .list(warnings.map { .string($0) })),
        ])
    }
}
