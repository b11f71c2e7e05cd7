internal import Accounting
internal import Events
internal import Markets
internal import Risk
internal import StrategyKit
internal import Trading
internal import Units

extension Engine {
    /// Takes what a strategy asked for through the risk gate.
    @usableFromInline func processAsks(of book: Int) throws {
        let desk = desks + book
        for index in 0..<desk.pointee.asks.count {
            switch desk.pointee.asks[index] {
            case .submit(let id, let request): try submit(id, request, book)
            case .transfer(let place): try transfer(desks[book].transfers[place], book)
            case .operate(let place): try operate(place, book)
            case .explain(let action, let reason): try explain(action, reason, book)
            case .cancel(let id):
                guard isTradingAllowed, let order = orders[id], order.strategy == book else {
                    try refuse(id, book)
                    continue
                }
                try log.append(.cancelRequested(id), at: now)
                send(.cancel(id, of: order.request.instrument))
            case .amend(let id, let quantity, let type):
                guard isTradingAllowed, let order = orders[id], order.strategy == book else {
                    try refuse(id, book)
                    continue
                }
                let instrument = order.request.instrument
                try log.append(.amendRequested(id, quantity: quantity, type: type), at: now)
                var situation = try situation(of: instrument, book)
                if !setup.allowsOverdraft { try reserve(&situation, instrument, book) }
                var refusal = gatePlace.pointee.refusal(
                    ofAmending: order, quantity: quantity, type: type, instrument: terms[instrument.position],
                    in: situation)
                if refusal == nil, let contracts {
                    refusal = try accountRefusal(ofAmending: order, quantity, type, contracts)
                }
                if let reason = refusal {
                    try apply(.refused(id, reason), knownAt: now)
                } else {
                    send(.amend(id, of: instrument, quantity: quantity, type: type))
                }
            }
        }
        desk.pointee.asks.removeAll()
        if !desks[book].transfers.isEmpty { desks[book].transfers.removeAll() }
    }

    /// What the gate must know of a book and an instrument.
    func situation(of instrument: InstrumentIndex, _ book: Int) throws(ArithmeticOverflow) -> RiskSituation {
        let place = book * instrumentCount + instrument.position
        let isHeldAtVenue = contracts != nil && terms[instrument.position].isSpot
        var situation = RiskSituation(
            position: isHeldAtVenue ? heldSpot(instrument.position, book) : positions[place].quantity,
            workingBuys: Quantity(mantissa: workingBuys[place]),
            workingSells: Quantity(mantissa: workingSells[place]), workingOrders: workingCount[book],
            lastPrice: try marks.lastPrice(instrument.position),
            quoteBalance: ledger.balance(of: quoteAccounts[place]),
            allowsShortSpot: setup.allowsShortSpot, allowsOverdraft: setup.allowsOverdraft || contracts != nil
        )
        if let contracts { situation.contract = contracts.numbers[instrument.position] }
        return situation
    }

    func submit(_ id: OrderID, _ request: OrderRequest, _ book: Int) throws {
        var order = Order(id: id, strategy: book, request: request, decidedAt: now)
        guard isTradingAllowed else {
            // Not part of the run: nothing is logged, but the strategy must not take the order for working.
            try order.move(to: .rejected, reason: .notTrading)
            enqueue(&order, due: now, reason: .notTrading).pointee.workingChange = -request.signedQuantity
            return
        }
        try log.append(.orderSubmitted(id, request, strategy: book), at: now)
        let instrument = terms[request.instrument.position]
        var situation = try situation(of: request.instrument, book)
        if !setup.allowsOverdraft { try reserve(&situation, request.instrument, book) }
        var refusal = gatePlace.pointee.refusal(of: request, instrument: instrument, in: situation)
        if refusal == nil, let contracts { refusal = try accountRefusal(of: request, book, contracts) }
        if refusal == nil, isOverridden(request, situation, book) { refusal = .riskOverride }
        if let reason = refusal {
            try order.move(to: .rejected, reason: reason)
            try log.append(.orderMoved(id, .rejected, reason), at: now)
            refusals[Int(reason.rawValue)] += 1
            enqueue(&order, due: now, reason: reason).pointee.workingChange = -request.signedQuantity
            return
        }
        try order.move(to: .submitting)
        try order.move(to: .submitted)
        orders.insert(order)
        workingCount[book] += 1
        changeWorking(order, by: request.quantity.mantissa)
        send(.submit(id, request, strategy: book))
    }
}
