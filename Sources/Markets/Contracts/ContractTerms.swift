public import Units

/// In which asset a derivative contract pays.
public enum ContractSettlement: String, Hashable, Sendable, CaseIterable {
    /// Profit is in the quote asset: quantity x (exit - entry). One contract is `size` units of the base.
    case linear
    /// Profit is in the base asset: quantity x (1 / entry - 1 / exit). One contract is `size` units of the
    /// quote.
    case inverse
}

/// One step of a venue's margin table: what a position must be backed by from a notional on.
public struct MarginTier: Hashable, Sendable {
    /// Notional from which the tier holds, in the settlement asset (for inverse contracts the base).
    public let floor: ExactDecimal
    /// Margin that opening needs, as a fraction of the notional.
    public let initial: ExactDecimal
    /// Margin that keeping needs, as a fraction of the notional.
    public let maintenance: ExactDecimal
    /// What is taken off notional x ``maintenance``, in the settlement asset, so that the margin does not
    /// jump where a tier begins: 0 in the first tier, then the tier before plus
    /// floor x (own rate - rate before).
    public let maintenanceAmount: ExactDecimal

    /// A step whose maintenance amount follows from the steps before it; see ``ContractTerms``.
    public init(floor: ExactDecimal, initial: ExactDecimal, maintenance: ExactDecimal) {
        self.init(floor: floor, initial: initial, maintenance: maintenance, maintenanceAmount: .zero)
    }

    init(
        floor: ExactDecimal, initial: ExactDecimal, maintenance: ExactDecimal,
        maintenanceAmount: ExactDecimal
    ) {
        (self.floor, self.initial, self.maintenance) = (floor, initial, maintenance)
        self.maintenanceAmount = maintenanceAmount
    }
}

/// What is wrong with the terms of a contract.
public struct ContractProblem: Error, Hashable, CustomStringConvertible {
    /// Key of the run file, as `maximum-leverage`.
    public let key: String
    /// What is wrong, for people.
    public let description: String

    init(_ key: String, _ description: String) { (self.key, self.description) = (key, description) }
}

/// The terms of a perpetual or dated future: how it pays, how large it is, what margin it needs.
///
/// Sources: requirements of the basis platform (maximum leverage 20, initial margin 1 / leverage,
/// maintenance half of it, taker fee when closed by force); tiers as venues publish them.
public struct ContractTerms: Hashable, Sendable {
    /// In which asset it pays.
    public let settlement: ContractSettlement
    /// Units of the base (linear) or of the quote (inverse) in a quantity of one.
    public let size: ExactDecimal
    /// When it expires; nil for perpetuals.
    public let expiry: Instant?
    /// Largest notional over margin that the venue allows.
    public let maximumLeverage: Int
    /// The margin table, by ascending floor, the first from 0. Initial rates are at least
    /// 1 / ``maximumLeverage``, rounded up at eight decimals.
    public let tiers: [MarginTier]
    /// What the venue charges when it closes a position by force, as a fraction of the notional. It is part
    /// of the maintenance margin, as the position must be able to pay it.
    public let liquidationFee: ExactDecimal
    /// How a dated future is rolled before it expires; nil leaves it to be settled in cash.
    public let roll: ContractRoll?

    /// Leverage where nothing is said.
    public static let defaultLeverage = 20
    /// Liquidation fee where nothing is said: the taker fee of most venues, 0.05 %.
    public static let defaultLiquidationFee = ExactDecimal(mantissa: 5, scale: Scale(4))
    /// A linear perpetual of one unit of the base, leverage 20, one tier.
    public static let standard: ContractTerms = {
        do { return try ContractTerms() } catch { preconditionFailure("standard terms are right") }
    }()

    /// Terms, checked.
    ///
    /// - Parameters:
    ///   - tiers: floor, initial and maintenance of each step by ascending floor; empty for one step with
    ///     the initial rate of the leverage and half of it as maintenance.
    /// - Throws: the first thing that is wrong: a size that is not positive, a leverage outside 1...1000,
    ///   floors that do not ascend from 0, rates that are not 0 < maintenance < initial <= 1 or that fall
    ///   from tier to tier, a fee outside 0 up to 0.1, a roll without an expiry or not before it.
    public init(
        settlement: ContractSettlement = .linear, size: ExactDecimal = ExactDecimal(1),
        expiry: Instant? = nil, maximumLeverage: Int = ContractTerms.defaultLeverage,
        tiers: [MarginTier] = [], liquidationFee: ExactDecimal = ContractTerms.defaultLiquidationFee,
        roll: ContractRoll? = nil
    ) throws(ContractProblem) {
        guard size > .zero, size.normalized.scale <= Scale(8), size <= ExactDecimal(1_000_000_000) else {
            throw ContractProblem(
                "size", "the size \(size) is not above 0, at most 1000000000 and of at most 8 decimals")
        }
        guard (1...1000).contains(maximumLeverage) else {
            throw ContractProblem("maximum-leverage", "\(maximumLeverage) is not from 1 to 1000")
        }
        let largestFee = ExactDecimal(mantissa: 1, scale: Scale(1))
        guard liquidationFee >= .zero, liquidationFee <= largestFee,
            liquidationFee.normalized.scale <= Scale(12)
        else {
            throw ContractProblem(
                "liquidation-fee", "\(liquidationFee) is not a fraction from 0 to 0.1 of at most 12 decimals")
        }
        if let roll {
            guard expiry != nil else { throw ContractProblem("roll", "nothing rolls that does not expire") }
            guard roll.before > .zero else {
                throw ContractProblem("roll.before", "\(roll.before) is not before the expiry")
            }
        }
        self.roll = roll
        self.settlement = settlement
        self.size = size.normalized
        self.expiry = expiry
        self.maximumLeverage = maximumLeverage
        self.tiers = try MarginTable.checked(tiers, leverage: maximumLeverage, fee: liquidationFee)
        self.liquidationFee = liquidationFee.normalized
    }
}
