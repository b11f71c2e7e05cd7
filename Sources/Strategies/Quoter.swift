public import Markets
public import StrategyKit
internal import Trading
internal import Units

/// Quotes both sides of the book with resting orders and lives off the spread.
///
/// Looks at every `every`-th quote only: joins the best bid and ask `distance` ticks away, post-only, moves
/// its orders when the best prices moved, and stops quoting the side that would take its position beyond
/// `max-position`.
public struct Quoter: Strategy {
    /// `quantity` 1, `every` 50, `distance` 0, `max-position` 10.
    public static let descriptor = StrategyDescriptor(
        name: "quoter",
        summary: "Rests an order on each side of the book and moves them with it.",
        parameters: [
            .quantity("Units of the base asset on each side."),
            ParameterDescription(
                "every", .integer(1...1_000_000), default: .number(ExactDecimal(50)),
                summary: "Acts on one quote in this many; 1 acts on every quote."),
            ParameterDescription(
                "distance", .integer(0...1_000_000), default: .number(ExactDecimal(0)),
                summary: "Ticks between the best price and the order."),
            ParameterDescription(
                "max-position", .positiveDecimal, default: .number(ExactDecimal(10)),
                summary: "Largest position, long or short, in units of the base asset."),
            ParameterDescription(
                "instrument", .instrument, isOptional: true,
                summary: "The instrument to quote; every instrument with quotes when absent."),
        ],
        needs: [.quotes])

    /// One side's order: its number and price, or none.
    private struct Resting {
        var order = OrderID.none
        var price = Price(mantissa: 0)
    }

    private struct Track {
        let isTraded: Bool
        let quantity: Quantity
        let limit: Int64
        let offset: Int64
        let tick: Int64
        var seen = 0
        var bid = Resting()
        var ask = Resting()
    }

    /// By instrument.
    private let tracks: SharedSlots<Track>
    private let every: Int

    public init(_ setup: StrategySetup) throws(ParameterProblem) {
        let chosen = try setup.chosenInstruments(with: .quotes)
        every = try setup.parameters.integer("every")
        let distance = Int64(try setup.parameters.integer("distance"))
        let quantity = try setup.parameters.decimal("quantity")
        let limit = try setup.parameters.decimal("max-position")
        tracks = try SharedSlots(count: setup.instruments.count) { index throws(ParameterProblem) in
            let own = InstrumentIndex(index)
            let tick = setup.instruments[index].tickSize.mantissa
            let (offset, overflow) = tick.multipliedReportingOverflow(by: distance)
            if overflow { throw ParameterProblem("distance", "\(distance) ticks are too far") }
            guard chosen.contains(own) else {
                return Track(isTraded: false, quantity: .zero, limit: 0, offset: 0, tick: 1)
            }
            return Track(
                isTraded: true, quantity: try setup.quantity(quantity, of: own, parameter: "quantity"),
                limit: try setup.quantity(limit, of: own, parameter: "max-position").mantissa,
                offset: offset, tick: tick)
        }
    }

    public mutating func receive(
        quote: Quote, of instrument: InstrumentIndex, _ context: inout StrategyContext
    ) {
        guard tracks[instrument.position].isTraded else { return }
        tracks[instrument.position].seen += 1
        if tracks[instrument.position].seen >= every {
            follow(bid: quote.bid.mantissa, ask: quote.ask.mantissa, instrument, &context)
        }
    }

    /// Brings both orders to the best prices.
    @inline(never)
    private func follow(
        bid bestBid: Int64, ask bestAsk: Int64, _ instrument: InstrumentIndex,
        _ context: inout StrategyContext
    ) {
        let index = instrument.position
        tracks[index].seen = 0
        guard bestBid > 0, bestAsk > 0 else { return }
        let (track, held) = (tracks[index], context.position(of: instrument).mantissa)
        let bid = (bestBid - track.offset) / track.tick * track.tick
        let ask = (bestAsk + track.offset + track.tick - 1) / track.tick * track.tick
        tracks[index].bid = rest(
            track.bid, .buy, bid, allowed: held + track.quantity.mantissa <= track.limit, instrument, &context
        )
        tracks[index].ask = rest(
            track.ask, .sell, ask, allowed: held - track.quantity.mantissa >= -track.limit, instrument,
            &context)
    }

    /// Brings one side's order to a price, or withdraws it.
    private func rest(
        _ resting: Resting, _ side: Side, _ price: Int64, allowed: Bool, _ instrument: InstrumentIndex,
        _ context: inout StrategyContext
    ) -> Resting {
        let target = Price(mantissa: price)
        if resting.order == .none {
            guard allowed, price > 0 else { return resting }
            let request = OrderRequest(
                side, tracks[instrument.position].quantity, of: instrument, type: .limit(target),
                isPostOnly: true)
            return Resting(order: context.submit(request), price: target)
        }
        if !allowed || price <= 0 {
            context.cancel(resting.order)
            return resting
        }
        if resting.price == target { return resting }
        context.amend(
            resting.order, quantity: tracks[instrument.position].quantity, type: .limit(target))
        return Resting(order: resting.order, price: target)
    }

    public mutating func receive(update: OrderUpdate, _ context: inout StrategyContext) {
        guard update.order.status.isTerminal else { return }
        let index = update.order.request.instrument.position
        if tracks[index].bid.order == update.order.id { tracks[index].bid = Resting() }
        if tracks[index].ask.order == update.order.id { tracks[index].ask = Resting() }
    }
}
