import Accounting
import Events
import Markets
import Risk
import StrategyKit
import Testing
import Trading
import TradingEngine
import Units

@Suite("Steps of the engine")
struct EngineStepTests {
    private static let bitcoin = InstrumentIndex(0)
    private static let one = Quantity(mantissa: 100_000_000)

    @Test("a strategy hears news, values, bars, quotes and trades in this order, then the end of the step")
    func orderOfCalls() throws {
        let script = Script { call, context in
            if case .bar(let bar, Self.bitcoin) = call, bar.closeTime == EngineFixture.time(1) {
                context.submit(OrderRequest(.buy, Self.one, of: Self.bitcoin))
            }
        }
        let engine = try EngineFixture.engine(
            ["BTCUSDT", "ETHUSDT"].map { EngineFixture.instrument($0) },
            kinds: [[.bars, .quotes, .trades, .funding], [.bars]], books: [script.book()])
        engine.beginStep(at: EngineFixture.time(1))
        // Quotes come first, as the order needs a price.
        try engine.observe(quote: EngineFixture.quote(99, 101, at: 1), of: Self.bitcoin)
        try engine.observe(bar: EngineFixture.bar(100, at: 1), of: Self.bitcoin)
        try engine.decide()
        #expect(engine.hasCommands)
        engine.forEachCommand { _ in }
        #expect(script.takeNames() == ["started", "bar 0", "quote 0", "step ended"])

        engine.beginStep(at: EngineFixture.time(2))
        for name in ["rate", "index"] {
            engine.observe(
                SeriesObservation(
                    time: EngineFixture.time(2), instrument: Self.bitcoin, kind: .funding, name: name,
                    value: ExactDecimal(1)))
        }
        let trade = TradeTick(
            time: EngineFixture.time(2), price: Price(mantissa: 100), quantity: Self.one, aggressor: .buy)
        try engine.observe(trade: trade, of: Self.bitcoin)
        try engine.observe(quote: EngineFixture.quote(98, 102, at: 2), of: Self.bitcoin)
        try engine.observe(bar: EngineFixture.bar(100, at: 2), of: Self.bitcoin)
        try engine.observe(bar: EngineFixture.bar(50, at: 2), of: InstrumentIndex(1))
        try engine.apply(.accepted(OrderID(1)), knownAt: EngineFixture.time(2))
        try engine.apply(
            EngineFixture.fill(1, 100_000_000, 100, at: EngineFixture.time(2)), knownAt: EngineFixture.time(2)
        )
        try engine.decide()
        try engine.endStep()
        #expect(
            script.takeNames() == [
                "order 1 accepted", "order 1 filled", "funding rate", "funding index", "bar 0", "bar 1",
                "quote 0",
                "trade 0", "step ended",
            ])
        engine.beginStep(at: EngineFixture.time(3))
        try engine.decide()
        #expect(script.takeNames() == ["step ended"], "what was heard once is not heard again")
    }

    @Test("a request about an order that ended is refused to the strategy's face, at its next decision")
    func requestsTooLate() throws {
        let script = Script { call, context in
            guard case .bar(let bar, Self.bitcoin) = call else { return }
            switch bar.closeTime {
            case EngineFixture.time(1): context.submit(OrderRequest(.buy, Self.one, of: Self.bitcoin))
            case EngineFixture.time(2): context.cancel(OrderID(1))
            case EngineFixture.time(4): context.amend(OrderID(1), quantity: Self.one, type: .market)
            default: break
            }
        }
        let engine = try EngineFixture.engine(books: [script.book()])
        try engine.step(1, bars: [(100_00, 0)])
        // It fills at 2, of which the strategy hears at 3: the cancel at 2 comes too late.
        let asked = try engine.step(
            2, bars: [(100_00, 0)],
            reports: [
                (.accepted(OrderID(1)), EngineFixture.time(2)),
                (EngineFixture.fill(1, 100_000_000, 100, at: EngineFixture.time(2)), EngineFixture.time(3)),
            ])
        #expect(asked.isEmpty)
        _ = script.take()
        for minutes in 3...5 { try engine.step(minutes, bars: [(100_00, 0)]) }
        let updates = script.take().compactMap { call in
            if case .update(let update) = call { update } else { nil }
        }
        #expect(updates.map(\.reason) == [.none, .notWorking, .notWorking])
        #expect(updates.map(\.order.id) == [OrderID(1), OrderID(1), OrderID(1)])
        #expect(updates[1].order.status == .filled && updates[1].order.request.quantity == Self.one)
        #expect(updates[2].order.request.quantity == .zero)
    }

    @Test("where overdraft is refused two orders cannot spend the same money, over all pairs of an asset")
    func reservedMoney() throws {
        let script = Script { call, context in
            guard case .bar(let bar, Self.bitcoin) = call else { return }
            switch bar.closeTime {
            case EngineFixture.time(1):
                // 250 USDT: 100 for the first and 120 for the second leave too little for the third.
                context.submit(OrderRequest(.buy, Self.one, of: Self.bitcoin))
                context.submit(
                    OrderRequest(
                        .buy, Self.one, of: InstrumentIndex(1), type: .limit(Price(mantissa: 120_00))))
                context.submit(OrderRequest(.buy, Self.one, of: Self.bitcoin))
            case EngineFixture.time(2):
                context.submit(OrderRequest(.buy, Self.one, of: Self.bitcoin))
            default: break
            }
        }
        let engine = try EngineFixture.engine(
            ["BTCUSDT", "ETHUSDT"].map { EngineFixture.instrument($0) },
            books: [script.book(capital: ExactDecimal(250))], allowsOverdraft: false)
        let asked = try engine.step(1, bars: [(100_00, 0), (130_00, 1)])
        #expect(asked.count == 2)
        #expect(engine.refusals[Int(OrderReason.insufficientFunds.rawValue)] == 1)
        // The second ends: its money is free again.
        let freed = try engine.step(
            2, bars: [(100_00, 0)], reports: [(.cancelled(OrderID(2), .requested), EngineFixture.time(2))])
        #expect(freed.count == 1)
        #expect(engine.refusals[Int(OrderReason.insufficientFunds.rawValue)] == 1)
    }

    @Test("before trading is allowed strategies are warmed up and what they ask is dropped")
    func warmUp() throws {
        let script = Script { call, context in
            guard case .bar = call else { return }
            let order = context.submit(OrderRequest(.buy, Self.one, of: Self.bitcoin))
            context.cancel(order)
            context.amend(order, quantity: Self.one, type: .market)
        }
        let log = LogSink()
        let engine = try EngineFixture.engine(books: [script.book()], sink: log.append)
        engine.isTradingAllowed = false
        for minute in 1...3 { #expect(try engine.step(minute, bars: [(100, 0)]).isEmpty) }
        #expect(
            script.takeNames() == [
                "started", "bar 0", "step ended", "order \(1 << 62) rejected", "bar 0", "step ended",
                "order \(1 << 62 + 1) rejected", "bar 0", "step ended",
            ])
        engine.isTradingAllowed = true
        let commands = try engine.step(4, bars: [(100, 0)])
        #expect(commands.count == 3)
        // The run's own orders are numbered from 1, however long the warm-up was.
        #expect(engine.order(OrderID(1)) != nil && engine.order(OrderID(1 << 62 + 2)) == nil)
        _ = try engine.close()
        #expect(
            log.names() == [
                "RunOpened", "OrderSubmitted", "CancelRequested", "AmendRequested", "RunClosed",
                "ChainLinked",
            ])
    }

    @Test("what was dropped leaves no trace in the strategy's view")
    func warmUpView() throws {
        let script = Script { call, context in
            if case .bar = call { context.submit(OrderRequest(.buy, Self.one, of: Self.bitcoin)) }
            if case .stepEnded = call, context.now < EngineFixture.time(4) {
                #expect(context.working(of: Self.bitcoin) == Self.one)
            }
        }
        let engine = try EngineFixture.engine(books: [script.book()])
        engine.isTradingAllowed = false
        for minute in 1...3 { try engine.step(minute, bars: [(100, 0)]) }
    }

    @Test("position and working quantity are what was reported, not what happened")
    func reportLatency() throws {
        let views = Views()
        let script = Script { call, context in
            if case .bar = call, context.now == EngineFixture.time(1) {
                context.submit(
                    OrderRequest(.sell, Self.one, of: Self.bitcoin, type: .limit(Price(mantissa: 90))))
            }
            if case .stepEnded = call {
                views.append(
                    context.position(of: Self.bitcoin).mantissa, context.working(of: Self.bitcoin).mantissa)
            }
        }
        let engine = try EngineFixture.engine(books: [script.book()])
        try engine.step(1, bars: [(100, 0)])
        let fill = EngineFixture.fill(1, 40_000_000, 100, at: EngineFixture.time(2))
        try engine.step(
            2, bars: [(100, 0)],
            reports: [(.accepted(OrderID(1)), EngineFixture.time(2)), (fill, EngineFixture.time(4))])
        #expect(engine.position(of: Self.bitcoin, book: 0).quantity.mantissa == -40_000_000)
        try engine.step(3)
        try engine.step(4)
        try engine.step(5, reports: [(.cancelled(OrderID(1), .requested), EngineFixture.time(6))])
        try engine.step(6)
        #expect(
            views.take() == [
                [0, -100_000_000], [0, -100_000_000], [0, -100_000_000], [-40_000_000, -60_000_000],
                [-40_000_000, -60_000_000], [-40_000_000, 0],
            ])
        #expect(
            script.takeNames().filter { $0.hasPrefix("order") } == [
                "order 1 accepted", "order 1 partially_filled", "order 1 cancelled",
            ])
        #expect(engine.usedShortSpot)
    }

    @Test("a refused order is news, undoes the working quantity and counts as refused")
    func refusals() throws {
        let views = Views()
        let script = Script { call, context in
            if case .bar = call { context.submit(OrderRequest(.buy, .zero, of: Self.bitcoin)) }
            if case .bar = call {
                context.submit(OrderRequest(.buy, Self.one, of: Self.bitcoin, isPostOnly: true))
            }
            if case .stepEnded = call { views.append(0, context.working(of: Self.bitcoin).mantissa) }
        }
        let engine = try EngineFixture.engine(books: [script.book()])
        #expect(try engine.step(1, bars: [(100, 0)]).isEmpty)
        try engine.step(2)
        #expect(views.take() == [[0, 100_000_000], [0, 0]])
        #expect(engine.refusals[Int(OrderReason.badQuantity.rawValue)] == 1)
        #expect(engine.refusals[Int(OrderReason.badCombination.rawValue)] == 1)
        let updates = script.take().compactMap { if case .update(let update) = $0 { update } else { nil } }
        #expect(updates.map(\.reason) == [.badQuantity, .badCombination])
        #expect(updates.allSatisfy { $0.order.status == .rejected })
    }

    @Test("an engaged kill switch stops new and amended orders, but neither cancels nor reductions")
    func killSwitch() throws {
        let script = Script { call, context in
            guard case .bar = call else { return }
            if context.now == EngineFixture.time(1) {
                context.submit(
                    OrderRequest(.buy, Self.one, of: Self.bitcoin, type: .limit(Price(mantissa: 90))))
                context.submit(
                    OrderRequest(.buy, Self.one, of: Self.bitcoin, type: .limit(Price(mantissa: 91))))
            } else {
                context.submit(OrderRequest(.buy, Self.one, of: Self.bitcoin))
                context.submit(OrderRequest(.sell, Self.one, of: Self.bitcoin, isReduceOnly: true))
                context.amend(OrderID(1), quantity: Quantity(mantissa: 2), type: .limit(Price(mantissa: 90)))
                context.cancel(OrderID(2))
            }
        }
        let engine = try EngineFixture.engine(books: [script.book()])
        #expect(try engine.step(1, bars: [(100, 0)]).count == 2)
        engine.killSwitch.engage(reason: "test")
        let commands = try engine.step(2, bars: [(100, 0)])
        #expect(commands.count == 2)
        guard case .submit(OrderID(4), let request, strategy: 0) = commands.first, request.isReduceOnly,
            case .cancel(OrderID(2), of: Self.bitcoin) = commands.last
        else {
            Issue.record("\(commands)")
            return
        }
        try engine.step(3)
        let reasons = script.take().compactMap {
            if case .update(let update) = $0 { update.reason } else { nil }
        }
        #expect(reasons == [.killSwitch, .killSwitch])
        engine.killSwitch.release()
        #expect(try engine.step(4, bars: [(100, 0)]).count == 4)
    }

    @Test("limits bind amendments as they bind orders")
    func amendmentLimits() throws {
        let script = Script { call, context in
            guard case .bar = call else { return }
            let limit = OrderType.limit(Price(mantissa: 10_000))
            if context.now == EngineFixture.time(1) {
                context.submit(OrderRequest(.buy, Self.one, of: Self.bitcoin, type: limit))
            } else {
                context.amend(OrderID(1), quantity: Quantity(mantissa: 200_000_001), type: limit)
                context.amend(OrderID(1), quantity: Quantity(mantissa: 200_000_000), type: limit)
                context.amend(OrderID(9), quantity: Self.one, type: limit)
            }
        }
        let engine = try EngineFixture.engine(
            books: [script.book()], limits: RiskLimits(maxOrderNotional: ExactDecimal(200)))
        try engine.step(1, bars: [(10_000, 0)])
        let commands = try engine.step(2, bars: [(10_000, 0)])
        #expect(
            commands == [
                .amend(
                    OrderID(1), of: Self.bitcoin, quantity: Quantity(mantissa: 200_000_000),
                    type: .limit(Price(mantissa: 10_000)))
            ])
        try engine.apply(
            .amended(OrderID(1), quantity: Quantity(mantissa: 200_000_000), type: .market),
            knownAt: engine.now)
        #expect(engine.order(OrderID(1))?.request.quantity.mantissa == 200_000_000)
    }

    @Test("what works counts against what may be sold and held, until it fills or ends")
    func workingQuantities() throws {
        let limit = OrderType.limit(Price(mantissa: 10_000))
        let script = Script { call, context in
            guard case .bar = call else { return }
            // One of each side at each step.
            for side in Side.allCases {
                context.submit(OrderRequest(side, Self.one, of: Self.bitcoin, type: limit))
            }
        }
        let engine = try EngineFixture.engine(
            books: [script.book()], limits: RiskLimits(maxPositionNotional: ExactDecimal(250)),
            allowsShortSpot: false)
        func step(_ minutes: Int, _ reports: [VenueReport] = []) throws -> [Side] {
            let commands = try engine.step(
                minutes, bars: [(10_000, 0)], reports: reports.map { ($0, EngineFixture.time(minutes)) })
            return commands.compactMap {
                if case .submit(_, let request, _) = $0 { request.side } else { nil }
            }
        }
        let time = EngineFixture.time(1)
        // Nothing held: only buys, and two of them at 100 are all that 250 allow.
        #expect(try step(1) == [.buy])
        #expect(try step(2) == [.buy])
        #expect(try step(3) == [])
        // One filled: it may be sold once; held and working are still two.
        #expect(try step(4, [EngineFixture.fill(1, 100_000_000, 10_000, at: time)]) == [.sell])
        #expect(try step(5) == [])
        // The other buy ends and the sale fills: one buy may work again, two after it.
        let ends: [VenueReport] = [
            .cancelled(OrderID(3), .requested), EngineFixture.fill(8, 100_000_000, 10_000, at: time),
        ]
        #expect(try step(6, ends) == [.buy])
        #expect(try step(7) == [.buy])
        #expect(try step(8) == [])
    }

    @Test("one strategy cannot touch the orders of another")
    func ownOrders() throws {
        let first = Script { call, context in
            if case .bar = call { context.submit(OrderRequest(.buy, Self.one, of: Self.bitcoin)) }
        }
        let second = Script { call, context in
            guard case .bar = call else { return }
            context.cancel(OrderID(1))
            context.amend(OrderID(1), quantity: Quantity(mantissa: 7), type: .market)
        }
        let engine = try EngineFixture.engine(books: [first.book("first"), second.book("second")])
        #expect(
            try engine.step(1, bars: [(100, 0)]) == [
                .submit(OrderID(1), OrderRequest(.buy, Self.one, of: Self.bitcoin), strategy: 0)
            ])
    }

    @Test("reports about orders that do not work are errors")
    func unknownOrders() throws {
        let engine = try EngineFixture.engine(books: [Script().book()])
        for report in [
            VenueReport.accepted(OrderID(1)), .cancelled(OrderID(0), .requested),
            .amended(OrderID(3), quantity: Self.one, type: .market),
            EngineFixture.fill(2, 1, 1, at: .epoch),
        ] { #expect(throws: EngineError.self) { try engine.apply(report, knownAt: .epoch) } }
        #expect(try engine.apply(.refused(OrderID(5), .notWorking), knownAt: .epoch) == nil)
    }

    @Test("bars of the past are there as far as the strategy asked for them")
    func history() throws {
        let views = Views()
        let script = Script { call, context in
            if case .bar = call {
                views.append(contentsOf: context.bars(of: Self.bitcoin).map(\.close.mantissa))
            }
        }
        let engine = try EngineFixture.engine(books: [script.book()])
        for minute in 1...5 { try engine.step(minute, bars: [(Int64(minute) * 100, 0)]) }
        #expect(views.take() == [[100], [100, 200], [100, 200, 300], [200, 300, 400], [300, 400, 500]])
    }

    @Test("a capital that the ledger cannot hold is refused")
    func capital() {
        for text in ["0", "-1", "0.000000001", "170141183460469231731687303715884105727"] {
            #expect(throws: EngineError.self) {
                try EngineFixture.engine(books: [Script().book(capital: ExactDecimal(text)!)])
            }
        }
    }
}
