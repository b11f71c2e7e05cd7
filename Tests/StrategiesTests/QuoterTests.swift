import Events
import Markets
import Research
import Strategies
import StrategyKit
import Testing
import Trading
import Units

@Suite("The quoter")
struct QuoterTests {
    /// What the quoter is told to do.
    private struct Terms {
        var every = 5
        var distance: Int64 = 1
        var tick: Int64 = 1
        var size: Int64 = 200_000_000
        var limit: Int64 = 600_000_000
    }

    /// One request, as the log shows it.
    private enum Ask: Hashable {
        case submit(Side, Int64)
        case amend(UInt64, Int64)
        case cancel(UInt64)
    }

    /// The quoter's rule over the log: what each quote that it looks at must lead to.
    private struct Rule {
        let terms: Terms
        var held: Int64 = 0
        var resting: [(id: UInt64, price: Int64)?] = [nil, nil]
        var left: [UInt64: (side: Side, leaves: Int64)] = [:]

        init(_ terms: Terms) { self.terms = terms }

        /// Requests that a quote leads to, bid first.
        func asks(_ quote: Quote) -> [Ask] {
            guard quote.bid.mantissa > 0, quote.ask.mantissa > 0 else { return [] }
            let away = terms.distance * terms.tick
            var (bid, ask) = (quote.bid.mantissa - away, quote.ask.mantissa + away)
            while bid % terms.tick != 0 { bid -= 1 }
            while ask % terms.tick != 0 { ask += 1 }
            return Side.allCases.flatMap { side -> [Ask] in
                let price = side == .buy ? bid : ask
                let after = held + side.sign * terms.size
                let isAllowed = after * side.sign <= terms.limit
                guard let order = resting[Int(side.rawValue)] else {
                    return isAllowed ? [.submit(side, price)] : []
                }
                if !isAllowed { return [.cancel(order.id)] }
                return order.price == price ? [] : [.amend(order.id, price)]
            }
        }

        mutating func end(_ id: UInt64) {
            for index in 0..<2 where resting[index]?.id == id { resting[index] = nil }
        }

        mutating func fill(_ fill: FillReport) {
            let id = fill.order.number
            guard let (side, leaves) = left[id] else { return }
            held += side.sign * fill.quantity.mantissa
            left[id] = (side, leaves - fill.quantity.mantissa)
            if leaves == fill.quantity.mantissa { end(id) }
        }
    }

    private func run(_ terms: Terms, _ quotes: [Quote]) throws -> [RunRecord] {
        func number(_ mantissa: Int64, _ scale: Int) -> ParameterValue {
            .number(ExactDecimal(mantissa: Int128(mantissa), scale: Scale(scale)))
        }
        let id = "test:spot:BTCUSDT"
        return try RandomMarket.run(
            "quoter",
            [
                ("every", number(Int64(terms.every), 0)), ("distance", number(terms.distance, 0)),
                ("quantity", number(terms.size, 8)), ("max-position", number(terms.limit, 8)),
            ], over: [RandomMarket.series(id, quotes)],
            instruments: [
                InstrumentOverride(
                    instrument: InstrumentID(id)!,
                    tickSize: ExactDecimal(mantissa: Int128(terms.tick), scale: Scale(2)))
            ]
        ).log
    }

    @Test("every order, move and withdrawal is the rule's, and nothing else is asked")
    func decisions() throws {
        var (fills, cancels) = (0, 0)
        for (seed, terms) in [
            Terms(), Terms(every: 1, distance: 0), Terms(every: 7, distance: 3, tick: 2),
            Terms(every: 2, distance: 0, tick: 3, size: 700_000_000, limit: 1_000_000_000),
            Terms(every: 3, distance: 0, limit: 200_000_000),
        ].enumerated() {
            let quotes = RandomMarket.quotes(seed: UInt64(seed) + 500, count: 1_200)
            var rule = Rule(terms)
            var asked: [Instant: [Ask]] = [:]
            var expected: [Instant: [Ask]] = [:]
            let log = try run(terms, quotes)
            let looked = Set(
                quotes.enumerated().filter { $0.offset % terms.every == terms.every - 1 }.map(\.element.time))
            var pending = quotes.filter { looked.contains($0.time) }[...]
            for record in log {
                // What a quote leads to is decided after the fills of its time and before what it asks for.
                while let quote = pending.first,
                    quote.time < record.time || (quote.time == record.time && isAsk(record.event))
                {
                    pending.removeFirst()
                    expected[quote.time] = rule.asks(quote)
                }
                switch record.event {
                case .orderSubmitted(let id, let request, strategy: _):
                    guard case .limit(let price) = request.type, request.isPostOnly else {
                        Issue.record("\(request)")
                        return
                    }
                    #expect(request.quantity.mantissa == terms.size)
                    asked[record.time, default: []].append(.submit(request.side, price.mantissa))
                    rule.left[id.number] = (request.side, terms.size)
                    rule.resting[Int(request.side.rawValue)] = (id.number, price.mantissa)
                case .amendRequested(let id, quantity: let quantity, type: .limit(let price)):
                    #expect(quantity.mantissa == terms.size)
                    asked[record.time, default: []].append(.amend(id.number, price.mantissa))
                    for index in 0..<2 where rule.resting[index]?.id == id.number {
                        rule.resting[index]?.price = price.mantissa
                    }
                case .cancelRequested(let id):
                    cancels += 1
                    asked[record.time, default: []].append(.cancel(id.number))
                case .orderMoved(let id, let status, _) where status.isTerminal: rule.end(id.number)
                case .orderFilled(let fill):
                    fills += 1
                    rule.fill(fill)
                    #expect(abs(rule.held) <= max(terms.limit, terms.size))
                default: break
                }
            }
            #expect(asked == expected.filter { !$0.value.isEmpty }, "\(terms)")
            #expect(asked.keys.allSatisfy { looked.contains($0) }, "acts on one quote in \(terms.every)")
        }
        #expect(fills > 100 && cancels > 3, "\(fills) fills, \(cancels) cancels")
    }

    @Test("prices with more decimals than a run can hold are refused, not fatal")
    func fineDecimals() {
        let quotes = RandomMarket.quotes(seed: 1, count: 200)
        for decimals in [19, 28, 38] {
            let series = RandomMarket.series("test:spot:BTCUSDT", quotes, priceScale: decimals)
            #expect(throws: BacktestError.self) { try RandomMarket.run("quoter", [], over: [series]) }
        }
        let fine = RandomMarket.series("test:spot:BTCUSDT", quotes, priceScale: 18)
        #expect(throws: Never.self) { try RandomMarket.run("quoter", [], over: [fine]) }
    }

    private func isAsk(_ event: RunEvent) -> Bool {
        switch event {
        case .orderSubmitted, .amendRequested, .cancelRequested: true
        default: false
        }
    }
}
