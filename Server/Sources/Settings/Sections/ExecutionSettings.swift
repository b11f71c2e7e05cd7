public import Units

/// What kind of run a process executes.
public enum ExecutionMode: String, Hashable, Sendable, CaseIterable {
    /// Over recorded data; no venue is spoken to.
    case backtest
    /// Over live data, with simulated fills.
    case paper
    /// With real orders.
    case live
}

/// What kind of run this process may execute.
public struct ExecutionSettings: Sendable {
    /// The most that the process may do: a run that asks for more is refused.
    public let mode: ExecutionMode

    init(_ reader: SettingsReader) {
        let reader = reader.section("execution", "What kind of run this process may execute.")
        mode = reader.value(
            "mode", .choice(ExecutionMode.backtest), "backtest", required: .stagingAndProduction,
            "The most that this process may do. A run that asks for more is refused.")
    }
}

/// The guards of live trading. They count in mode `live` only, and stand closed unless opened one by one.
public struct LiveSettings: Sendable {
    /// Whether real orders may leave at all.
    public let isEnabled: Bool
    /// Whether venues are only read.
    public let isReadOnly: Bool
    /// Largest notional of one order, in USD.
    public let maxOrderNotional: ExactDecimal
    /// Loss of capital, as a fraction, at which everything is closed and trading stops.
    public let emergencyStopLoss: ExactDecimal
    /// How long the live loop may go without a successful pass before an emergency stop.
    public let heartbeatTimeout: Duration
    /// Whether failing venues are left alone for a while.
    public let hasCircuitBreaker: Bool

    init(_ reader: SettingsReader) {
        let reader = reader.section(
            "live", "The guards of live trading; closed unless opened.", services: [.api, .trading])
        isEnabled = reader.value("enabled", .boolean, "false", "Whether real orders may leave at all.")
        isReadOnly = reader.value(
            "read-only", .boolean, "true", "Whether venues are read but never sent an order.")
        maxOrderNotional = reader.value(
            "max-order-notional", .decimal("0.01", "1000000000"), "100", precedence: .lowest,
            "Largest notional of one live order, in USD.")
        emergencyStopLoss = reader.value(
            "emergency-stop-loss", .decimal("0.001", "1"), "0.15", precedence: .lowest,
            "Loss, as a fraction of the capital at the start, at which all is closed and trading stops.")
        heartbeatTimeout = reader.value(
            "heartbeat-timeout", .duration(.seconds(5)...(.seconds(3600))), "300s", precedence: .lowest,
            "How long the live loop may go without a successful pass before an emergency stop.")
        hasCircuitBreaker = reader.value(
            "circuit-breaker", .boolean, "true",
            "Whether a venue that keeps failing is left alone for a while.")
    }
}

/// Limits that no strategy can pass. Of several places that give one, the lowest value counts.
public struct RiskSettings: Sendable {
    /// Largest notional of one order, in USD.
    public let maxOrderNotional: ExactDecimal
    /// Largest notional of the position in one instrument, in USD.
    public let maxPositionNotional: ExactDecimal
    /// Largest loss within a UTC day, in USD.
    public let maxDailyLoss: ExactDecimal
    /// Most orders that work at the same time.
    public let maxWorkingOrders: Int
    /// Most orders sent within ``orderRateInterval``.
    public let maxOrderRate: Int
    /// The interval of ``maxOrderRate``.
    public let orderRateInterval: Duration
    /// Violations in a row that engage the kill switch.
    public let killSwitchViolations: Int
    /// Multiple of a limit that engages the kill switch at once.
    public let killSwitchMultiple: ExactDecimal

    init(_ reader: SettingsReader) {
        let reader = reader.section(
            "risk", "Limits that no strategy can pass; the lowest of all places counts.",
            services: [.api, .trading])
        maxOrderNotional = reader.value(
            "max-order-notional", .decimal("0.01", "1000000000"), "100000", precedence: .lowest,
            "Largest notional of one order, in USD.")
        maxPositionNotional = reader.value(
            "max-position-notional", .decimal("0.01", "1000000000"), "100000", precedence: .lowest,
            "Largest notional of the position in one instrument, in USD, after all working orders of its "
                + "side fill."
        )
        maxDailyLoss = reader.value(
            "max-daily-loss", .decimal("0.01", "1000000000"), "10000", precedence: .lowest,
            "Largest loss within a UTC day, in USD; beyond it the kill switch is engaged.")
        maxWorkingOrders = reader.value(
            "max-working-orders", .integer(1...10_000), "10", precedence: .lowest,
            "Most orders of one strategy that work at the same time.")
        maxOrderRate = reader.value(
            "max-order-rate", .integer(1...100_000), "120", precedence: .lowest,
            "Most orders sent within order-rate-interval.")
        orderRateInterval = reader.value(
            "order-rate-interval", .duration(.milliseconds(100)...(.seconds(3600))), "1s",
            "The interval of max-order-rate.")
        killSwitchViolations = reader.value(
            "kill-switch-violations", .integer(1...1000), "3", precedence: .lowest,
            "Refused orders in a row that engage the kill switch.")
        killSwitchMultiple = reader.value(
            "kill-switch-multiple", .decimal("1", "100"), "1.5", precedence: .lowest,
            "An order beyond this multiple of a limit engages the kill switch at once.")
    }
}
