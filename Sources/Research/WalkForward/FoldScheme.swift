public import Units

/// Time, or a share of the data, that is left out of training beside a test window.
public enum Embargo: Hashable, Sendable, CustomStringConvertible {
    /// A length of time, not negative.
    case span(Timespan)
    /// A share of the observations, from 0 up to 1: `ceil(share x observations)` of them.
    case share(ExactDecimal)

    /// No embargo.
    public static let none = Embargo.span(.zero)

    /// Reads a length of time as `1d`, or a share as `1%` or `0.5%`; nil for anything else.
    public init?(_ text: some StringProtocol) {
        if text.hasSuffix("%") {
            guard let percent = ExactDecimal(text.dropLast()), !percent.isNegative,
                percent < ExactDecimal(100), Int(percent.scale.decimals) + 2 <= Scale.maximum
            else { return nil }
            let scale = Scale(Int(percent.scale.decimals) + 2)
            self = .share(ExactDecimal(mantissa: percent.mantissa, scale: scale).normalized)
        } else {
            guard let span = Timespan(text) else { return nil }
            self = .span(span)
        }
    }

    /// `1d`, or the share as a decimal fraction: `0.01`.
    public var description: String {
        switch self {
        case .span(let span): span.description
        case .share(let share): share.description
        }
    }

    /// `ceil(share x count)`, exact; nil for a length of time.
    ///
    /// - Parameter count: observations, at least 0.
    package func observations(of count: Int) -> Int? {
        guard case .share(let share) = self else { return nil }
        let (product, overflow) = share.mantissa.multipliedReportingOverflow(by: Int128(count))
        if overflow { return count }
        let unit = share.scale.unit
        return Int(clamping: product / unit + (product % unit > 0 ? 1 : 0))
    }
}

/// Training windows followed by test windows, again and again, from the first row of the data on.
///
/// A test window begins `purge + embargo` after its training window ends: the outcomes of the last training
/// decisions, and what markets remember, stay out of the test.
public struct RollingScheme: Hashable, Sendable {
    /// Length of a training window; of the first one, when anchored.
    public var train: Timespan
    /// Length of a test window.
    public var test: Timespan
    /// From the start of a fold to the start of the next; not below `test`, as test windows must not overlap.
    public var step: Timespan
    /// How long a decision's outcome takes: left out between training and test.
    public var purge: Timespan
    /// Left out between training and test besides; a length of time.
    public var embargo: Embargo
    /// Whether every training window begins with the data, and so grows.
    public var isAnchored: Bool

    /// A scheme.
    ///
    /// - Parameter step: nil is the length of a test window, so that tests follow each other without a gap.
    public init(
        train: Timespan, test: Timespan, step: Timespan? = nil, purge: Timespan = .zero,
        embargo: Embargo = .none, isAnchored: Bool = false
    ) {
        (self.train, self.test, self.step) = (train, test, step ?? test)
        (self.purge, self.embargo, self.isAnchored) = (purge, embargo, isAnchored)
    }
}

/// Every part of the data is tested once by parameters chosen on all others, as far as these do not overlap
/// the test in time.
///
/// Source: M. Lopez de Prado, "Advances in Financial Machine Learning", 2018, sections 7.4.1 (purging) and
/// 7.4.2 (embargo).
public struct KFoldScheme: Hashable, Sendable {
    /// Number of parts, at least 2.
    public var folds: Int
    /// How long a decision's outcome takes: training decisions whose outcome reaches into a test, or which
    /// fall into the outcome of a test, are left out.
    public var purge: Timespan
    /// What is left out of training behind a test besides.
    public var embargo: Embargo

    /// A scheme.
    public init(folds: Int, purge: Timespan = .zero, embargo: Embargo = .none) {
        (self.folds, self.purge, self.embargo) = (folds, purge, embargo)
    }
}

/// How data are split into training and test windows.
public enum FoldScheme: Hashable, Sendable {
    /// Training before test, moving forward in time.
    case walkForward(RollingScheme)
    /// Each part tested once, training on both sides of it.
    case purgedKFold(KFoldScheme)

    /// `walk-forward`, `anchored-walk-forward` or `purged-k-fold`.
    public var name: String {
        switch self {
        case .walkForward(let scheme): scheme.isAnchored ? "anchored-walk-forward" : "walk-forward"
        case .purgedKFold: "purged-k-fold"
        }
    }
}
