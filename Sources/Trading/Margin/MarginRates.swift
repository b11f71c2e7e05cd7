public import Markets
public import Units

/// The margin table of a contract as integers: what a notional must be backed by, in units of the
/// settlement asset at its ledger scale.
public struct MarginRates: Hashable, Sendable {
    /// One step of the table.
    public struct Step: Hashable, Sendable, BitwiseCopyable {
        /// Notional from which it holds.
        public let floor: Int128
        /// Initial margin, in millionths of a millionth of the notional.
        public let initial: Int128
        /// Maintenance margin and liquidation fee, in millionths of a millionth of the notional.
        public let maintenance: Int128
        /// What is taken off the maintenance margin.
        public let amount: Int128
    }

    /// The steps, by ascending floor from 0.
    public let steps: [Step]
    /// What closing by force costs, in millionths of a millionth of the notional.
    public let liquidationFee: Int128

    /// How many units of a rate make the whole.
    public static let whole: Int128 = 1_000_000_000_000
    private static let scale = Scale(12)

    /// The table of a contract, for a settlement asset.
    ///
    /// - Throws: when a floor does not fit the asset's ledger scale.
    public init(_ contract: ContractTerms, settlement: Asset) throws(ArithmeticOverflow) {
        func units(_ decimal: ExactDecimal, _ rounding: Rounding) throws(ArithmeticOverflow) -> Int128 {
            try decimal.scale.convert(decimal.mantissa, to: settlement.ledgerScale, rounding: rounding)
        }
        let fee = contract.liquidationFee.exactMantissa(at: MarginRates.scale) ?? 0
        liquidationFee = fee
        var steps: [Step] = []
        for tier in contract.tiers {
            steps.append(
                Step(
                    floor: try units(tier.floor, .up),
                    initial: tier.initial.exactMantissa(at: MarginRates.scale) ?? MarginRates.whole,
                    maintenance: (tier.maintenance.exactMantissa(at: MarginRates.scale) ?? MarginRates.whole)
                        + fee,
                    amount: try units(tier.maintenanceAmount, .down)))
        }
        self.steps = steps
    }

    /// Place of the step that holds for a notional.
    public func place(of notional: Int128) -> Int {
        (steps.lastIndex { $0.floor <= notional }) ?? 0
    }

    /// What opening needs, rounded up.
    ///
    /// - Parameter notional: not negative.
    public func initial(_ notional: Int128) throws(ArithmeticOverflow) -> Int128 {
        try WideArithmetic.multiply(
            notional, by: steps[place(of: notional)].initial, dividedBy: MarginRates.whole, rounding: .up)
    }

    /// What keeping needs, the fee of closing by force included, rounded up.
    ///
    /// - Parameter notional: not negative.
    public func maintenance(_ notional: Int128) throws(ArithmeticOverflow) -> Int128 {
        let step = steps[place(of: notional)]
        let gross = try WideArithmetic.multiply(
            notional, by: step.maintenance, dividedBy: MarginRates.whole, rounding: .up)
        return try WideArithmetic.add(gross, -step.amount, "a maintenance margin")
    }

    /// The fee of closing a notional by force, rounded half even.
    public func closingFee(_ notional: Int128) throws(ArithmeticOverflow) -> Int128 {
        try WideArithmetic.multiply(
            notional, by: liquidationFee, dividedBy: MarginRates.whole, rounding: .halfEven)
    }
}
