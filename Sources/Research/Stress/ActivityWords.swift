internal import Events
internal import Markets
internal import Trading
internal import TradingEngine
internal import Units

/// What a run did, in words for people.
struct ActivityWords {
    let instruments: [Instrument]
    /// Balances of the run, as its log numbers them.
    let balances: [(venue: Venue, asset: Asset)]
    let recorder: ActivityRecorder

    /// One sentence; nil for an event that has none.
    func sentence(_ event: RunEvent) -> String? {
        switch event {
        case .orderSubmitted(_, let request, _): return "asks to \(words(request)), \(request.type.name)"
        case .orderMoved(let id, let status, let reason):
            return "order to \(words(of: id)) \(status.name): \(reason.name)"
        case .requestRefused(let id, let reason):
            return "change of the order to \(words(of: id)) refused: \(reason.name)"
        case .orderFilled(let fill):
            guard let request = recorder.request(of: fill.order) else { return nil }
            return words(fill, request.side, request.instrument) + " fills"
        case .groupSubmitted(let id, let group, _):
            let kinds = group.operations.map(\.kind.name).joined(separator: ", ")
            return "group \(id.number), \(group.action.name): \(kinds)"
        case .groupEnded(let id, let status, let failure, let operation, _, _, _):
            let reason = failure == .none ? "" : ": \(failure.name)"
            return "group \(id.number) \(status.name)"
                + (operation > 0 ? " at operation \(operation)" : "") + reason
        case .positionClosed(let fill, let instrument, let side, _, let reason, _):
            return words(fill, side, instrument) + " by the venue: \(reason.name)"
        default: return accountSentence(event)
        }
    }

    private func accountSentence(_ event: RunEvent) -> String? {
        switch event {
        case .transferSent(let id, _, let source, let target, let amount, _):
            guard balances.indices.contains(source), balances.indices.contains(target) else { return nil }
            return "transfer \(id.number): \(words(amount, at: source)) from \(balances[source].venue) to "
                + "\(balances[target].venue)"
        case .transferArrived(let id, _): return "transfer \(id.number) arrives"
        case .transferRefused(let id, _, let reason): return "transfer \(id.number) refused: \(reason.name)"
        case .marginCalled(_, let account, let equity, let notional):
            guard balances.indices.contains(account) else { return nil }
            return
                "margin call of \(balances[account].venue): \(words(equity, at: account)) for a notional of "
                + words(notional, at: account)
        case .insurancePaid(_, let account, let amount):
            guard balances.indices.contains(account) else { return nil }
            return "insurance of \(balances[account].venue) pays \(words(amount, at: account))"
        default: return nil
        }
    }

    private func words(of order: OrderID) -> String {
        recorder.request(of: order).map(words) ?? "number \(order.number)"
    }

    private func words(_ request: OrderRequest) -> String {
        guard instruments.indices.contains(request.instrument.position) else { return request.side.name }
        let instrument = instruments[request.instrument.position]
        return "\(request.side == .buy ? "buy" : "sell") "
            + "\(request.quantity.decimal(instrument.quantityScale)) \(instrument.id)"
    }

    private func words(_ fill: FillReport, _ side: Side, _ index: InstrumentIndex) -> String {
        guard instruments.indices.contains(index.position) else { return side.name }
        let instrument = instruments[index.position]
        return "\(side == .buy ? "buy" : "sell") \(fill.quantity.decimal(instrument.quantityScale)) "
            + "\(instrument.id) at \(fill.price.decimal(instrument.fillPriceScale))"
    }

    private func words(_ amount: Amount, at place: Int) -> String {
        let asset = balances[place].asset
        return ExactDecimal(mantissa: amount.units, scale: asset.ledgerScale).description + " \(asset)"
    }
}
