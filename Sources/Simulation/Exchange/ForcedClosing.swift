internal import Markets
internal import Trading
internal import Units

extension SimulatedExchange {
    /// Ends all orders of a strategy for an instrument, as when its account is liquidated or the contract
    /// expires. Requests about them that are on their way find them gone.
    func cancelAll(
        of instrument: InstrumentIndex, strategy: Int, reason: OrderReason, at time: Instant
    ) {
        let index = instrument.position
        var place = 0
        while place < working[index].count {
            let order = working[index].place(place).pointee
            if order.strategy == strategy {
                end(index, place, .cancelled(order.id, reason), at: time)
            } else {
                place += 1
            }
        }
    }

    /// The venue itself changed a position.
    func positionClosed(of instrument: InstrumentIndex, strategy: Int, by change: Int64) {
        let slot = strategy * instrumentCount + instrument.position
        let (position, overflow) = positions[slot].addingReportingOverflow(change)
        if !overflow { positions[slot] = position }
    }
}
