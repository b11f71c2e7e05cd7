public import Markets
public import Units

/// How the positions of a strategy at one venue share their margin.
public enum MarginMode: String, Hashable, Sendable, CaseIterable {
    /// One account for each venue and settlement asset: its whole balance backs all positions.
    case cross
    /// Each position is backed by margin of its own, moved from the balance when it opens.
    case isolated
}

/// By which prices of a bar margin accounts are judged.
public enum MarginPrice: String, Hashable, Sendable, CaseIterable {
    /// Its close alone, as every other mark.
    case close
    /// First its low, then its high, then its close: the most careful reading of what happened within it.
    case extremes
}

/// What the insurance fund of each venue holds of an asset at the start.
public struct InsuranceFund: Hashable, Sendable {
    /// Of which settlement asset.
    public let asset: Asset
    /// How much, not negative.
    public let amount: ExactDecimal

    /// A fund.
    public init(asset: Asset, amount: ExactDecimal) { (self.asset, self.amount) = (asset, amount) }
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
    /// By which prices of a bar margin is judged.
    public var marginPrice: MarginPrice
    /// Whether a loss beyond a venue's insurance fund is borne by the other side, at the price that leaves
    /// the account with nothing; otherwise the fund bears every loss.
    public var deleverages: Bool
    /// What the funds hold at the start; nothing of assets that are not named. They count only where the
    /// rules deleverage.
    public var insuranceFunds: [InsuranceFund]

    /// The ratio at which a venue warns where nothing is said.
    public static let defaultMarginCall = ExactDecimal(mantissa: 15, scale: Scale(2))

    /// Rules; cross margin judged at closes, warning at 0.15, transfers at once and free, losses borne by the
    /// venue unless given.
    public init(
        capitalVenue: Venue = .wallet, marginMode: MarginMode = .cross,
        marginCall: ExactDecimal = ContractRules.defaultMarginCall, transferDelay: Timespan = .zero,
        transferCost: ExactDecimal = .zero, marginPrice: MarginPrice = .close, deleverages: Bool = false,
        insuranceFunds: [InsuranceFund] = []
    ) {
        (self.capitalVenue, self.marginMode, self.marginCall) = (capitalVenue, marginMode, marginCall)
        (self.transferDelay, self.transferCost) = (transferDelay, transferCost)
        (self.marginPrice, self.deleverages) = (marginPrice, deleverages)
        self.insuranceFunds = insuranceFunds
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
            if instrument.isReference && !instrument.isPool { continue }
            if instrument.isOnChain {
                needed.append((.wallet, instrument.base))
                if instrument.quote != instrument.base { needed.append((.wallet, instrument.quote)) }
                continue
            }
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
