import Markets
import Simulation
import Testing
import Trading
import Units

/// Quotes between the limits of all resting orders are done with after one look. Here the same orders meet
/// the same quotes and trades twice, the second time beside an order far away that is amended before each
/// quote, after which every order is held against the quote: both markets must say the same.
@Suite struct UnmindedQuoteTests {
    private static let far = OrderID(1_000_000)

    @Test func quotesThatNoOrderMindsAreNotMissedByAny() throws {
        var fills = 0
        for seed in UInt64(1)...150 {
            var random = SplitMix64(seed: seed)
            let latency = seed.isMultiple(of: 3) ? 2 * Timespan.second : .zero
            let model = ExecutionModel(orderLatency: .constant(latency))
            let quick = TestMarket(model, kinds: [.quotes, .trades])
            let thorough = try TestMarket(kinds: [.quotes, .trades], model, farOrder: Self.far)
            var (time, mid, sent) = (Int64(86_000), Int64(500), UInt64(0))
            for _ in 0..<120 {
                time += random.integer(in: 0...40)
                mid += random.integer(in: -2...2)
                let choice = random.integer(in: 0...9)
                if choice < 3 {
                    sent += 1
                    let order = Self.order(&random, mid)
                    for market in [quick, thorough] {
                        try market.submit(
                            order.side, "\(order.size)", order.type, order.force,
                            isPostOnly: order.isPostOnly, at: time)
                    }
                } else if choice < 5, sent > 0 {
                    let id = OrderID(UInt64(random.integer(in: 1...Int64(sent))))
                    let amended = Self.order(&random, mid)
                    for market in [quick, thorough] {
                        if choice == 3 {
                            try market.cancel(id, at: time)
                        } else {
                            try market.amend(id, "\(amended.size)", amended.type, at: time)
                        }
                    }
                } else if choice == 5 {
                    let (at, size) = (mid + random.integer(in: -3...3), random.integer(in: 1...4))
                    for market in [quick, thorough] {
                        try market.trade(time, Self.text(at), "\(size)", aggressor: size > 2 ? .buy : .sell)
                    }
                }
                let farSize = time.isMultiple(of: 2) ? "1" : "2"
                try thorough.amend(Self.far, farSize, .limit(price("0.01")), at: time)
                let quote = Self.quote(&random, mid)
                for market in [quick, thorough] { try market.quote(time, quote) }
                let said = quick.news()
                fills += said.filter { $0.contains("@") }.count
                #expect(
                    said == thorough.news().filter { !$0.contains("#\(Self.far.number) ") },
                    "seed \(seed), time \(time)")
            }
        }
        #expect(fills > 2_000)
    }

    private static func order(
        _ random: inout SplitMix64, _ mid: Int64
    ) -> (side: Side, size: Int64, type: OrderType, force: TimeInForce, isPostOnly: Bool) {
        let at = price(text(max(1, mid + random.integer(in: -5...5))))
        let type: OrderType =
            switch random.integer(in: 0...9) {
            case 0: .market
            case 1: .stop(at)
            case 2: .stopLimit(stop: at, limit: at)
            default: .limit(at)
            }
        let force: TimeInForce = random.integer(in: 0...3) == 0 ? .day : .goodTillCancelled
        return (
            random.integer(in: 0...1) == 0 ? .buy : .sell, random.integer(in: 1...6), type, force,
            random.integer(in: 0...3) == 0
        )
    }

    /// Now and then a side is absent, or the book crossed.
    private static func quote(_ random: inout SplitMix64, _ mid: Int64) -> String {
        let spread = random.integer(in: -1...4)
        let sizes = "\(random.integer(in: 0...5)) \(random.integer(in: 0...5))"
        switch random.integer(in: 0...14) {
        case 0: return "0 \(text(mid + spread)) \(sizes)"
        case 1: return "\(text(mid)) 0 \(sizes)"
        default: return "\(text(mid)) \(text(mid + spread)) \(sizes)"
        }
    }

    private static func text(_ hundredths: Int64) -> String {
        "\(ExactDecimal(mantissa: Int128(max(1, hundredths)), scale: Scale(2)))"
    }
}

extension TestMarket {
    /// A market with an order to buy that no price reaches.
    fileprivate convenience init(kinds: [SeriesKind], _ model: ExecutionModel, farOrder id: OrderID) throws {
        self.init(model, kinds: kinds)
        let request = OrderRequest(
            .buy, quantity("1"), of: InstrumentIndex(0), type: .limit(price("0.01")),
            timeInForce: .goodTillCancelled)
        try exchange.receive(.submit(id, request, strategy: 0), at: second(0))
    }
}
