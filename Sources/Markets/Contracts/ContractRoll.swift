public import Units

/// When and into what a dated future is rolled, so that its position goes on after it expires.
public struct ContractRoll: Hashable, Sendable {
    /// The contract in which the position goes on: of the same venue, assets and size, and of a later expiry
    /// or none.
    public let into: InstrumentID
    /// How long before the expiry, positive.
    public let before: Timespan

    /// A roll.
    public init(into: InstrumentID, before: Timespan) { (self.into, self.before) = (into, before) }
}

extension Instrument {
    /// Why a position of this instrument cannot go on in another; nil when it can.
    public func rollProblem(into next: Instrument) -> String? {
        guard let contract, let expiry = contract.expiry, let other = next.contract else {
            return "only dated futures roll, and only into a contract"
        }
        if next.id.venue != id.venue { return "\(next.id) trades at another venue" }
        if next.base != base || next.quote != quote || other.settlement != contract.settlement {
            return "\(next.id) is on other assets, or settles otherwise"
        }
        if other.size != contract.size {
            return "\(next.id) is of the size \(other.size), not \(contract.size)"
        }
        if let later = other.expiry, later <= expiry { return "\(next.id) does not expire later" }
        if lotSize.mantissa % next.lotSize.mantissa != 0 {
            return "its lot is not a multiple of the lot of \(next.id)"
        }
        return nil
    }
}
