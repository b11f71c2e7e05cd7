internal import Events
public import StrategyKit
public import Units

/// One parameter of a sweep and the values that it takes, numbered from 0.
public struct SweepAxis: Hashable, Sendable {
    /// The values of an axis.
    public enum Levels: Hashable, Sendable {
        /// `count` numbers, the first and then each one `step` above the one before.
        case steps(first: ExactDecimal, step: ExactDecimal, count: Int)
        /// These values in this order.
        case list([ParameterValue])
    }

    /// Place of the strategy in the plan.
    public let strategy: Int
    /// Name of the parameter.
    public let parameter: String
    /// Name of the axis for people and tables: that of the parameter, behind that of the account where the
    /// plan has several strategies.
    public let name: String
    /// Its values.
    public let levels: Levels

    /// An axis.
    ///
    /// - Precondition: it has at least one value.
    public init(strategy: Int = 0, parameter: String, name: String? = nil, levels: Levels) {
        (self.strategy, self.parameter) = (strategy, parameter)
        (self.name, self.levels) = (name ?? parameter, levels)
        precondition(count > 0, "an axis has a value")
    }

    /// Numbers from one to another by equal steps; the last is left out where no step meets it.
    ///
    /// - Returns: nil when the step is not above zero, when the last lies below the first, or when there are
    ///   more than `Int` counts.
    public static func steps(
        from first: ExactDecimal, to last: ExactDecimal, by step: ExactDecimal
    ) -> Levels? {
        let scale = max(first.normalized.scale, last.normalized.scale, step.normalized.scale)
        guard let low = first.exactMantissa(at: scale), let high = last.exactMantissa(at: scale),
            let width = step.exactMantissa(at: scale), width > 0, high >= low
        else { return nil }
        let (span, overflow) = high.subtractingReportingOverflow(low)
        guard !overflow, let count = Int(exactly: span / width), count < Int.max else { return nil }
        return .steps(
            first: ExactDecimal(mantissa: low, scale: scale),
            step: ExactDecimal(mantissa: width, scale: scale), count: count + 1)
    }

    /// How many values there are.
    public var count: Int {
        switch levels {
        case .steps(_, _, let count): count
        case .list(let values): values.count
        }
    }

    /// A value.
    ///
    /// - Precondition: the level is below ``count``.
    public func value(_ level: Int) -> ParameterValue {
        precondition(level >= 0 && level < count, "a level of the axis")
        switch levels {
        case .steps(let first, let step, _):
            // Both are at one scale, and no value lies beyond the last one given.
            let mantissa = first.mantissa + Int128(level) * step.mantissa
            return .number(ExactDecimal(mantissa: mantissa, scale: first.scale).normalized)
        case .list(let values): return values[level]
        }
    }

    /// A value as text: `12`, `0.5`, `limit`.
    public func text(_ level: Int) -> String { SweepAxis.text(value(level)) }

    /// Whether neighbouring levels are neighbouring numbers.
    var isOrdered: Bool {
        guard case .list(let values) = levels else { return true }
        var last: ExactDecimal?
        for value in values {
            guard case .number(let number) = value else { return false }
            if let last, number <= last { return false }
            last = number
        }
        return true
    }

    /// The values as they are written in a run file: `5..24:1`, or `a,b`.
    public var description: String {
        switch levels {
        case .steps(_, let step, let count):
            count == 1 ? text(0) : "\(text(0))..\(text(count - 1)):\(step)"
        case .list(let values): values.map(SweepAxis.text).joined(separator: ",")
        }
    }

    static func text(_ value: ParameterValue) -> String {
        switch value {
        case .flag(let flag): "\(flag)"
        case .number(let number): number.description
        case .text(let text): text
        case .list, .map: value.json.compact
        }
    }
}
