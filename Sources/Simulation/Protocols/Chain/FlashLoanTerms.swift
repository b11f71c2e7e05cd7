public import Units

/// What a flash loan costs.
public struct FlashLoanTerms: Hashable, Sendable {
    /// The fee on the amount, rounded up to a unit.
    public let fee: BasisPoints

    /// Terms from the fee.
    public init(fee: BasisPoints) { self.fee = fee }

    /// Morpho Blue takes none.
    ///
    /// Source: morpho-org/morpho-blue, `Morpho.flashLoan`: sends the assets, calls the receiver, takes
    /// back the same assets. Read 2026-11-21.
    public static let morpho = FlashLoanTerms(fee: .zero)
}
