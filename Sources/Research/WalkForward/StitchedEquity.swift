internal import Units

/// One equity curve out of the test windows of a walk-forward: each window goes on with what the one before
/// left, in proportion.
enum StitchedEquity {
    /// The curve over the results of test windows, in order of time.
    ///
    /// Every result begins with the plan's capital; its points are multiplied by what the windows before
    /// made of that capital. Between windows equity stands still.
    ///
    /// - Throws: `ArithmeticOverflow` when the chained equity does not fit.
    static func curve(_ results: [BacktestResult]) throws -> EquityCurve {
        guard let opening = results.first?.equity.points.first, let scale = results.first?.equity.scale else {
            return EquityCurve(
                scale: Scale(0), points: [], periods: [], periodReturns: [],
                drawdown: DrawdownSummary(deepest: nil, peak: nil, trough: nil, longest: .zero),
                exposure: nil)
        }
        var recorder = EquityRecorder(
            scale: scale, start: opening.time, initialEquity: opening.equity, initialCash: opening.cash,
            everyStepIsPeriod: results[0].periodsAreBars)
        var carried = opening.equity
        var flows: Int128 = 0
        for result in results {
            let points = allPoints(of: result.equity)
            guard let base = points.first?.equity, base > 0 else { continue }
            var last = (equity: carried, flows: flows)
            for point in points.dropFirst() where point.time > recorder.lastTime {
                func chained(_ value: Int128) throws -> Int128 {
                    try WideArithmetic.multiply(value, by: carried, dividedBy: base, rounding: .halfEven)
                }
                last = (try chained(point.equity), try flows + chained(point.netFlows))
                recorder.append(
                    time: point.time.nanoseconds, equity: last.equity, cash: try chained(point.cash),
                    netFlows: last.flows)
            }
            (carried, flows) = last
        }
        let curve = recorder.finish()
        return EquityCurve(
            scale: curve.scale, points: curve.points, periods: curve.periods,
            periodReturns: curve.periodReturns, drawdown: curve.drawdown, exposure: exposure(results))
    }

    /// The thinned points and the ends of periods, which thinning may have left out, in order of time.
    private static func allPoints(of curve: EquityCurve) -> [EquityPoint] {
        var merged: [EquityPoint] = []
        merged.reserveCapacity(curve.points.count + curve.periods.count)
        var (left, right) = (0, 0)
        while left < curve.points.count || right < curve.periods.count {
            let takesPoint =
                right == curve.periods.count
                || (left < curve.points.count && curve.points[left].time <= curve.periods[right].time)
            let point = takesPoint ? curve.points[left] : curve.periods[right]
            if takesPoint { left += 1 } else { right += 1 }
            if merged.last?.time != point.time { merged.append(point) }
        }
        return merged
    }

    private static func exposure(_ results: [BacktestResult]) -> Double? {
        let steps = results.reduce(0) { $0 + $1.steps }
        guard steps > 0 else { return nil }
        return results.reduce(0) { $0 + ($1.equity.exposure ?? 0) * Double($1.steps) } / Double(steps)
    }
}
