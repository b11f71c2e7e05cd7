internal import Markets
internal import Trading
internal import Units

/// When shocks begin where nobody says.
enum StressMoment {
    /// The middle of the run where it holds a position then; else the middle of the first span after it in
    /// which the run does, else of the last before; at a whole hour. A run that trades on no exchange is
    /// shocked in its middle.
    static func choose(_ result: BacktestResult) -> Instant {
        guard let start = result.start, let end = result.end, end > start else {
            return result.start ?? .epoch
        }
        let middle = halfway(start, end)
        let held = spans(result, end)
        let span =
            held.first { $0.start <= middle && middle < $0.end } ?? held.first { $0.start > middle }
            ?? held.last
        guard let span else { return hour(middle, after: start) }
        if span.start <= middle && middle < span.end { return hour(middle, after: span.start) }
        return hour(halfway(span.start, span.end), after: span.start)
    }

    /// The spans in which anything is held, as far as fills tell.
    private static func spans(_ result: BacktestResult, _ end: Instant) -> [(start: Instant, end: Instant)] {
        var held = [Int64](repeating: 0, count: result.instruments.count)
        var open = 0
        var since: Instant?
        var spans: [(start: Instant, end: Instant)] = []
        for fill in result.fills {
            let place = fill.instrument.position
            let signed = fill.side == .buy ? fill.quantity.mantissa : -fill.quantity.mantissa
            let (sum, overflow) = held[place].addingReportingOverflow(signed)
            if overflow { continue }
            open += (sum != 0 ? 1 : 0) - (held[place] != 0 ? 1 : 0)
            held[place] = sum
            if open > 0, since == nil { since = fill.time }
            if open == 0, let first = since {
                spans.append((first, fill.time))
                since = nil
            }
        }
        if let since { spans.append((since, end)) }
        return spans
    }

    private static func halfway(_ start: Instant, _ end: Instant) -> Instant {
        start + Timespan(nanoseconds: end.since(start).nanoseconds / 2)
    }

    /// The last whole hour at or before a moment that is not before another; else the moment.
    private static func hour(_ time: Instant, after start: Instant) -> Instant {
        let past = time.nanoseconds % Timespan.hour.nanoseconds
        let floor = time - Timespan(nanoseconds: past >= 0 ? past : past + Timespan.hour.nanoseconds)
        return floor >= start ? floor : time
    }
}
