public import Markets
public import Units

/// How the positions of a strategy at one venue share their margin.
public enum MarginMode: String, Hashable, Sendable, CaseIterable {
    /// One account for each venue and settlement asset: its whole balance backs all positions.
    case cross
    /// Each position is backed by margin of its own, moved from the balance when it opens.
    case isolated
}

/// Rules of margin accounts and transfers in a run with contracts.
public struct ContractRules: Hashable, Sendable {
    /// Where the capital arrives.
    public var capitalVenue: Venue
    /// How positions share margin.
    public var marginMode: MarginMode
    /// Below which ratio of equity to notional the venue warns.
    public var marginCall: ExactDecimal
    /// How long a transfer is on its way.
    public var transferDelay: Timespan
    /// What a transfer costs, in the asset that is moved.
    public var transferCost: ExactDecimal

    /// The ratio at which a venue warns where nothing is said.
    public static let defaultMarginCall = ExactDecimal(mantissa: 15, scale: Scale(2))

    /// Rules; cross margin, warning at 0.15, transfers at once and free unless given.
    public init(
        capitalVenue: Venue = .wallet, marginMode: MarginMode = .cross,
        marginCall: ExactDecimal = ContractRules.defaultMarginCall, transferDelay: Timespan = .zero,
        transferCost: ExactDecimal = .zero
    ) {
        (self.capitalVenue, self.marginMode, self.marginCall) = (capitalVenue, marginMode, marginCall)
        (self.transferDelay, self.transferCost) = (transferDelay, transferCost)
    }
}

extension ContractRules {
    /// The balances of a run: each asset that an instrument of a venue needs, and the share class, in the
    /// wallet and at that venue. Logs name them by their place here.
    package func balances(
        of instruments: [Instrument], shareClass: Asset
    ) -> [(venue: Venue, asset: Asset)] {
        var places: [(venue: Venue, asset: Asset)] = [(.wallet, shareClass)]
        func add(_ venue: Venue, _ asset: Asset) {
            if !places.contains(where: { $0.venue == venue && $0.asset == asset }) {
                places.append((venue, asset))
            }
        }
        var needed: [(venue: Venue, asset: Asset)] = []
        for instrument in instruments {
            let venue = instrument.id.venue
            needed.append((venue, shareClass))
            if instrument.contract == nil { needed.append((venue, instrument.base)) }
            needed.append((venue, instrument.settlementAsset))
        }
        for one in needed { add(.wallet, one.asset) }
        for one in needed { add(one.venue, one.asset) }
        add(capitalVenue, shareClass)
        return places
    }
}
