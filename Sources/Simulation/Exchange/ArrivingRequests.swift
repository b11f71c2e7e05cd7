internal import Markets
internal import Trading
internal import Units

/// What reaches the exchange between two data: ends of orders, requests to cancel and to amend.
extension SimulatedExchange {
    /// Applies the requests that arrived by `time`, in order of arrival, before data of that time can fill
    /// anything. What is still on its way is held against the market as the data now show it.
    func settleRequests(_ index: Int, before time: Instant) {
        while let next = earliestRequest(index, by: time) {
            let request = pending[index][next]
            // An order that ends here ends its requests with it.
            guard let place = place(of: request.order, InstrumentIndex(index)) else { return }
            if settleDue(index, place, before: request.arrival) { continue }
            pending[index].remove(at: next)
            apply(request, index, place)
        }
        for other in 0..<pending[index].count {
            let request = pending[index][other]
            guard let place = place(of: request.order, InstrumentIndex(index)) else { continue }
            pending[index].place(other).pointee.wouldTake = wouldTake(request, working[index][place], index)
        }
    }

    private func earliestRequest(_ index: Int, by time: Instant) -> Int? {
        var earliest: Int?
        for place in 0..<pending[index].count {
            let arrival = pending[index].place(place).pointee.arrival
            if arrival > time { continue }
            if let known = earliest, pending[index].place(known).pointee.arrival <= arrival { continue }
            earliest = place
        }
        return earliest
    }

    /// Requests about an order that ended find it gone when they arrive.
    func refusePending(_ index: Int, _ order: OrderID) {
        var place = 0
        while place < pending[index].count {
            let request = pending[index][place]
            if request.order == order {
                pending[index].remove(at: place)
                report(.refused(order, .notWorking), at: request.arrival)
            } else {
                place += 1
            }
        }
    }

    func apply(_ request: PendingRequest, _ index: Int, _ place: Int) {
        switch request.change {
        case .cancel: end(index, place, .cancelled(request.order, .requested), at: request.arrival)
        case .amend(let quantity, let type):
            if request.wouldTake {
                report(.refused(request.order, .wouldTake), at: request.arrival)
            } else {
                amend(index, place, quantity, type, at: request.arrival)
            }
        }
    }

    /// Changes an order; priority in the queue is lost when its price or type changes or it grows. A stop
    /// that was reached stays reached.
    private func amend(_ index: Int, _ place: Int, _ quantity: Quantity, _ type: OrderType, at time: Instant)
    {
        let order = working[index][place]
        guard quantity.mantissa > order.filled else {
            report(.refused(order.id, .badQuantity), at: time)
            return
        }
        let leaves = quantity.mantissa - order.filled
        let next = order.effective(type)
        if next != order.type || leaves > order.leaves {
            working[index].place(place).pointee.queueAhead = -1
            working[index].place(place).pointee.hasRested = false
            working[index].place(place).pointee.activeFrom = max(time, order.activeFrom)
        }
        if case .trailingStop = next, next != order.type {
            working[index].place(place).pointee.bestPrice = lastPrice[index]
        }
        working[index].place(place).pointee.leaves = leaves
        working[index].place(place).pointee.type = next
        report(.amended(order.id, quantity: quantity, type: type), at: time)
    }

    /// Whether a request would make a post-only order trade against the market as last seen.
    func wouldTake(_ request: PendingRequest, _ order: WorkingOrder, _ index: Int) -> Bool {
        guard order.isPostOnly, case .amend(_, .limit(let limit)) = request.change else { return false }
        if case .limit(let own) = order.type, own == limit { return false }
        return wouldTake(index, order.side, limit)
    }

    /// Handles what is due for an order before data of `time` can fill it; true when the order ended.
    func settleDue(_ index: Int, _ place: Int, before time: Instant) -> Bool {
        let order = working[index].place(place).pointee
        if order.expires <= time {
            end(index, place, .expired(order.id, .sessionEnded), at: order.expires)
            return true
        }
        guard order.isPostOnly, isDelayed, case .limit(let limit) = order.type else { return false }
        if order.activeFrom > time {
            working[index].place(place).pointee.wouldTake = wouldTake(index, order.side, limit)
        } else if order.wouldTake {
            end(index, place, .cancelled(order.id, .wouldTake), at: order.activeFrom)
            return true
        }
        return false
    }
}
