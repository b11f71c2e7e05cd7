internal import Markets
internal import Trading
internal import Units

/// Where a basis position is to go: units of the asset held, and sold short by leg.
struct BasisTarget: Hashable {
    var spot: Int128
    var shorts: [Int128]

    var short: Int128 { shorts.reduce(0, +) }
}

/// Computes targets and the money they need. Pure: the same view gives the same figures.
struct BasisSizing {
    let legs: BasisLegs
    let settings: BasisSettings
    let shareClass: Asset
    /// Units of the asset that stay unhedged: nothing unless the asset is the share class.
    var unhedged: Int128 = 0

    /// Money kept beside the cost of a spot purchase, for its fee and a price that moves before it fills.
    static let cushion = Ratio(mantissa: 5_000_000)

    /// Whether equity is counted in the asset itself.
    var isInAsset: Bool { shareClass == legs.asset }

    /// Equity in money: of all, or of what is above the unhedged amount.
    func working(_ view: BasisView) throws(ArithmeticOverflow) -> Int128 {
        if !isInAsset { return view.equity }
        return try legs.spot.value(of: view.equity - unhedged, at: view.spotPrice, rounding: .down)
    }

    /// Equity of everything in money.
    func equityInMoney(_ view: BasisView) throws(ArithmeticOverflow) -> Int128 {
        isInAsset
            ? try legs.spot.value(of: view.equity, at: view.spotPrice, rounding: .down) : view.equity
    }

    /// The whole position that the equity carries; nil when it is less than a lot.
    func full(_ view: BasisView) throws(ArithmeticOverflow) -> BasisTarget? {
        let split = try CapitalSplit(
            equity: try working(view), reserve: settings.reserve, marginTarget: settings.marginTarget)
        let whole = Ratio(mantissa: Ratio.one.mantissa + BasisSizing.cushion.mantissa)
        let money = try WideArithmetic.multiply(
            split.spot, by: Ratio.one.mantissa, dividedBy: whole.mantissa, rounding: .down)
        let total = try legs.spot.units(for: money, at: view.spotPrice)
        let shorts = try HedgeAllocation.divide(
            total, weights: legs.shorts.map(\.weight), lots: legs.shorts.map(\.lot))
        let target = BasisTarget(spot: unhedged + legs.spot.whole(shorts.reduce(0, +)), shorts: shorts)
        return target.short > 0 ? target : nil
    }

    /// Half of the position, rounded down to lots.
    func half(_ view: BasisView) -> BasisTarget {
        let shorts = zip(legs.shorts, view.shorts).map { leg, short in leg.whole(max(0, short) / 2) }
        let hedged = legs.spot.whole(shorts.reduce(0, +))
        return BasisTarget(spot: min(view.held, unhedged + hedged), shorts: shorts)
    }

    /// No position: no short, and of the asset nothing, or everything where it is the share class.
    func closed(_ view: BasisView) throws(ArithmeticOverflow) -> BasisTarget {
        BasisTarget(
            spot: isInAsset ? view.held + (try purchasable(view)) : 0, shorts: legs.shorts.map { _ in 0 })
    }

    /// Whole lots of the asset that all money buys.
    private func purchasable(_ view: BasisView) throws(ArithmeticOverflow) -> Int128 {
        let money = view.cash.reduce(0, +)
        let spent = money - (try BasisSizing.cushion.of(money, rounding: .up))
        return legs.spot.whole(try legs.spot.units(for: max(0, spent), at: view.spotPrice))
    }

    /// Whether there is no position. Where the asset is the share class, up to 1 % of equity may be left in
    /// money, as a purchase of everything leaves some.
    func isFlat(_ view: BasisView) throws(ArithmeticOverflow) -> Bool {
        guard view.shorts.allSatisfy({ $0 == 0 }) else { return false }
        if !isInAsset { return legs.spot.whole(view.held) == 0 }
        let limit = Ratio(mantissa: 10_000_000)
        return !(try limit.isExceeded(by: view.cash.reduce(0, +), of: try equityInMoney(view)))
    }

    /// Whether net exposure is above the tolerance and not just what lots leave.
    func isOffBalance(_ view: BasisView) throws(ArithmeticOverflow) -> Bool {
        let net = view.held - unhedged - view.short
        let size = net < 0 ? -net : net
        let coarsest = legs.shorts.reduce(legs.spot.lot) { max($0, $1.lot) }
        if size <= coarsest { return false }
        let value = try legs.spot.value(of: size, at: view.spotPrice, rounding: .down)
        return try settings.deltaTolerance.isExceeded(by: value, of: try equityInMoney(view))
    }

    /// The transfers that bring money to where a target needs it.
    ///
    /// Each venue needs its margin, the spot venue also the cost of what is bought there, the wallet the
    /// reserve. Venues come before the wallet; moves below a thousandth of equity are left out.
    func moves(_ view: BasisView, to target: BasisTarget, isClosing: Bool) throws(ArithmeticOverflow)
        -> [CashMoves.Move]
    {
        var places = try needs(view, target)
        var kept: Int128 = 0
        if !isClosing {
            kept = try settings.reserve.of(max(0, try working(view)), rounding: .down)
        }
        places[0] = CashMoves.Place(lack: 0, surplus: max(0, view.cash[0] - kept))
        if isClosing && isInAsset {
            let others = places.enumerated().reduce(0) { $1.offset == 1 ? $0 : $0 + $1.element.surplus }
            places[1] = CashMoves.Place(lack: others, surplus: 0)
        }
        var moves = try CashMoves.even(places)
        if !isInAsset || !isClosing {
            for move in moves { places[move.from].surplus -= move.amount }
            for index in places.indices { places[index].lack = 0 }
            let spare = places.dropFirst().reduce(0) { $0 + $1.surplus }
            let lack = isClosing ? spare : max(0, kept - view.cash[0])
            places[0] = CashMoves.Place(lack: lack, surplus: 0)
            moves += try CashMoves.even(places)
        }
        let least = isClosing ? 1 : max(1, try equityInMoney(view) / 1000)
        return moves.filter { $0.amount >= least }
    }

    /// What each place lacks or can spare; the wallet's entry is not filled in.
    private func needs(_ view: BasisView, _ target: BasisTarget) throws(ArithmeticOverflow)
        -> [CashMoves.Place]
    {
        var places: [CashMoves.Place] = []
        for (index, place) in legs.places.enumerated() {
            var margin: Int128 = 0
            for (number, leg) in legs.shorts.enumerated() where leg.venue == place {
                let notional = try leg.value(
                    of: target.shorts[number], at: view.marks[number], rounding: .up)
                margin += try settings.marginTarget.of(notional, rounding: .up)
            }
            let cost = place == legs.spot.venue ? try purchase(view, target) : 0
            let cash = view.cash[index]
            let equity = view.margins[index].map { $0.equity.units } ?? cash
            let lack = max(0, margin + cost - equity, cost - cash)
            let surplus = lack > 0 ? 0 : max(0, min(equity - margin, cash) - cost)
            places.append(CashMoves.Place(lack: lack, surplus: surplus))
        }
        return places
    }

    /// What a target's purchase of spot costs, the cushion included.
    private func purchase(_ view: BasisView, _ target: BasisTarget) throws(ArithmeticOverflow) -> Int128 {
        let bought = target.spot - view.held
        if bought <= 0 { return 0 }
        let cost = try legs.spot.value(of: bought, at: view.spotPrice, rounding: .up)
        return cost + (try BasisSizing.cushion.of(cost, rounding: .up))
    }
}
