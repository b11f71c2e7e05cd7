/// What a caller of a backtest wants beyond its figures. Nothing here changes the result.
public struct BacktestOptions {
    /// Whether to keep every fill and round trip in memory, for files and reports.
    public var keepsRecords: Bool
    /// Whether to keep every posting in memory, for `ledger.csv`.
    public var keepsLedger: Bool
    /// Where the blocks of the run's log go; nil only hashes them.
    public var logSink: ((UnsafeRawBufferPointer) throws -> Void)?
    /// A clock in nanoseconds, to measure the engine; nil reports 0 seconds.
    public var clock: (() -> UInt64)?
    /// Called every 65,536 rows with the share of rows done; returns false to stop the run.
    public var progress: ((Double) -> Bool)?
    /// Called at most every ``watchInterval``, between steps, with where the run is; needs a ``clock``. What
    /// it throws ends the run.
    public var watch: ((BacktestMoment) throws -> Void)?
    /// Nanoseconds between two calls of ``watch``.
    public var watchInterval: UInt64 = 1_000_000_000
    /// Whether there is a log to hash. Without one the result has no hash, so only figures leave the module.
    var keepsLog = true
    /// Whether rows before the window that no strategy says to need are left out.
    var leavesOutEarlyRows = false
    /// The most points of the equity curve.
    var curvePoints = 100_000

    /// Options; nothing extra unless given.
    public init(
        keepsRecords: Bool = false, keepsLedger: Bool? = nil,
        logSink: ((UnsafeRawBufferPointer) throws -> Void)? = nil,
        clock: (() -> UInt64)? = nil, progress: ((Double) -> Bool)? = nil
    ) {
        self.keepsRecords = keepsRecords
        self.keepsLedger = keepsLedger ?? keepsRecords
        self.logSink = logSink
        self.clock = clock
        self.progress = progress
    }
}
