import Markets
import Simulation
import Testing
import Trading
import Units

/// The exchange against the naive matcher, over random bars, orders and requests.
@Suite struct RandomBarsTests {
    static let runs: UInt64 = 6_000

    @Test func theExchangeAgreesWithANaiveMatcherOverRandomBarsAndOrders() throws {
        var worst: (size: Int, seed: UInt64, difference: String)?
        var (fills, ends) = (0, 0)
        for seed in 0..<Self.runs {
            var game = BarGame(seed: seed)
            let (expected, found) = try game.play()
            fills += expected.reduce(0) { $0 + $1.filter { $0.contains("@") }.count }
            ends += expected.reduce(0) { $0 + $1.filter { !$0.contains("@") }.count }
            if expected == found || (worst.map { $0.size <= game.size } ?? false) { continue }
            worst = (game.size, seed, game.difference(expected, found))
        }
        #expect(worst == nil, "smallest failing seed \(worst?.seed ?? 0): \(worst?.difference ?? "")")
        #expect(fills > 5_000 && ends > 5_000, "the games are worth playing: \(fills) fills, \(ends) ends")
    }
}

/// A random series of bars with random orders, played to the exchange and to the naive matcher.
struct BarGame {
    private var random: SplitMix64
    private var naive: NaiveMatcher
    private let market: TestMarket
    private var orders: [NaiveOrder] = []
    private var story: [String] = []
    private var found: [String] = []
    private let bars: Int
    private let latency: Int

    var size: Int { bars + orders.count }

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        func pick(_ range: ClosedRange<Int>) -> Int {
            Int(random.integer(in: Int64(range.lowerBound)...Int64(range.upperBound)))
        }
        let rule = BarFillRule.allCases[pick(0...3)]
        latency = [0, 0, 0, 30, 60, 90][pick(0...5)]
        let cap: Int? = pick(0...2) == 0 ? pick(1...50) : nil
        let slippage = pick(0...1) * pick(1...30)
        let (taker, maker) = (pick(0...20), pick(-5...10))
        bars = pick(2...14)
        naive = NaiveMatcher(
            rule: rule, latency: latency, capPercent: cap, slippage: slippage, takerFee: taker,
            makerFee: maker)
        market = TestMarket(
            ExecutionModel(
                fill: rule, slippage: .fixed(basisPoints("\(slippage)")),
                orderLatency: .constant(latency * .second),
                participation: cap.map { ExactDecimal(mantissa: Int128($0), scale: Scale(2)) }),
            lot: "1",
            commission: CommissionModel(taker: basisPoints("\(taker)"), maker: basisPoints("\(maker)")))
        self.random = random
        story.append("\(rule) latency \(latency) cap \(cap ?? 0) slip \(slippage) fees \(taker) \(maker)")
    }

    private mutating func pick(_ range: ClosedRange<Int>) -> Int {
        Int(random.integer(in: Int64(range.lowerBound)...Int64(range.upperBound)))
    }

    /// Lines by order: what the naive matcher says, and what the exchange said.
    mutating func play() throws -> (expected: [[String]], found: [[String]]) {
        var last = 10_000
        // Close to the end of a UTC day, so that day orders end.
        var start = (1_440 - pick(0...bars)) * 60
        for _ in 0..<bars {
            let bar = nextBar(start, after: last)
            try pass(bar)
            last = bar.close
            // At the close; now and then a little later, between two bars.
            let late = pick(0...5) == 0 ? pick(1...59) : 0
            for _ in 0..<[0, 0, 1, 1, 2][pick(0...4)] { try send(at: bar.end + late, bar) }
            if pick(0...3) == 0 { try request(at: bar.end + late) }
            start = bar.end + (pick(0...5) == 0 ? pick(1...4) * 60 : 0)
        }
        let byOrder = orders.map { order in found.filter { $0.contains(" #\(order.id) ") } }
        return (orders.map(\.lines), byOrder)
    }

    func difference(_ expected: [[String]], _ found: [[String]]) -> String {
        for (want, have) in zip(expected, found) where want != have {
            return "\(story.joined(separator: "; ")): expected \(want), the exchange said \(have)"
        }
        return ""
    }

    private mutating func nextBar(_ start: Int, after last: Int) -> NaiveBar {
        let open = last + (pick(0...2) == 0 ? pick(-300...300) : pick(-20...20))
        let close = open + pick(-200...200)
        let volume = pick(0...9) == 0 ? 0 : pick(1...60)
        return NaiveBar(
            start: start, open: open, high: max(open, close) + pick(0...150),
            low: min(open, close) - pick(0...150), close: close, volume: volume)
    }

    private mutating func pass(_ bar: NaiveBar) throws {
        let text = [bar.open, bar.high, bar.low, bar.close].map { NaiveMatcher.decimal($0, 2) }
        story.append("\(bar.start): \(text.joined(separator: " ")) x \(bar.volume)")
        try market.bar(Int64(bar.start / 60), text.joined(separator: " "), volume: "\(bar.volume)")
        found += market.news()
        naive.budget = naive.capPercent.map { bar.volume * $0 / 100 } ?? 0
        for index in orders.indices { naive.pass(&orders[index], bar) }
        naive.lastClose = bar.close
    }

    private mutating func randomType() -> NaiveType {
        let price = naive.lastClose + pick(-250...250)
        switch pick(0...9) {
        case 0...2: return .market
        case 3...5: return .limit(price)
        case 6: return .stop(price)
        case 7: return .stopLimit(price, price + pick(-150...150))
        case 8: return .trailing(pick(1...300))
        default: return .trailingPercent(pick(1...3))
        }
    }

    private mutating func send(at time: Int, _ bar: NaiveBar) throws {
        let type = randomType()
        var force = TimeInForce.allCases[[0, 0, 0, 1, 1, 2, 3][pick(0...6)]]
        var isPostOnly = false
        if case .limit = type, pick(0...2) == 0 {
            isPostOnly = true
            if force == .immediateOrCancel || force == .fillOrKill { force = .day }
        }
        var order = NaiveOrder(
            id: orders.count + 1, buys: pick(0...1) == 0, force: force, isPostOnly: isPostOnly, sentAt: time,
            arrival: time + latency, type: type, total: pick(1...20), activeFrom: time + latency,
            best: bar.close)
        story.append(
            "\(time): \(order.buys ? "buy" : "sell") \(order.total) \(type) \(force)"
                + (isPostOnly ? " post" : "")
        )
        try market.submit(
            order.buys ? .buy : .sell, "\(order.total)", BarGame.type(type), force, isPostOnly: isPostOnly,
            at: Int64(time))
        found += market.news()
        naive.send(&order, after: bar, atClose: time == bar.end)
        orders.append(order)
    }

    private mutating func request(at time: Int) throws {
        let open = orders.indices.filter { !orders[$0].isOver && orders[$0].sentAt < time }
        guard !open.isEmpty else { return }
        let index = open[pick(0...open.count - 1)]
        let order = OrderID(UInt64(orders[index].id))
        if pick(0...2) == 0 {
            story.append("\(time): cancel \(order.number)")
            try market.cancel(order, at: Int64(time))
            add(NaiveRequest(arrival: time + latency, total: 0, type: nil), index)
        } else {
            var type = orders[index].type
            if orders[index].isPostOnly {
                type = .limit(naive.lastClose + pick(-250...250))
            } else if pick(0...1) == 0 {
                type = randomType()
            }
            let total = pick(1...20)
            story.append("\(time): amend \(order.number) \(total) \(type)")
            try market.amend(order, "\(total)", BarGame.type(type), at: Int64(time))
            add(NaiveRequest(arrival: time + latency, total: total, type: type), index)
        }
        found += market.news()
    }

    private mutating func add(_ request: NaiveRequest, _ index: Int) {
        if latency == 0 {
            naive.receive(request, &orders[index])
        } else {
            orders[index].requests.append(request)
        }
    }

    private static func type(_ type: NaiveType) -> OrderType {
        func cents(_ value: Int) -> Price { Price(mantissa: Int64(value)) }
        switch type {
        case .market: return .market
        case .limit(let limit): return .limit(cents(limit))
        case .stop(let stop): return .stop(cents(stop))
        case .stopLimit(let stop, let limit): return .stopLimit(stop: cents(stop), limit: cents(limit))
        case .trailing(let distance): return .trailingStop(.price(cents(distance)))
        case .trailingPercent(let percent): return .trailingStop(.fraction(basisPoints("\(percent * 100)")))
        }
    }
}
