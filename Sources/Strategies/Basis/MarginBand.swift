package import Trading
internal import Units

/// What a margin ratio asks for. Ordered: later is more urgent.
package enum MarginBand: Int, Hashable, Comparable, Sendable, CaseIterable {
    /// Nothing.
    case enough
    /// Size and margin are set anew.
    case restore
    /// Half of the position is closed.
    case halfExit
    /// All of it is closed.
    case fullExit
    /// The venue's short is closed at once, whatever the others can do.
    case critical

    package static func < (a: MarginBand, b: MarginBand) -> Bool { a.rawValue < b.rawValue }
}

/// The margin ratios at which a basis strategy acts.
package struct MarginBands: Hashable, Sendable {
    private let surplus: ExactDecimal
    private let restore: ExactDecimal
    private let halfExit: ExactDecimal
    private let fullExit: ExactDecimal
    private let critical: ExactDecimal

    /// Margin at entry that lets a short still stand at a ratio r after an adverse move u: r + u (1 + r),
    /// with r = u = 0.20. Margin is restored below it.
    package static let least = Ratio(mantissa: 440_000_000)
    /// The move against which margin is kept, the u of ``least``.
    private static let move = Ratio(mantissa: 200_000_000)

    /// Bands of a strategy that sizes its shorts for a margin of `target`.
    ///
    /// Size and margin are set anew below ``least`` and, as a favourable move of 20 % leaves more margin than
    /// is needed, above (target + 0.2) / (1 - 0.2).
    package init(target: Ratio, halfExit: Ratio, fullExit: Ratio, critical: Ratio) {
        let (move, one) = (MarginBands.move.mantissa, Ratio.one.mantissa)
        surplus = Ratio(mantissa: (target.mantissa + move) * one / (one - move)).decimal
        restore = MarginBands.least.decimal
        (self.halfExit, self.fullExit, self.critical) = (halfExit.decimal, fullExit.decimal, critical.decimal)
    }

    /// The band of a venue's margin ratio.
    package func band(of ratio: MarginRatio) -> MarginBand {
        if ratio < critical { return .critical }
        if ratio < fullExit { return .fullExit }
        if ratio < halfExit { return .halfExit }
        return ratio < restore || ratio > surplus ? .restore : .enough
    }
}
