internal import Units

/// The most that a reserve takes in and lends, in units of the token.
public struct LendingCaps: Hashable, Sendable {
    /// Of all deposits; nil is no cap.
    public let supply: Int128?
    /// Of all debt; nil is no cap.
    public let borrow: Int128?

    /// Caps from their parts.
    public init(supply: Int128? = nil, borrow: Int128? = nil) {
        (self.supply, self.borrow) = (supply, borrow)
    }
}

/// A reserve of the lending pool.
public struct LendingReserve: Sendable {
    /// What is supplied and borrowed.
    public let token: TokenKey
    /// What a deposit is good for outside the efficiency mode; a threshold of 0 is no collateral.
    public let terms: CollateralTerms
    /// Whether it is in the category of the efficiency mode, as collateral and as debt.
    public let isInEfficiencyMode: Bool
    /// Whether it can be borrowed.
    public let isBorrowable: Bool
    /// Its caps, if given. They need the totals of ``ReserveMarket``, without which only our own part
    /// counts.
    public let caps: LendingCaps?
    /// Its rate model, for the impact of our own size; nil where none is calibrated.
    public let rates: TwoSlopeRates?
    /// Whether our own size moves its rates: then what we earn and owe follows ``rates``, as far as the
    /// totals of ``ReserveMarket`` are known.
    public let feelsOwnSize: Bool

    /// A reserve from its parts.
    public init(
        token: TokenKey, terms: CollateralTerms = .standard, isInEfficiencyMode: Bool = false,
        isBorrowable: Bool = true, caps: LendingCaps? = nil, rates: TwoSlopeRates? = nil,
        feelsOwnSize: Bool = false
    ) {
        (self.token, self.terms, self.isInEfficiencyMode) = (token, terms, isInEfficiencyMode)
        (self.isBorrowable, self.caps, self.rates) = (isBorrowable, caps, rates)
        self.feelsOwnSize = feelsOwnSize
    }
}
