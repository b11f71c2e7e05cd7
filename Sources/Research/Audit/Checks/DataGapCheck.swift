internal import Markets
internal import Units

/// Holes in the bars of an instrument while it was held, at times at which its market was open.
///
/// In a hole nothing could be decided and no stop could fill; what the price did there was earned or lost
/// blindly, by all that was held together: what a hole moves in a spot, it moves in its hedge the other way.
/// Thresholds: serious when the moves across holes are more than a quarter of the profit, notable when there
/// is any hole. Source: `data check` tells where the holes of a file are; the share is our own.
struct DataGapCheck: AuditCheck {
    static let name = "data-gaps"
    static let activity = "holes inside positions"

    /// Holes while something was held.
    private struct Holes {
        var count = 0
        var missing = 0
        /// From the last moment before each to the first one after it.
        var spans: [Range<Int64>] = []
        var longest: (rows: Int, time: Instant)?
    }

    func findings(of subject: AuditSubject) throws -> [AuditFinding] {
        let held = HeldBars.all(of: subject)
        if held.isEmpty {
            return [Self.fine("No bars were held", "", "The run held nothing whose prices are bars.")]
        }
        var holes = Holes()
        for one in held { find(in: one, subject, &holes) }
        guard holes.count > 0, let longest = holes.longest else {
            return [
                Self.fine(
                    "No hole in the data while something was held", "",
                    "Every bar of an open market is there.")
            ]
        }
        let moved = Self.joined(holes.spans).reduce(0.0) { sum, span in
            sum + held.reduce(0.0) { $0 + $1.move(over: span, subject) }
        }
        let share = subject.profit != 0 ? abs(moved / subject.profit) : 0
        let isSerious = subject.isInShareClass && share > 0.25
        let earned =
            subject.isInShareClass ? ", \(subject.money(moved)) moved across them" : ""
        return [
            AuditFinding(
                check: Self.name, weight: isSerious ? .serious : .notable,
                title: "Positions were held through holes in the data",
                figure: "\(NumberText.count(holes.count)) holes, \(NumberText.count(holes.missing)) bars"
                    + earned,
                detail: "The longest lacks \(NumberText.count(longest.rows)) bars after "
                    + "\(NumberText.moment(longest.time)) UTC. Meanwhile nothing could be decided and no "
                    + "stop could fill, in the run or in its drawdown.",
                remedy: "Fill the holes from another source, or leave such times out of the window.")
        ]
    }

    private func find(in one: HeldBars, _ subject: AuditSubject, _ holes: inout Holes) {
        guard case .fixed(let span) = one.timeframe, span > .zero, one.rows.count > 1 else { return }
        let (bars, calendar) = (one.bars, subject.calendar(of: one.instrument))
        for row in one.rows.dropFirst() {
            let (closed, opened) = (bars.closeTime[row - 1], bars.openTime[row])
            // Half a bar of tolerance, for stamps that are off by seconds.
            let hole = Instant(nanoseconds: opened).since(Instant(nanoseconds: closed)).nanoseconds
            guard hole > span.nanoseconds / 2 else { continue }
            let quantity = subject.holdings.quantity(of: one.instrument, at: opened - 1)
            if quantity == 0 { continue }
            let missing = missing(from: closed, to: opened, span, calendar)
            if missing == 0 { continue }
            holes.count += 1
            holes.missing += missing
            holes.spans.append(closed..<opened)
            if missing > holes.longest?.rows ?? 0 {
                holes.longest = (missing, Instant(nanoseconds: closed))
            }
        }
    }

    /// Spans that overlap as one, in order of time.
    private static func joined(_ spans: [Range<Int64>]) -> [Range<Int64>] {
        var joined: [Range<Int64>] = []
        for span in spans.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = joined.last, span.lowerBound < last.upperBound {
                joined[joined.count - 1] = last.lowerBound..<max(last.upperBound, span.upperBound)
            } else {
                joined.append(span)
            }
        }
        return joined
    }

    /// Bars that an open market would have given between two moments.
    private func missing(
        from: Int64, to: Int64, _ span: Timespan, _ calendar: SessionCalendar?
    ) -> Int {
        let hole = Instant(nanoseconds: to).since(Instant(nanoseconds: from)).nanoseconds
        guard let calendar else {
            let rest = hole % span.nanoseconds
            return max(1, Int(hole / span.nanoseconds) + (rest > span.nanoseconds / 2 ? 1 : 0))
        }
        // A daily bar stands for its session, wherever the session lies within the day.
        let isDaily = span >= .day
        var (open, next) = (Int64(0), from)
        var sessions = 0
        while let session = calendar.session(atOrAfter: Instant(nanoseconds: next)),
            session.open.nanoseconds < to
        {
            open += min(to, session.close.nanoseconds) - max(next, session.open.nanoseconds)
            if session.open.nanoseconds >= from && session.close.nanoseconds <= to { sessions += 1 }
            next = session.close.nanoseconds
        }
        if isDaily { return sessions / max(1, Int(span.nanoseconds / Timespan.day.nanoseconds)) }
        return Int((open + span.nanoseconds / 2) / span.nanoseconds)
    }
}

extension HeldBars {
    /// What the price did over a span to the quantity that was held at its end.
    fileprivate func move(over span: Range<Int64>, _ subject: AuditSubject) -> Double {
        let quantity = subject.holdings.quantity(of: instrument, at: span.upperBound - 1)
        let after = bars.openTime.lowerBound(of: span.upperBound)
        let before = bars.closeTime.lowerBound(of: span.lowerBound + 1) - 1
        guard quantity != 0, before >= 0, after < bars.openTime.count else { return 0 }
        let move = Double(bars.open[after]) - Double(bars.close[before])
        return move / priceUnit * Double(quantity) / quantityUnit
    }
}
