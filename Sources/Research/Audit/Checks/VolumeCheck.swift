internal import Markets
internal import Simulation
internal import Trading
internal import Units

/// Compares what filled within each bar with the volume of that bar.
///
/// Thresholds: serious when any bar filled more than it traded, or more than a tenth of the bars with fills
/// took over 10 % of their volume; notable when any did, or when the data hold no volume. More than a bar's
/// volume is impossible; that a tenth of it moves the price is common practice (impact grows with the root of
/// the share: Almgren and others, "Direct Estimation of Equity Market Impact", Risk, July 2005).
struct VolumeCheck: AuditCheck {
    static let name = "volume"
    static let activity = "fills beside volumes"

    static let limit = 0.1

    func findings(of subject: AuditSubject) throws -> [AuditFinding] {
        var (taken, beyond, large, worst) = (0, 0, 0, 0.0)
        var hasVolume = false
        var worstTime = Instant.epoch
        for one in subject.series {
            guard case .bars(let bars, _) = one.columns, let index = subject.index(of: one),
                subject.holdings.trades(index)
            else { continue }
            let volumeUnit = WideArithmetic.approximateDouble(one.quantityScale.unit)
            let unit = WideArithmetic.approximateDouble(
                subject.instruments[index.position].quantityScale.unit)
            hasVolume = hasVolume || bars.volume.hasPositive
            for (row, quantity) in filled(index, bars, subject) {
                let volume = Double(bars.volume[row]) / volumeUnit
                let share = volume > 0 ? quantity / unit / volume : .infinity
                taken += 1
                if share > 1 { beyond += 1 }
                if share > Self.limit { large += 1 }
                if share > worst {
                    (worst, worstTime) = (share, Instant(nanoseconds: bars.closeTime[row]))
                }
            }
        }
        if taken == 0 {
            return [Self.fine("No fills within bars to weigh", "", "The run has no fills in series of bars.")]
        }
        if !hasVolume {
            return [
                AuditFinding(
                    check: Self.name, weight: .notable, title: "Whether fills were possible is not known",
                    figure: "no volume in the data",
                    detail: "The bars hold no volume, so any quantity fills at their prices.",
                    remedy: "Use data with volumes, or keep orders far below what the market trades.")
            ]
        }
        return [finding(taken, beyond, large, worst, worstTime)]
    }

    private func finding(
        _ taken: Int, _ beyond: Int, _ large: Int, _ worst: Double, _ time: Instant
    ) -> AuditFinding {
        let most = worst.isFinite ? NumberText.percent(worst, 1) : "a bar without volume"
        if large == 0 {
            return Self.fine(
                "Fills are small beside what was traded", "at most \(most) of a bar's volume",
                "\(NumberText.count(taken)) bars with fills; 10 % is where impact begins to matter.")
        }
        let figure =
            beyond > 0
            ? "\(NumberText.count(beyond)) of \(NumberText.count(taken)) bars with fills"
            : "\(NumberText.count(large)) of \(NumberText.count(taken)) bars with fills above 10 %"
        let isSerious = beyond > 0 || Double(large) > Double(taken) * 0.1
        return AuditFinding(
            check: Self.name, weight: isSerious ? .serious : .notable,
            title: beyond > 0 ? "More was filled than was traded" : "Fills are large beside what was traded",
            figure: figure,
            detail:
                "The most that a bar gave is \(most) (closed \(NumberText.moment(time)) UTC). Such orders "
                + "move the price, and what exceeds the volume cannot fill at all.",
            remedy: "Set execution.participation, a square-root slippage, or a smaller quantity.")
    }

    /// Quantities filled by row, in order of time.
    private func filled(
        _ index: InstrumentIndex, _ bars: BarColumns, _ subject: AuditSubject
    ) -> [(row: Int, quantity: Double)] {
        var rows: [(row: Int, quantity: Double)] = []
        for fill in subject.result.fills where fill.instrument == index {
            guard let row = row(of: fill.time, bars, prefersNext: fill.cause == "market", subject) else {
                continue
            }
            let quantity = Double(fill.quantity.mantissa)
            if rows.last?.row == row {
                rows[rows.count - 1].quantity += quantity
            } else {
                rows.append((row, quantity))
            }
        }
        return rows
    }

    /// The bar that gave a fill. Where a bar closes and the next one opens at the moment of the fill, a
    /// market order under `next-open` was filled by the next; for others the larger volume counts.
    private func row(
        of time: Instant, _ bars: BarColumns, prefersNext: Bool, _ subject: AuditSubject
    ) -> Int? {
        let closing = bars.closeTime.lowerBound(of: time.nanoseconds)
        guard closing < bars.closeTime.count else { return nil }
        let next = closing + 1
        guard next < bars.openTime.count, bars.closeTime[closing] == time.nanoseconds,
            bars.openTime[next] == time.nanoseconds
        else { return closing }
        if prefersNext { return subject.plan.execution.fill == .nextOpen ? next : closing }
        return bars.volume[next] > bars.volume[closing] ? next : closing
    }
}

extension Column {
    /// Whether any value is above zero.
    fileprivate var hasPositive: Bool { (0..<count).contains { self[$0] > 0 } }
}
