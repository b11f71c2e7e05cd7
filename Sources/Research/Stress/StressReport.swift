public import Units

/// What a stress test is made with.
public struct StressOptions: Sendable {
    /// What happens to the run, each in a run of its own, in order; empty for the usual shocks: prices by
    /// -10, -20, -30, -50 and +30 %, depegs of 2 and 5 %, flipped funding, debts that cost 80 points more,
    /// gas at 20 times its price, and each venue out.
    public var scenarios: [ShockScenario] = []
    /// When they begin; nil lets the run choose, see ``StressReport/moment``.
    public var moment: Instant?
    /// How long they last; nil as usual for each kind.
    public var span: Timespan?

    /// Options of the usual stress test.
    public init() {}
}

/// A run and what shocks do to it.
public struct StressReport: Sendable {
    /// The run without a shock.
    public let result: BacktestResult
    /// Its statistics.
    public let statistics: BacktestStatistics
    /// When the shocks begin: the middle of the run, or of the span nearest to it in which the run holds
    /// something.
    public let moment: Instant
    /// What became of each shock, in order.
    public let outcomes: [StressOutcome]
}

/// One shock, or several at one time, and what became of the run.
public struct StressOutcome: Sendable {
    /// What became of a run under a shock.
    public enum Course: Sendable {
        /// It ran to its end.
        case ran(StressedRun)
        /// The shock means nothing to the run, and why.
        case unfit(String)
        /// The run was stopped by it, and why.
        case stopped(String)
    }

    /// The shock, or the shocks together.
    public let scenario: ShockScenario
    /// Its start.
    public let start: Instant
    /// Its end, of several that of the last; nil where all stay.
    public let end: Instant?
    /// What became of the run.
    public let course: Course
}

/// A run under a shock, beside the run without.
public struct StressedRun: Sendable {
    /// The run under the shock.
    public let result: BacktestResult
    /// Its statistics.
    public let statistics: BacktestStatistics
    /// Final equity of the run without the shock less that under it: negative where the shock paid.
    public let lost: ExactDecimal
    /// Attribution under the shock less that without, in the order of `Cause.attributed`.
    public let attributionChange: [ExactDecimal]
    /// The series that the shock changed, as `bars of binance:spot:BTCUSDT`.
    public let changed: [String]
    /// End of the span that ``activity`` is of: a day after the end of the shock.
    public let watchedUntil: Instant
    /// What happened from the start of the shock on.
    public let activity: StressActivity
    /// What happened in the same span without the shock.
    public let usualActivity: StressActivity
    /// What happened, in words, the first of it.
    public let actions: [StressAction]
    /// How much of it is left out.
    public let omittedActions: Int
}

/// Something that happened in a run under a shock.
public struct StressAction: Hashable, Sendable {
    /// When.
    public let time: Instant
    /// What, as a sentence without its end.
    public let text: String
}
