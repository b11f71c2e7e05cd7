internal import Markets
internal import Trading
internal import TradingEngine
internal import Units

/// Counts fills and round trips, and keeps them when records are asked for.
final class TradeRecorder {
    private(set) var fills: [FillRecord] = []
    private(set) var roundTrips: [RoundTrip] = []
    /// Numbers by strategy.
    let fillCounts: FixedArray<Int>
    let tradeCounts: FixedArray<Int>
    private let keeps: Bool
    private let instruments: [Instrument]
    private var open: [OpenTrip]

    /// The round trip that an open position is part of. Amounts at quantity scale + fill price scale, of
    /// inverse contracts quantity / price (see ``amount(_:_:_:)``); fees, and of contracts what was realised,
    /// at the ledger scale of the settlement asset.
    private struct OpenTrip {
        var entryTime = Instant.epoch
        var isLong = false
        var peak: Int64 = 0
        var entered: Int128 = 0
        var enteredCost: Int128 = 0
        var left: Int128 = 0
        var leftProceeds: Int128 = 0
        var realized: Int128 = 0
        var fees: Int128 = 0
    }

    init(instruments: [Instrument], strategies: Int, keeps: Bool) {
        self.instruments = instruments
        self.keeps = keeps
        fillCounts = FixedArray(repeating: 0, count: strategies)
        tradeCounts = FixedArray(repeating: 0, count: strategies)
        open = keeps ? Array(repeating: OpenTrip(), count: strategies * instruments.count) : []
    }

    /// Fills of all strategies.
    var fillCount: Int { (0..<fillCounts.count).reduce(0) { $0 + fillCounts[$1] } }

    /// Closed round trips of all strategies.
    var tradeCount: Int { (0..<tradeCounts.count).reduce(0) { $0 + tradeCounts[$1] } }

    func record(_ applied: borrowing AppliedFill) throws {
        fillCounts[applied.order.strategy] += 1
        if applied.change.isRoundTrip { tradeCounts[applied.order.strategy] += 1 }
        if keeps {
            let instrument = instruments[applied.order.request.instrument.position]
            fills.append(
                FillRecord(
                    time: applied.fill.time, instrument: applied.order.request.instrument,
                    strategy: applied.order.strategy, side: applied.order.request.side,
                    quantity: applied.fill.quantity, price: applied.fill.price, fee: applied.fill.fee,
                    feeAsset: instrument.settlementAsset, order: applied.order.id.number,
                    cause: applied.cause))
            try follow(applied, instrument)
        }
    }

    /// Follows the round trip of a fill. The fee of a fill that closes and opens is shared by quantity.
    private func follow(_ applied: AppliedFill, _ instrument: Instrument) throws {
        let place = applied.order.strategy * instruments.count + applied.order.request.instrument.position
        let (change, fill) = (applied.change, applied.fill)
        let price = Int128(fill.price.mantissa)
        var openFee = fill.fee.units
        if change.closed.mantissa > 0 {
            let closeFee =
                change.opened.mantissa == 0
                ? fill.fee.units
                : try WideArithmetic.multiply(
                    fill.fee.units, by: Int128(change.closed.mantissa),
                    dividedBy: Int128(fill.quantity.mantissa),
                    rounding: .halfEven)
            openFee -= closeFee
            open[place].left += Int128(change.closed.mantissa)
            open[place].leftProceeds += try amount(Int128(change.closed.mantissa), price, instrument)
            open[place].realized += applied.realized?.units ?? change.realized
            open[place].fees += closeFee
            if change.isRoundTrip {
                roundTrips.append(try close(open[place], applied, instrument))
                open[place] = OpenTrip()
            }
        }
        if change.opened.mantissa > 0 {
            if open[place].entered == 0 {
                open[place].entryTime = fill.time
                open[place].isLong = applied.order.request.side == .buy
            }
            open[place].entered += Int128(change.opened.mantissa)
            open[place].enteredCost += try amount(Int128(change.opened.mantissa), price, instrument)
            open[place].fees += openFee
            open[place].peak = max(
                open[place].peak, Int64(clamping: applied.position.quantity.mantissa.magnitude))
        }
    }

    /// What a mean price is made of: quantity x price, and quantity / price, times ``precision``, of inverse
    /// contracts, whose profit goes by 1 / price.
    private func amount(
        _ quantity: Int128, _ price: Int128, _ instrument: Instrument
    ) throws(ArithmeticOverflow) -> Int128 {
        guard instrument.contract?.settlement == .inverse, price > 0 else { return quantity * price }
        return try WideArithmetic.multiply(
            quantity, by: TradeRecorder.precision, dividedBy: price, rounding: .halfEven)
    }

    private func mean(
        _ total: Int128, _ quantity: Int128, _ instrument: Instrument
    ) throws(ArithmeticOverflow) -> Int128 {
        guard instrument.contract?.settlement == .inverse else {
            return try WideArithmetic.divide(total, by: max(1, quantity), rounding: .halfEven)
        }
        return try WideArithmetic.multiply(
            quantity, by: TradeRecorder.precision, dividedBy: max(1, total), rounding: .halfEven)
    }

    private static let precision = Scale.power(18)

    private func close(_ trip: OpenTrip, _ applied: AppliedFill, _ instrument: Instrument) throws -> RoundTrip
    {
        let scale = instrument.fillPriceScale
        let entry = try mean(trip.enteredCost, trip.entered, instrument)
        let exit = try mean(trip.leftProceeds, trip.left, instrument)
        let ledger = instrument.settlementAsset.ledgerScale
        let product = Scale(Int(instrument.quantityScale.decimals) + Int(scale.decimals))
        let gross =
            instrument.contract == nil
            ? try product.convert(trip.realized, to: ledger, rounding: .halfEven) : trip.realized
        let net = try WideArithmetic.add(gross, -trip.fees, "a round trip's profit")
        return RoundTrip(
            instrument: applied.order.request.instrument, strategy: applied.order.strategy,
            isLong: trip.isLong,
            entryTime: trip.entryTime, exitTime: applied.fill.time, quantity: Quantity(mantissa: trip.peak),
            entryPrice: ExactDecimal(mantissa: entry, scale: scale),
            exitPrice: ExactDecimal(mantissa: exit, scale: scale),
            profit: ExactDecimal(mantissa: net, scale: ledger),
            fees: ExactDecimal(mantissa: trip.fees, scale: ledger))
    }
}

extension AppliedFill {
    /// Why it filled, as files print it: the type of the order, or what the venue did.
    fileprivate var cause: String {
        switch reason {
        case .liquidated: "liquidation"
        case .expired: "expiry"
        case .deleveraged: "auto-deleverage"
        case .rolled: "roll"
        default: order.request.type.name
        }
    }
}
