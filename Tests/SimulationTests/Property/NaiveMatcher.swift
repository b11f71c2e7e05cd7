import Simulation
import Trading

/// A bar in cents and whole units, for the naive matcher; times are seconds.
struct NaiveBar {
    var start: Int
    var open: Int
    var high: Int
    var low: Int
    var close: Int
    var volume: Int
    var end: Int { start + 60 }
}

/// What an order waits for, prices in cents.
enum NaiveType: Equatable {
    case market
    case limit(Int)
    case stop(Int)
    case stopLimit(Int, Int)
    case trailing(Int)
    case trailingPercent(Int)
}

/// An order as the naive matcher follows it.
struct NaiveOrder {
    let id: Int
    let buys: Bool
    let force: TimeInForce
    let isPostOnly: Bool
    let sentAt: Int
    let arrival: Int
    var type: NaiveType
    var total: Int
    var filled = 0
    var activeFrom: Int
    var isNew = true
    var hasRested = false
    var triggered = false
    var best: Int
    var isOver = false
    var requests: [NaiveRequest] = []
    var lines: [String] = []

    var left: Int { total - filled }
    var isImmediate: Bool { force == .immediateOrCancel || force == .fillOrKill }
    /// The end of the UTC day of arrival; never for other orders.
    var expiry: Int { force == .day ? (arrival / 86_400 + 1) * 86_400 : Int.max }

    /// Whether a price is as good as a limit, or better.
    func allows(_ price: Int, _ limit: Int) -> Bool { buys ? price <= limit : price >= limit }
    /// Whether a price is at a stop or beyond.
    func reaches(_ price: Int, _ stop: Int) -> Bool { buys ? price >= stop : price <= stop }

    mutating func end(_ text: String, at time: Int) {
        lines.append("\(time) #\(id) \(text)")
        isOver = true
    }
}

/// A cancel (no type) or an amendment, by the time at which it arrives.
struct NaiveRequest {
    let arrival: Int
    let total: Int
    let type: NaiveType?
}

/// The rules of matching against bars written again: one order and one bar at a time, in plain integers.
struct NaiveMatcher {
    let rule: BarFillRule
    let latency: Int
    /// Percent of a bar's volume; nil is without cap.
    let capPercent: Int?
    let slippage: Int
    let takerFee: Int
    let makerFee: Int
    var budget = 0
    var lastClose = 0

    /// The moment at which an order is sent, right after a bar closed.
    mutating func send(_ order: inout NaiveOrder, after bar: NaiveBar, atClose: Bool) {
        if case .limit(let limit) = order.type, order.isPostOnly, latency == 0, order.allows(bar.close, limit)
        {
            return order.end("rejected would-take", at: order.arrival)
        }
        guard rule == .close, latency == 0, atClose else { return }
        switch order.type {
        case .market: trade(&order, bar.close, order.sentAt, maker: false)
        case .limit(let limit):
            if order.isPostOnly { return }
            if order.allows(bar.close, limit) { trade(&order, bar.close, order.sentAt, maker: false) }
        default: return
        }
        endImmediate(&order, at: order.sentAt)
    }

    /// A request that arrives between two bars.
    func receive(_ request: NaiveRequest, _ order: inout NaiveOrder) {
        let time = request.arrival
        if order.expiry <= time {
            order.end("expired session-ended", at: order.expiry)
            return order.lines.append("\(time) #\(order.id) refused not-working")
        }
        guard let type = request.type else { return order.end("cancelled requested", at: time) }
        if order.isPostOnly, case .limit(let limit) = type, order.allows(lastClose, limit), type != order.type
        {
            return order.lines.append("\(time) #\(order.id) refused would-take")
        }
        if request.total <= order.filled {
            return order.lines.append("\(time) #\(order.id) refused bad-quantity")
        }
        var next = type
        if order.triggered {
            switch type {
            case .stop, .trailing, .trailingPercent: next = .market
            case .stopLimit(_, let limit): next = .limit(limit)
            default: break
            }
        }
        if next != order.type || request.total > order.total {
            order.hasRested = false
            order.activeFrom = max(order.activeFrom, time)
        }
        if next != order.type { order.best = lastClose }
        (order.type, order.total) = (next, request.total)
        order.lines.append("\(time) #\(order.id) amended \(request.total)")
    }

    /// One order through one bar.
    mutating func pass(_ order: inout NaiveOrder, _ bar: NaiveBar) {
        if order.isOver { return }
        let due = order.requests.filter { $0.arrival <= bar.start }
        order.requests.removeAll { $0.arrival <= bar.start }
        for request in due {
            if order.isOver {
                order.lines.append("\(request.arrival) #\(order.id) refused not-working")
            } else {
                arrive(&order, by: request.arrival)
                if order.isOver {
                    order.lines.append("\(request.arrival) #\(order.id) refused not-working")
                } else {
                    receive(request, &order)
                }
            }
        }
        if order.isOver { return refuseRest(&order) }
        if order.expiry <= bar.start { order.end("expired session-ended", at: order.expiry) }
        if !order.isOver { arrive(&order, by: bar.start) }
        if order.isOver { return refuseRest(&order) }
        if order.activeFrom > bar.start {
            if rule == .close, order.type == .market, order.activeFrom <= bar.end {
                trade(&order, bar.close, bar.end, maker: false)
                endImmediate(&order, at: bar.end)
            }
        } else {
            match(&order, bar)
            if !order.isOver { order.hasRested = true }
            if !order.isOver, order.expiry <= bar.end { order.end("expired session-ended", at: order.expiry) }
        }
        if order.isOver { refuseRest(&order) }
    }

    /// A post-only order that the market passed while it was on its way.
    private func arrive(_ order: inout NaiveOrder, by time: Int) {
        guard order.isNew, order.arrival <= time else { return }
        order.isNew = false
        if case .limit(let limit) = order.type, order.isPostOnly, latency > 0, order.expiry > time,
            order.allows(lastClose, limit)
        {
            order.end("cancelled would-take", at: order.arrival)
        }
    }

    private func refuseRest(_ order: inout NaiveOrder) {
        for request in order.requests {
            order.lines.append("\(request.arrival) #\(order.id) refused not-working")
        }
        order.requests = []
    }

    private mutating func match(_ order: inout NaiveOrder, _ bar: NaiveBar) {
        open(&order, bar)
        if !order.isOver { within(&order, bar) }
        if !order.isOver { endImmediate(&order, at: bar.end) }
    }

    private mutating func open(_ order: inout NaiveOrder, _ bar: NaiveBar) {
        switch order.type {
        case .market: if rule == .nextOpen { trade(&order, bar.open, bar.start, maker: false) }
        case .limit(let limit):
            if order.allows(bar.open, limit) {
                trade(&order, bar.open, bar.start, maker: order.hasRested || order.isPostOnly)
            }
            endImmediate(&order, at: bar.start)
        case .stop, .trailing, .trailingPercent:
            if order.reaches(bar.open, stop(of: order)) {
                (order.type, order.triggered) = (.market, true)
                trade(&order, bar.open, bar.start, maker: false)
            } else {
                follow(&order, bar.open)
            }
        case .stopLimit(let stop, let limit):
            if order.reaches(bar.open, stop) {
                (order.type, order.triggered) = (.limit(limit), true)
                if order.allows(bar.open, limit) { trade(&order, bar.open, bar.start, maker: false) }
            }
        }
    }

    private mutating func within(_ order: inout NaiveOrder, _ bar: NaiveBar) {
        let near = order.buys ? bar.low : bar.high
        let far = order.buys ? bar.high : bar.low
        switch order.type {
        case .market:
            switch rule {
            case .nextOpen: break
            case .close: trade(&order, bar.close, bar.end, maker: false)
            case .worst: trade(&order, far, bar.end, maker: false)
            case .vwap:
                // Thirds of a cent, at ten thousandths of a cent, half even.
                let sum = (bar.high + bar.low + bar.close) * 10_000
                tradeExactly(&order, NaiveMatcher.halfEven(sum, 3), bar.end, maker: false)
            }
        case .limit(let limit):
            if !order.isImmediate, order.allows(near, limit) { trade(&order, limit, bar.end, maker: true) }
        case .stop(let stop):
            if order.reaches(far, stop) {
                (order.type, order.triggered) = (.market, true)
                trade(&order, stop, bar.end, maker: false)
            }
        case .stopLimit(let stop, let limit):
            if order.reaches(far, stop) { (order.type, order.triggered) = (.limit(limit), true) }
        case .trailing, .trailingPercent:
            var level = stop(of: order)
            var hit = order.reaches(far, level)
            if !hit {
                follow(&order, near)
                level = stop(of: order)
                hit = order.reaches(bar.close, level)
            }
            if hit {
                (order.type, order.triggered) = (.market, true)
                trade(&order, level, bar.end, maker: false)
            }
        }
    }

    private func follow(_ order: inout NaiveOrder, _ price: Int) {
        order.best = order.buys ? min(order.best, price) : max(order.best, price)
    }

    private func stop(of order: NaiveOrder) -> Int {
        let distance: Int
        switch order.type {
        case .stop(let stop): return stop
        case .trailing(let cents): distance = cents
        case .trailingPercent(let percent): distance = NaiveMatcher.halfEven(order.best * percent, 100)
        default: return 0
        }
        return max(1, order.buys ? order.best + distance : order.best - distance)
    }

    /// Ends an immediate order after its first data.
    private func endImmediate(_ order: inout NaiveOrder, at time: Int) {
        if order.isOver { return }
        if order.force == .immediateOrCancel { order.end("cancelled immediate-or-cancel", at: time) }
        if order.force == .fillOrKill { order.end("cancelled fill-or-kill", at: time) }
    }

    private mutating func trade(_ order: inout NaiveOrder, _ cents: Int, _ time: Int, maker: Bool) {
        tradeExactly(&order, cents * 10_000, time, maker: maker)
    }

    /// Trades at a price in ten thousandths of a cent, as far as the bar's volume allows.
    private mutating func tradeExactly(_ order: inout NaiveOrder, _ price: Int, _ time: Int, maker: Bool) {
        var size = order.left
        if capPercent != nil {
            size = min(size, budget)
            if size == 0 || (order.force == .fillOrKill && size < order.left) { return }
            budget -= size
        }
        var paid = price
        if !maker {
            let change = (price * slippage + 9_999) / 10_000
            paid = order.buys ? price + change : price - change
            if case .limit(let limit) = order.type {
                paid = order.buys ? min(paid, limit * 10_000) : max(paid, limit * 10_000)
            }
        }
        // size x price x basis points / 10^4, from six decimals to eight.
        let fee = NaiveMatcher.halfEven(size * paid * (maker ? makerFee : takerFee), 100)
        var line = "\(time) #\(order.id) \(size) @ \(NaiveMatcher.decimal(paid, 6))"
        if fee != 0 { line += " fee \(NaiveMatcher.decimal(fee, 8))" }
        if maker { line += " maker" }
        order.lines.append(line)
        order.filled += size
        if order.left == 0 { order.isOver = true }
    }

    static func halfEven(_ number: Int, _ divisor: Int) -> Int {
        let negative = number < 0
        let (quotient, rest) = abs(number).quotientAndRemainder(dividingBy: divisor)
        let up = rest * 2 > divisor || (rest * 2 == divisor && quotient % 2 == 1)
        let rounded = quotient + (up ? 1 : 0)
        return negative ? -rounded : rounded
    }

    static func decimal(_ number: Int, _ decimals: Int) -> String {
        var digits = String(abs(number))
        while digits.count <= decimals { digits = "0" + digits }
        var text = digits.dropLast(decimals) + "." + digits.suffix(decimals)
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return (number < 0 ? "-" : "") + text
    }
}
