internal import Markets
internal import StrategyKit
internal import Trading
internal import Units

/// What a basis strategy sees of its position and money at one step.
struct BasisView {
    let now: Instant
    /// Equity in the share class.
    let equity: Int128
    /// Units of the asset held at the spot venue.
    let heldAtVenue: Int128
    /// Units of the asset held in the wallet.
    let heldInWallet: Int128
    /// Units sold short, by leg; negative is long.
    let shorts: [Int128]
    /// Last price of the spot.
    let spotPrice: Price
    /// Mark prices by leg.
    let marks: [Price]
    /// Money at each of ``BasisLegs/places``.
    let cash: [Int128]
    /// Margin accounts at each of ``BasisLegs/places``.
    let margins: [MarginView?]

    /// The present view; nil while a price is not known yet.
    init?(_ context: borrowing StrategyContext, _ legs: BasisLegs) {
        guard let spotPrice = context.markPrice(of: legs.spot.instrument) else { return nil }
        self.spotPrice = spotPrice
        var marks: [Price] = []
        for leg in legs.shorts {
            guard let mark = context.markPrice(of: leg.instrument) else { return nil }
            marks.append(mark)
        }
        self.marks = marks
        now = context.now
        equity = context.equity().units
        heldAtVenue = context.balance(of: legs.asset, at: legs.spot.venue).units
        heldInWallet = context.balance(of: legs.asset, at: .wallet).units
        var shorts: [Int128] = []
        for leg in legs.shorts { shorts.append(-leg.units(of: context.position(of: leg.instrument))) }
        self.shorts = shorts
        var cash: [Int128] = []
        var margins: [MarginView?] = []
        for place in legs.places {
            cash.append(context.balance(of: legs.money, at: place).units)
            margins.append(context.margin(at: place))
        }
        (self.cash, self.margins) = (cash, margins)
    }

    /// A view from its parts.
    init(
        now: Instant, equity: Int128, heldAtVenue: Int128, heldInWallet: Int128 = 0, shorts: [Int128],
        spotPrice: Price, marks: [Price], cash: [Int128], margins: [MarginView?]
    ) {
        (self.now, self.equity) = (now, equity)
        (self.heldAtVenue, self.heldInWallet, self.shorts) = (heldAtVenue, heldInWallet, shorts)
        (self.spotPrice, self.marks, self.cash, self.margins) = (spotPrice, marks, cash, margins)
    }

    /// Units of the asset held in all.
    var held: Int128 { heldAtVenue + heldInWallet }
    /// Units sold short in all.
    var short: Int128 { shorts.reduce(0, +) }
}
