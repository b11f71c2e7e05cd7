internal import Events
internal import Markets
internal import Risk
internal import Trading
internal import Units

extension Engine {
    /// The exposure and the risk monitor look at every account, before strategies decide. Bands that changed
    /// are logged.
    func lookAtAccounts(_ monitors: AccountMonitors) throws {
        for book in 0..<bookCount {
            for reading in try monitors.look(at: book, at: now) {
                try log.append(.riskMoved(reading, strategy: book), at: now)
            }
        }
    }

    /// Records what a strategy changes and why.
    func explain(_ action: PositionAction, _ reason: RebalanceReason, _ book: Int) throws {
        guard isTradingAllowed else { return }
        monitors?.note(action, reason, book: book, at: now)
        try log.append(.rebalanced(action, reason, strategy: book), at: now)
    }

    /// Whether risk lets an account only reduce, and an order does not: it would make a position larger, with
    /// the orders of its side that already work.
    func isOverridden(_ request: OrderRequest, _ situation: RiskSituation, _ book: Int) -> Bool {
        guard let monitors, monitors.isOverridden(book), !request.isReduceOnly else { return false }
        let (held, quantity) = (Int128(situation.position.mantissa), Int128(request.quantity.mantissa))
        let free =
            request.side == .sell
            ? held - Int128(situation.workingSells.mantissa)
            : -held - Int128(situation.workingBuys.mantissa)
        return quantity > free
    }
}
