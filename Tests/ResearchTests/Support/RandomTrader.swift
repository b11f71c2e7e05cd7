import Markets
import StrategyKit
import Synchronization
import Trading
import Units

/// Something a strategy of a test asked for, and when.
struct Decision: Equatable {
    let time: Instant
    let text: String
}

/// What strategies of tests wrote down, by a number that the test hands them as a parameter.
enum DecisionBook {
    private static let pages = Mutex<(last: Int, held: [Int: [Decision]])>((0, [:]))

    static func open() -> Int {
        pages.withLock { pages in
            pages.last += 1
            pages.held[pages.last] = []
            return pages.last
        }
    }

    static func add(_ decision: Decision, to page: Int) {
        if page != 0 { pages.withLock { $0.held[page, default: []].append(decision) } }
    }

    static func close(_ page: Int) -> [Decision] {
        pages.withLock { $0.held.removeValue(forKey: page) ?? [] }
    }
}

/// Asks for orders of every kind. What it asks is a pure function of its seed and of everything it was told.
struct RandomTrader: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "random-trader", summary: "Asks for anything.",
        parameters: [
            ParameterDescription(
                "seed", .integer(0...Int64.max), default: .number(ExactDecimal(1)), summary: "Of its choices."
            ),
            ParameterDescription(
                "page", .integer(0...Int64.max), default: .number(.zero),
                summary: "Where it writes its decisions down; 0 is nowhere."),
        ], needs: [])

    private struct Own {
        let id: OrderID
        let number: Int
        let request: OrderRequest
    }

    private let page: Int
    private let instruments: [Instrument]
    private var memory: UInt64
    private var known: [Int64]
    private var own: [Own] = []
    private var sent = 0

    init(_ setup: StrategySetup) throws(ParameterProblem) {
        page = try setup.parameters.integer("page")
        memory = UInt64(try setup.parameters.integer("seed"))
        instruments = setup.instruments
        known = setup.instruments.map { _ in 0 }
    }

    private mutating func learn(_ values: Int64...) {
        for value in values {
            memory = (memory ^ UInt64(bitPattern: value)) &* 0x9E37_79B9_7F4A_7C15
            memory ^= memory >> 29
        }
    }

    mutating func receive(bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        known[instrument.position] = bar.close.mantissa
        learn(
            bar.openTime.nanoseconds, bar.open.mantissa, bar.high.mantissa, bar.low.mantissa,
            bar.close.mantissa,
            bar.volume.mantissa)
    }

    mutating func receive(quote: Quote, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        known[instrument.position] = max(quote.bid.mantissa, quote.ask.mantissa)
        learn(
            quote.time.nanoseconds, quote.bid.mantissa, quote.ask.mantissa, quote.bidSize.mantissa,
            quote.askSize.mantissa)
    }

    mutating func receive(trade: TradeTick, of instrument: InstrumentIndex, _ context: inout StrategyContext)
    {
        known[instrument.position] = trade.price.mantissa
        learn(trade.time.nanoseconds, trade.price.mantissa, trade.quantity.mantissa)
    }

    mutating func receive(update: OrderUpdate, _ context: inout StrategyContext) {
        let place = update.order.request.instrument
        learn(
            context.now.nanoseconds, Int64(update.order.status.rawValue), update.order.filled.mantissa,
            Int64(update.reason.rawValue), update.fill?.price.mantissa ?? 0,
            context.position(of: place).mantissa,
            context.working(of: place).mantissa)
        if update.order.status.isTerminal { own.removeAll { $0.id == update.order.id } }
        act(&context)
    }

    mutating func stepEnded(_ context: inout StrategyContext) { act(&context) }

    private mutating func act(_ context: inout StrategyContext) {
        var random = SplitMix64(seed: memory)
        let choice = random.integer(in: 0...19)
        switch choice {
        case 0...3: submit(&context, &random)
        case 4 where !own.isEmpty:
            let order = own[Int(random.integer(in: 0...Int64(own.count - 1)))]
            write("cancel \(order.number)", &context)
            context.cancel(order.id)
        case 5 where !own.isEmpty:
            let order = own[Int(random.integer(in: 0...Int64(own.count - 1)))]
            let request = self.request(order.request.instrument.position, &random)
            let type = random.integer(in: 0...1) == 0 ? order.request.type : request.type
            write("amend \(order.number) \(request.quantity.mantissa) \(type)", &context)
            context.amend(order.id, quantity: request.quantity, type: type)
        default: break
        }
    }

    private mutating func submit(_ context: inout StrategyContext, _ random: inout SplitMix64) {
        let priced = known.indices.filter { known[$0] > 0 }
        guard !priced.isEmpty else { return }
        let request = self.request(priced[Int(random.integer(in: 0...Int64(priced.count - 1)))], &random)
        sent += 1
        write("submit \(sent) \(request)", &context)
        own.append(Own(id: context.submit(request), number: sent, request: request))
    }

    private func request(_ index: Int, _ random: inout SplitMix64) -> OrderRequest {
        let (price, instrument) = (known[index], instruments[index])
        func near(_ random: inout SplitMix64) -> Price {
            let tick = instrument.tickSize.mantissa
            let away = random.integer(in: -price / 60 - 1...price / 60 + 1)
            return Price(mantissa: max(tick, (price + away) / tick * tick))
        }
        let lot = instrument.lotSize.mantissa
        var quantity = random.integer(in: 1_000_000...900_000_000) / lot * lot
        if random.integer(in: 0...40) == 0 { quantity = random.integer(in: -1...0) }
        let type: OrderType
        switch random.integer(in: 0...11) {
        case 0...4: type = .market
        case 5...7: type = .limit(near(&random))
        case 8: type = .stop(near(&random))
        case 9: type = .stopLimit(stop: near(&random), limit: near(&random))
        case 10: type = .trailingStop(.price(Price(mantissa: random.integer(in: 1...price / 50 + 1))))
        default: type = .trailingStop(.fraction(BasisPoints(millionths: random.integer(in: 1...300_000_000))))
        }
        var request = OrderRequest(
            random.integer(in: 0...1) == 0 ? .buy : .sell, Quantity(mantissa: quantity),
            of: InstrumentIndex(index), type: type,
            timeInForce: TimeInForce.allCases[[0, 0, 0, 1, 2, 3][Int(random.integer(in: 0...5))]],
            isReduceOnly: random.integer(in: 0...5) == 0)
        if case .limit = type { request.isPostOnly = random.integer(in: 0...2) == 0 }
        return request
    }

    private func write(_ text: String, _ context: inout StrategyContext) {
        DecisionBook.add(Decision(time: context.now, text: text), to: page)
    }
}
