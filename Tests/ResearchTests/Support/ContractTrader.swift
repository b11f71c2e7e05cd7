import Markets
import StrategyKit
import Trading
import Units

/// Trades spot and contracts at random, moves money between venues, and overreaches often.
struct ContractTrader: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "contract-trader", summary: "Random orders and transfers.",
        parameters: [ParameterDescription("seed", .integer(0...1_000_000_000), summary: "Seed.")])

    private var random: SplitMix64
    private var orders: [OrderID] = []
    private let shareClass: Asset

    init(_ setup: StrategySetup) throws(ParameterProblem) {
        random = SplitMix64(
            seed: UInt64(try setup.parameters.integer("seed")), purpose: "contract trader")
        shareClass = setup.shareClass
    }

    mutating func receive(update: OrderUpdate, _ context: inout StrategyContext) {
        if update.order.status.isTerminal { orders.removeAll { $0 == update.order.id } }
    }

    mutating func stepEnded(_ context: inout StrategyContext) {
        for _ in 0..<random.integer(in: 0...2) { act(&context) }
    }

    private mutating func act(_ context: inout StrategyContext) {
        let index = InstrumentIndex(Int(random.integer(in: 0...Int64(context.instrumentCount - 1))))
        let instrument = context.instrument(index)
        switch random.integer(in: 0...9) {
        case 0...2: move(instrument, &context)
        case 3 where !orders.isEmpty:
            context.cancel(orders[Int(random.integer(in: 0...Int64(orders.count - 1)))])
        default: order(index, instrument, &context)
        }
    }

    private mutating func move(_ instrument: Instrument, _ context: inout StrategyContext) {
        let assets = [shareClass, instrument.settlementAsset, instrument.base]
        let asset = assets[Int(random.integer(in: 0...2))]
        let venues = [Venue.wallet, instrument.id.venue, Venue("one")!, Venue("two")!]
        let source = venues[Int(random.integer(in: 0...3))]
        let target = venues[Int(random.integer(in: 0...3))]
        let held = context.balance(of: asset, at: source).units
        let share = Int128(random.integer(in: 1...120))
        context.transfer(Amount(units: held * share / 100), of: asset, from: source, to: target)
    }

    private mutating func order(
        _ index: InstrumentIndex, _ instrument: Instrument, _ context: inout StrategyContext
    ) {
        guard let price = context.markPrice(of: index), price.mantissa > 0 else { return }
        let unit: Int64 = 100_000_000
        // Inverse contracts count in quote units, the rest in the base.
        let isInverse = instrument.contract?.settlement == .inverse
        let largest = isInverse ? unit * 20_000 : unit * 40
        let quantity = Quantity(mantissa: random.integer(in: 1...largest))
        let side: Side = random.integer(in: 0...1) == 0 ? .buy : .sell
        let isReduceOnly = random.integer(in: 0...4) == 0
        var request = OrderRequest(side, quantity, of: index, isReduceOnly: isReduceOnly)
        if random.integer(in: 0...2) == 0 {
            let away = random.integer(in: 95...105)
            request.type = .limit(Price(mantissa: max(1, price.mantissa * away / 100)))
        }
        orders.append(context.submit(request))
    }
}
