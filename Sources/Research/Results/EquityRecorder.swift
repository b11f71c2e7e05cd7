public import Units

/// Follows equity step by step in constant memory: the thinned curve, the periods that statistics use and
/// the exact figures that need every step.
///
/// Thinning: steps are gathered in buckets of equal numbers of steps; of each, the first, the lowest, the
/// highest and the last point stay. When the points reach the limit, neighbouring buckets are merged. So
/// the curve keeps its extremes, its first and its last point, and depends on the steps alone.
///
/// Periods end at each UTC midnight, which belongs to the day it ends, and at the last step.
public struct EquityRecorder: ~Copyable {
    /// Decimals of all money.
    public let scale: Scale
    /// The most points that the finished curve holds.
    public let pointLimit: Int

    private let everyStepIsPeriod: Bool
    private var thinning: EquityThinning
    private var periods: [EquityPoint]
    private var periodReturns: [Double?] = []
    private var last: EquityPoint
    /// The last steps: of one period and one bucket, without flows.
    private var block = StepBlock()
    private var exposedSteps = 0

    /// A step after this begins a period.
    private var periodEnd = Int64.min
    private var periodBase: Int128
    private var periodGrowth: Double? = 1

    private var peak: Int128
    private var trough: Int128
    private var peakTime: Int64
    private var troughTime: Int64
    private var maxDrawdown: Double?
    private var maxDrawdownPeak: Int64?
    private var maxDrawdownTrough: Int64?
    private var longestDrawdown: Timespan = .zero

    /// A recorder.
    ///
    /// - Parameters:
    ///   - scale: decimals of all money.
    ///   - start: the moment of the initial capital, not after the first step.
    ///   - initialEquity: equity before the first step.
    ///   - initialCash: its part in the share class asset.
    ///   - everyStepIsPeriod: whether statistics use every step, as when bars are a day or longer, and not
    ///     UTC days.
    ///   - pointLimit: the most points of the curve, at least 16.
    public init(
        scale: Scale, start: Instant, initialEquity: Int128, initialCash: Int128,
        everyStepIsPeriod: Bool = false, pointLimit: Int = 100_000
    ) {
        precondition(pointLimit >= 16, "a curve has room for at least 16 points")
        self.scale = scale
        self.pointLimit = pointLimit
        self.everyStepIsPeriod = everyStepIsPeriod
        last = EquityPoint(time: start, equity: initialEquity, cash: initialCash, netFlows: 0)
        thinning = EquityThinning(limit: pointLimit)
        thinning.append(last)
        periods = [last]
        periodBase = initialEquity
        (peak, trough) = (initialEquity, initialEquity)
        (peakTime, troughTime) = (start.nanoseconds, start.nanoseconds)
        maxDrawdown = initialEquity > 0 ? 0 : nil
    }

    /// Adds the state after one step.
    ///
    /// - Parameters:
    ///   - time: nanoseconds since 1970 UTC; later than that of the step before.
    ///   - equity: equity in the share class, flows included.
    ///   - cash: its part in the share class asset.
    ///   - netFlows: deposits less withdrawals since the start.
    @inline(never)
    public mutating func append(time: Int64, equity: Int128, cash: Int128, netFlows: Int128) {
        lookAtBlock()
        defer { block.restart(room: thinning.room) }
        if time > periodEnd { turnPeriod(at: time) }
        if netFlows != last.netFlows { meetFlow(equity: equity, netFlows: netFlows) }
        meet(equity, at: time)
        counted += 1
        if equity != cash { exposedSteps += 1 }
        last.time = Instant(nanoseconds: time)
        last.equity = equity
        last.cash = cash
        last.netFlows = netFlows
        thinning.append(last)
    }

    /// Adds the state after a step without flows. Most neither end a period nor begin or end a bucket.
    @inline(__always)
    mutating func append(time: Int64, equity: Int128, cash: Int128) {
        guard time <= periodEnd, block.hasRoom else {
            return append(afterBlock: time, equity: equity, cash: cash)
        }
        block.append(time: time, equity: equity, cash: cash)
    }

    @inline(never)
    private mutating func append(afterBlock time: Int64, equity: Int128, cash: Int128) {
        lookAtBlock()
        block.restart(room: thinning.room)
        if time <= periodEnd, block.hasRoom {
            block.append(time: time, equity: equity, cash: cash)
        } else {
            append(time: time, equity: equity, cash: cash, netFlows: last.netFlows)
        }
    }

    /// Takes the steps of the block in.
    private mutating func lookAtBlock() {
        if block.count == 0 { return }
        let extremes = block.extremes()
        if extremes.greatest >= peak {
            for index in 0..<block.count { meet(block[index].equity, at: block[index].time) }
        } else if extremes.least < trough {
            (trough, troughTime) = (extremes.least, block[extremes.lowest].time)
        }
        let end = block[block.count - 1]
        last.time = Instant(nanoseconds: end.time)
        last.equity = end.equity
        last.cash = end.cash
        exposedSteps += extremes.exposed
        counted += block.count
        thinning.absorb(block, extremes, netFlows: last.netFlows)
        block.restart(room: 0)
    }

    /// Follows peak and trough.
    @inline(__always)
    private mutating func meet(_ equity: Int128, at time: Int64) {
        if equity >= peak {
            if trough < peak { endDrawdown(at: time) }
            (peak, trough, peakTime) = (equity, equity, time)
        } else if equity < trough {
            (trough, troughTime) = (equity, time)
        }
    }

    /// Steps so far.
    var steps: Int { counted + block.count }

    /// Steps that were taken in.
    private var counted = 0

    /// The time of the last step; the start before the first.
    public var lastTime: Instant {
        block.count == 0 ? last.time : Instant(nanoseconds: block[block.count - 1].time)
    }

    /// The state after the last step.
    var present: EquityPoint { last }

    /// Fall of equity from its highest so far, as a fraction; 0 where that is not above zero.
    var presentDrawdown: Double {
        peak > 0 && last.equity < peak ? 1 - EquityRecorder.ratio(last.equity, peak) : 0
    }

    /// Ends recording: the thinned curve with the figures of every step. Call it once, at the end.
    public mutating func finish() -> EquityCurve {
        lookAtBlock()
        if steps > 0 { closePeriod() }
        if trough < peak { endDrawdown(at: last.time.nanoseconds) }
        return EquityCurve(
            scale: scale, points: thinning.finish(last: last), periods: periods, periodReturns: periodReturns,
            drawdown: DrawdownSummary(
                deepest: maxDrawdown, peak: maxDrawdownPeak.map { Instant(nanoseconds: $0) },
                trough: maxDrawdownTrough.map { Instant(nanoseconds: $0) }, longest: longestDrawdown),
            exposure: steps == 0 ? nil : Double(exposedSteps) / Double(steps))
    }

    // MARK: Periods

    @inline(never)
    private mutating func turnPeriod(at time: Int64) {
        if steps > 0 { closePeriod() }
        if !everyStepIsPeriod { periodEnd = EquityRecorder.endOfDay(time) }
    }

    private mutating func closePeriod() {
        var result: Double?
        if let growth = periodGrowth, periodBase > 0 {
            result = growth * EquityRecorder.ratio(last.equity, periodBase) - 1
        }
        periods.append(last)
        periodReturns.append(result)
        periodBase = last.equity
        periodGrowth = 1
    }

    /// The first UTC midnight at or after a time.
    private static func endOfDay(_ time: Int64) -> Int64 {
        let day = Timespan.day.nanoseconds
        let whole = time / day * day
        guard time % day > 0 else { return whole }
        let (end, overflow) = whole.addingReportingOverflow(day)
        return overflow ? Int64.max : end
    }

    // MARK: Flows

    /// A flow changes equity without being a return: the return up to it is closed, and the peak moves in
    /// the same proportion as equity, so that the drawdown stays what it was.
    @inline(never)
    private mutating func meetFlow(equity: Int128, netFlows: Int128) {
        measureDrawdown()
        let (flow, overflow) = netFlows.subtractingReportingOverflow(last.netFlows)
        let (before, overflowed) = equity.subtractingReportingOverflow(flow)
        guard !overflow, !overflowed, before > 0, equity > 0, periodBase > 0 else {
            periodGrowth = nil
            (periodBase, peak, trough) = (equity, equity, equity)
            return
        }
        periodGrowth = periodGrowth.map { $0 * EquityRecorder.ratio(before, periodBase) }
        periodBase = equity
        peak = EquityRecorder.scale(peak, by: equity, over: before)
        trough = EquityRecorder.scale(trough, by: equity, over: before)
    }

    private static func scale(_ value: Int128, by numerator: Int128, over denominator: Int128) -> Int128 {
        do {
            return try WideArithmetic.multiply(
                value, by: numerator, dividedBy: denominator, rounding: .halfEven)
        } catch {
            return value < 0 ? Int128.min : Int128.max
        }
    }

    // MARK: Drawdown

    /// Compares the present drawdown, at its lowest, with the deepest so far.
    private mutating func measureDrawdown() {
        guard trough < peak, peak > 0 else { return }
        let depth = 1 - EquityRecorder.ratio(trough, peak)
        if depth > maxDrawdown ?? 0 {
            maxDrawdown = depth
            maxDrawdownPeak = peakTime
            maxDrawdownTrough = troughTime
        }
    }

    private mutating func endDrawdown(at time: Int64) {
        measureDrawdown()
        let length = Instant(nanoseconds: time).since(Instant(nanoseconds: peakTime))
        longestDrawdown = max(longestDrawdown, length)
    }

    private static func ratio(_ a: Int128, _ b: Int128) -> Double {
        WideArithmetic.approximateDouble(a) / WideArithmetic.approximateDouble(b)
    }
}
