internal import Markets
internal import StrategyKit
internal import Trading
internal import Units

/// Where a directional mode stands, and what it does with each step.
struct DirectionalDesk {
    private let contract: DirectionalContract
    private let settings: DirectionalSettings
    private var deviation: ReturnDeviation
    private var close: Price?
    /// A bar closed in this step.
    private var hasBar = false
    /// The signal of this step, as far as it was told.
    private var signal: MarketSignal?
    /// The signal by which the position was entered, for its stops.
    private var entrySignal: MarketSignal?
    /// The order that enters or turns the position, until it has ended.
    private var entry: OrderID?
    /// The order that closes it, until it has ended.
    private var closing: OrderID?
    /// Quantity of the entry's fills, and price times quantity.
    private var filled: Int128 = 0
    private var paid: Int128 = 0
    private var stop: OrderID?
    private var target: OrderID?
    private var isFunded = false
    /// The capital was sent in this step.
    private var isSending = false
    /// A bar closed since the position was entered.
    private var hasCandle = false

    init(_ contract: DirectionalContract, _ settings: DirectionalSettings) {
        (self.contract, self.settings) = (contract, settings)
        deviation = ReturnDeviation(count: settings.bars)
    }

    /// Moves all but the reserve to the venue, until that was done once.
    private mutating func fund(_ context: inout StrategyContext) {
        let held = context.balance(of: contract.asset, at: .wallet)
        guard held.units > 0 else { return }
        (isFunded, isSending) = (true, true)
        do throws(ArithmeticOverflow) {
            let reserve = try settings.reserve.of(held.units, rounding: .up)
            _ = context.transfer(
                Amount(units: held.units - reserve), of: contract.asset, from: .wallet, to: contract.venue)
        } catch {
            // A balance beyond 128 bits ends the run at the ledger.
            return
        }
    }

    /// A transfer that was refused, as before the window begins, is asked for again.
    mutating func receive(_ update: AccountUpdate) {
        if case .transferRefused = update { isFunded = false }
    }

    mutating func receive(_ bar: Bar, of instrument: InstrumentIndex) {
        guard instrument == contract.index else { return }
        close = bar.close
        deviation.append(bar.close.mantissa)
        hasBar = true
    }

    mutating func receive(_ observation: SeriesObservation) {
        guard observation.kind == .signals, observation.instrument == contract.index else { return }
        if signal == nil { signal = MarketSignal(.hold, confidence: .zero) }
        signal?.take(observation.name, observation.value)
    }

    mutating func stepEnded(_ context: inout StrategyContext) {
        // What is sent without delay is there before the orders of the same step are looked at.
        isSending = false
        if !isFunded { fund(&context) }
        defer { (signal, hasBar) = (nil, false) }
        let held = context.position(of: contract.index).mantissa
        if held != 0 && hasBar { hasCandle = true }
        let known = signal.flatMap { $0.confidence >= settings.threshold ? $0 : nil }
        switch known?.direction {
        case .long: follow(1, known, held, &context)
        case .short: follow(-1, known, held, &context)
        case .neutral: leave(held, &context)
        case .hold: return
        case nil:
            if settings.exitsWithCandle && hasBar && hasCandle { leave(held, &context) }
        }
    }

    /// Takes a side, unless it is held or on its way.
    private mutating func follow(
        _ side: Int64, _ signal: MarketSignal?, _ held: Int64, _ context: inout StrategyContext
    ) {
        guard entry == nil, closing == nil, held.signum() != side, let close else { return }
        do throws(ArithmeticOverflow) {
            let venue = context.balance(of: contract.asset, at: contract.venue)
            // Nothing has arrived at the venue yet.
            if venue.units <= 0 && held == 0 && !isSending { return }
            let equity = context.equity().units
            let free = equity - (try settings.reserve.of(max(0, equity), rounding: .up))
            let size = try contract.quantity(
                worth: try settings.leverage.of(free, rounding: .down), at: close)
            let (change, overflow) = (side * size.mantissa).subtractingReportingOverflow(held)
            guard size.mantissa > 0, !overflow, change.signum() == side else { return }
            withdrawStops(&context)
            (entrySignal, filled, paid, hasCandle) = (signal, 0, 0, false)
            entry = context.submit(
                OrderRequest(
                    side > 0 ? .buy : .sell, Quantity(mantissa: change.magnitude.clamped), of: contract.index)
            )
        } catch {
            // Figures beyond 128 bits end the run at the ledger; nothing is traded on them.
            return
        }
    }

    /// Closes what is held.
    private mutating func leave(_ held: Int64, _ context: inout StrategyContext) {
        guard held != 0, entry == nil, closing == nil else { return }
        withdrawStops(&context)
        closing = context.submit(
            OrderRequest(
                held > 0 ? .sell : .buy, Quantity(mantissa: held.magnitude.clamped), of: contract.index,
                isReduceOnly: true))
    }

    private mutating func withdrawStops(_ context: inout StrategyContext) {
        for order in [stop, target] { if let order { context.cancel(order) } }
        (stop, target) = (nil, nil)
    }

    mutating func receive(_ update: OrderUpdate, _ context: inout StrategyContext) {
        let id = update.order.id
        if id == entry {
            if let fill = update.fill { note(fill, &context) }
            guard update.order.status.isTerminal else { return }
            entry = nil
            placeStops(&context)
        } else if id == closing {
            if update.order.status.isTerminal { closing = nil }
        } else if id == stop || id == target {
            guard update.order.status.isTerminal else { return }
            if id == stop { stop = nil } else { target = nil }
            // One of the two has done its work: the other has none left.
            if context.position(of: contract.index) == .zero { withdrawStops(&context) }
        } else if context.position(of: contract.index) == .zero {
            // The venue closed the position.
            withdrawStops(&context)
        }
    }

    /// Every fill of an entry counts for its price, also what closes the other side.
    private mutating func note(_ fill: FillReport, _ context: inout StrategyContext) {
        let quantity = Int128(fill.quantity.mantissa)
        let (product, one) = quantity.multipliedReportingOverflow(by: Int128(fill.price.mantissa))
        let (sum, two) = paid.addingReportingOverflow(product)
        if one || two { return }
        (filled, paid) = (filled + quantity, sum)
    }

    /// Stop loss and take profit around the price of the entry, the stop first: where both are reached within
    /// one bar, it fills.
    private mutating func placeStops(_ context: inout StrategyContext) {
        let held = context.position(of: contract.index)
        guard settings.stops != .none, held != .zero, filled > 0 else { return }
        do throws(ArithmeticOverflow) {
            let price = try WideArithmetic.divide(paid, by: filled, rounding: .halfEven)
            let isLong = held.mantissa > 0
            let side: Side = isLong ? .sell : .buy
            let quantity = Quantity(mantissa: held.mantissa.magnitude.clamped)
            if let level = try level(isLoss: true, isLong, price) {
                stop = context.submit(
                    OrderRequest(side, quantity, of: contract.index, type: .stop(level), isReduceOnly: true))
            }
            if let level = try level(isLoss: false, isLong, price) {
                target = context.submit(
                    OrderRequest(side, quantity, of: contract.index, type: .limit(level), isReduceOnly: true))
            }
        } catch {
            // Figures beyond 128 bits end the run at the ledger; nothing is traded on them.
            return
        }
    }

    /// The price of the stop loss or of the take profit; nil where there is none.
    private func level(
        isLoss: Bool, _ isLong: Bool, _ fill: Int128
    ) throws(ArithmeticOverflow) -> Price? {
        let isAbove = isLong != isLoss
        if settings.stops == .signal, let signal = entrySignal {
            let named = isLoss ? signal.stopLoss : signal.takeProfit
            if !named.isZero, let price = try contract.price(named),
                contract.lies(price, above: isAbove, fill)
            {
                return price
            }
        }
        guard let width = try width() else { return nil }
        let move = try WideArithmetic.divide(
            try WideArithmetic.multiply(settings.multiple, Int128(width), "a stop"),
            by: DirectionalSettings.scale.unit, rounding: .halfEven)
        return try contract.price(fill, moved: isAbove ? move : -move)
    }

    /// One deviation in millionths of the price, within its bounds; nil where none is known.
    private func width() throws(ArithmeticOverflow) -> Int64? {
        var millionths = deviation.millionths
        if let signal = entrySignal, !signal.deviation.isZero {
            millionths = Int64(
                clamping: try signal.deviation.mantissa(at: DirectionalSettings.scale, rounding: .halfEven))
        }
        return millionths.map { min(max($0, settings.least), settings.most) }
    }
}

extension UInt64 {
    /// The number, or the largest that 64 signed bits hold.
    fileprivate var clamped: Int64 { Int64(clamping: self) }
}
