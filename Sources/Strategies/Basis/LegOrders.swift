internal import Markets
internal import StrategyKit
internal import Trading
internal import Units

/// The orders by which a hedged position goes to a target: each in whole lots, at the market.
struct LegOrders {
    let legs: BasisLegs

    /// Buys back what is sold short beyond the target; whether anything was asked for.
    func buyBackShorts(
        _ shorts: [Int128], to target: BasisTarget, _ context: inout StrategyContext
    ) -> Bool {
        var asked = false
        for (number, leg) in legs.shorts.enumerated() {
            if buyBack(leg, shorts[number] - target.shorts[number], &context) { asked = true }
        }
        return asked
    }

    /// Buys units of a short back; it never opens.
    @discardableResult
    func buyBack(_ leg: BasisLeg, _ units: Int128, _ context: inout StrategyContext) -> Bool {
        guard let quantity = quantity(units, leg) else { return false }
        context.submit(OrderRequest(.buy, quantity, of: leg.instrument, isReduceOnly: true))
        return true
    }

    /// Sells units of the spot.
    func sellSpot(_ units: Int128, _ context: inout StrategyContext) -> Bool {
        guard let quantity = quantity(units, legs.spot) else { return false }
        context.submit(OrderRequest(.sell, quantity, of: legs.spot.instrument))
        return true
    }

    /// Buys units of the spot and sells what the shorts are below the target, at one time.
    ///
    /// - Returns: the orders that were asked for: they make the position larger.
    func extend(
        spot units: Int128, shorts: [Int128], to target: BasisTarget, _ context: inout StrategyContext
    ) -> [OrderID] {
        var orders: [OrderID] = []
        if let quantity = quantity(units, legs.spot) {
            orders.append(context.submit(OrderRequest(.buy, quantity, of: legs.spot.instrument)))
        }
        for (number, leg) in legs.shorts.enumerated() {
            guard let quantity = quantity(target.shorts[number] - shorts[number], leg) else { continue }
            orders.append(context.submit(OrderRequest(.sell, quantity, of: leg.instrument)))
        }
        return orders
    }

    /// Asks for transfers of money between the places of the legs.
    func transfer(_ moves: [CashMoves.Move], _ context: inout StrategyContext) -> [TransferID] {
        var transfers: [TransferID] = []
        for move in moves {
            transfers.append(
                context.transfer(
                    Amount(units: move.amount), of: legs.money, from: legs.places[move.from],
                    to: legs.places[move.to]))
        }
        return transfers
    }

    /// Whole lots of units; nil where there are none.
    private func quantity(_ units: Int128, _ leg: BasisLeg) -> Quantity? {
        guard units > 0, let quantity = leg.quantity(of: units), quantity > .zero else { return nil }
        return quantity
    }
}
