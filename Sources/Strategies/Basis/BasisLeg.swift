internal import Markets
internal import StrategyKit
internal import Units

/// The spot or one perpetual of a basis position: its units and values.
///
/// Amounts of the asset are in units of its ledger scale, money in units of the quote asset's ledger scale.
struct BasisLeg: Hashable {
    let instrument: InstrumentIndex
    let venue: Venue
    /// Its share of the short; the whole for the spot.
    let weight: Ratio
    /// Units of the asset in one lot.
    let lot: Int128
    private let lotQuantity: Int64
    private let moneyDivisor: Int128

    /// A leg; throws when a lot of the instrument is not a whole number of units of the asset.
    init(_ index: InstrumentIndex, _ instrument: Instrument, weight: Ratio) throws(ParameterProblem) {
        self.instrument = index
        venue = instrument.id.venue
        self.weight = weight
        lotQuantity = instrument.lotSize.mantissa
        let scale = Int(instrument.base.ledgerScale.decimals)
        let size = instrument.contract?.size ?? ExactDecimal(1)
        let (product, overflow) = size.mantissa.multipliedReportingOverflow(by: Int128(lotQuantity))
        let inLot = ExactDecimal(
            mantissa: product,
            scale: Scale(
                min(Scale.maximum, Int(size.scale.decimals) + Int(instrument.quantityScale.decimals))))
        guard !overflow, let lot = inLot.exactMantissa(at: Scale(scale)), lot > 0 else {
            throw ParameterProblem(
                "hedge", "a lot of \(instrument.id) is finer than the ledger keeps \(instrument.base)")
        }
        self.lot = lot
        let decimals =
            scale + Int(instrument.priceScale.decimals) - Int(instrument.quote.ledgerScale.decimals)
        guard (0...Scale.maximum).contains(decimals) else {
            throw ParameterProblem("hedge", "prices of \(instrument.id) have too many or too few decimals")
        }
        moneyDivisor = Scale.power(decimals)
    }

    /// Units of the asset in a quantity of the instrument, which is a whole number of lots.
    func units(of quantity: Quantity) -> Int128 { Int128(quantity.mantissa / lotQuantity) * lot }

    /// The quantity of a number of units, cut to whole lots; nil when it does not fit.
    func quantity(of units: Int128) -> Quantity? {
        Int64(exactly: units / lot * Int128(lotQuantity)).map { Quantity(mantissa: $0) }
    }

    /// Units cut to whole lots.
    func whole(_ units: Int128) -> Int128 { units / lot * lot }

    /// What units of the asset are worth in money at a price, rounded as named.
    func value(of units: Int128, at price: Price, rounding: Rounding) throws(ArithmeticOverflow) -> Int128 {
        try WideArithmetic.multiply(
            units, by: Int128(price.mantissa), dividedBy: moneyDivisor, rounding: rounding)
    }

    /// How many units of the asset money buys at a price, rounded down.
    func units(for money: Int128, at price: Price) throws(ArithmeticOverflow) -> Int128 {
        guard price.mantissa > 0 else { return 0 }
        return try WideArithmetic.multiply(
            money, by: moneyDivisor, dividedBy: Int128(price.mantissa), rounding: .down)
    }
}

/// The legs of a basis position.
struct BasisLegs: Hashable {
    let spot: BasisLeg
    let shorts: [BasisLeg]
    let asset: Asset
    let money: Asset
    /// Where money may lie: the wallet, the spot venue, the other venues of the hedge.
    let places: [Venue]

    /// The quote asset of the markets that basis strategies trade.
    static let money = Asset("USDT")!

    /// The legs of a run, or every reason why it has none, in one problem.
    init(_ setup: StrategySetup, _ settings: BasisSettings, asset: Asset) throws(ParameterProblem) {
        var search = LegSearch(setup: setup, asset: asset)
        let spot = try search.leg(
            settings.spotVenue, .spot, weight: .one, needs: [.bars], leverage: nil, "spot-venue")
        var shorts: [BasisLeg] = []
        for share in settings.shares {
            let leg = try search.leg(
                share.venue, .perp, weight: share.weight, needs: [.bars, .funding],
                leverage: settings.maximumLeverage, "hedge")
            if let leg { shorts.append(leg) }
        }
        if setup.shareClass != BasisLegs.money && setup.shareClass != asset {
            search.refuse("capital.asset", BasisLegs.problem(ofShareClass: setup.shareClass, asset))
        }
        guard let spot, search.reasons.isEmpty else {
            throw ParameterProblem(search.parameter, search.reasons.joined(separator: "; "))
        }
        self.spot = spot
        self.shorts = shorts
        self.asset = asset
        money = BasisLegs.money
        var places = [Venue.wallet, spot.venue]
        for leg in shorts where !places.contains(leg.venue) { places.append(leg.venue) }
        self.places = places
    }
}

extension BasisLegs {
    /// Why a basis position cannot be counted in a share class.
    static func problem(ofShareClass shareClass: Asset, _ asset: Asset) -> String {
        "the capital is in \(shareClass); it must be in \(BasisLegs.money), or in \(asset) to "
            + "hold \(asset) and hedge only what is above it"
    }

    /// The series of the spot and of each short.
    static func needs(_ settings: BasisSettings, asset: Asset) -> [SeriesNeed] {
        let symbol = "\(asset)\(BasisLegs.money)"
        var needs: [(key: String, kind: SeriesKind)] = [("\(settings.spotVenue):spot:\(symbol)", .bars)]
        for share in settings.shares {
            needs.append(("\(share.venue):perp:\(symbol)", .bars))
            needs.append(("\(share.venue):perp:\(symbol)", .funding))
        }
        return needs.compactMap { need in InstrumentID(need.key).map { SeriesNeed($0, need.kind) } }
    }
}

/// Looks for instruments and gathers what is missing.
private struct LegSearch {
    let setup: StrategySetup
    let asset: Asset
    /// What the reasons are about: the first parameter among them, else the data or the share class.
    private(set) var parameter = "data"
    private(set) var reasons: [String] = []

    init(setup: StrategySetup, asset: Asset) { (self.setup, self.asset) = (setup, asset) }

    mutating func refuse(_ parameter: String, _ reason: String) {
        let isVague = ["data", "capital.asset"].contains(self.parameter)
        if reasons.isEmpty || isVague { self.parameter = parameter }
        reasons.append(reason)
    }

    mutating func leg(
        _ venue: Venue, _ type: InstrumentType, weight: Ratio, needs: [SeriesKind], leverage: Ratio?,
        _ parameter: String
    ) throws(ParameterProblem) -> BasisLeg? {
        let symbol = "\(asset)\(BasisLegs.money)"
        let key = "\(venue):\(type.rawValue):\(symbol)"
        guard let id = InstrumentID(key), let index = setup.index(of: id) else {
            refuse("data", "the run holds no \(needs.map(\.rawValue).joined(separator: " and ")) of \(key)")
            return nil
        }
        let missing = needs.filter { !setup.series[index.position].contains($0) }
        if !missing.isEmpty {
            refuse(
                "data", "the run holds no \(missing.map(\.rawValue).joined(separator: " and ")) of \(key)")
            return nil
        }
        let instrument = setup.instruments[index.position]
        if instrument.base != asset || instrument.quote != BasisLegs.money {
            refuse(parameter, "\(key) is \(instrument.base) in \(instrument.quote), not \(asset) in USDT")
            return nil
        }
        if let contract = instrument.contract, let leverage {
            if contract.settlement != .linear {
                refuse(parameter, "\(key) is an inverse contract, which this strategy does not hedge with")
            }
            if leverage.decimal > ExactDecimal(contract.maximumLeverage) {
                refuse(
                    "max-leverage",
                    "\(leverage) is above the leverage of \(contract.maximumLeverage) that \(key) allows")
            }
        }
        return try BasisLeg(index, instrument, weight: weight)
    }
}
