public import Markets
public import Trading
public import Units

/// What the gate knows of the strategy and the market when an order is asked for.
public struct RiskSituation: Hashable, Sendable {
    /// The strategy's signed position, by the ledger.
    public var position: Quantity
    /// Quantity that its working buys have left, positive.
    public var workingBuys: Quantity
    /// Quantity that its working sells have left, positive.
    public var workingSells: Quantity
    /// Number of its working orders.
    public var workingOrders: Int
    /// Last price, at the instrument's fill price scale; nil before the first.
    public var lastPrice: Price?
    /// What it holds of the quote asset, at the asset's ledger scale.
    public var quoteBalance: Amount
    /// What its working buys will spend of the quote asset; counted only where overdraft is refused.
    public var reservedQuote = Amount(units: 0)
    /// How a contract counts its notional; nil for what settles at once, where it is quantity x price.
    public var contract: ContractNumbers?
    /// Whether selling more than is held is allowed.
    public var allowsShortSpot: Bool
    /// Whether buying with more than is held is allowed.
    public var allowsOverdraft: Bool

    /// A situation.
    public init(
        position: Quantity, workingBuys: Quantity, workingSells: Quantity, workingOrders: Int,
        lastPrice: Price?, quoteBalance: Amount, allowsShortSpot: Bool, allowsOverdraft: Bool
    ) {
        self.position = position
        self.workingBuys = workingBuys
        self.workingSells = workingSells
        self.workingOrders = workingOrders
        self.lastPrice = lastPrice
        self.quoteBalance = quoteBalance
        self.allowsShortSpot = allowsShortSpot
        self.allowsOverdraft = allowsOverdraft
    }
}

/// The pre-trade check that every order passes, in every mode.
public struct RiskGate: Hashable, Sendable {
    /// The limits.
    public let limits: RiskLimits
    /// The kill switch.
    public var killSwitch: KillSwitch

    /// A gate.
    public init(limits: RiskLimits, killSwitch: KillSwitch = KillSwitch()) {
        (self.limits, self.killSwitch) = (limits, killSwitch)
    }

    /// Why an order may not be sent; nil when it may.
    ///
    /// Order of checks: form, kill switch, number of orders, holdings, notional limits.
    public func refusal(
        of request: OrderRequest, instrument: InstrumentTerms, in situation: borrowing RiskSituation
    ) -> OrderReason? {
        if let reason = RiskGate.malformed(request, instrument) { return reason }
        return breach(by: request, instrument: instrument, in: situation)
    }

    /// Why a working order may not be amended; nil when it may. The amended order passes the same checks as
    /// a new one of what is left to fill.
    ///
    /// - Parameter situation: that of the strategy, the order itself included.
    public func refusal(
        ofAmending order: Order, quantity: Quantity, type: OrderType, instrument: InstrumentTerms,
        in situation: consuming RiskSituation
    ) -> OrderReason? {
        var request = order.request
        (request.quantity, request.type) = (quantity, type)
        if let reason = RiskGate.malformed(request, instrument) { return reason }
        if quantity <= order.filled { return .badQuantity }
        request.quantity = Quantity(mantissa: quantity.mantissa - order.filled.mantissa)
        situation.workingOrders -= 1
        if request.side == .buy {
            let own = RiskGate.reserve(of: order, lastPrice: situation.lastPrice, instrument) ?? 0
            situation.reservedQuote = Amount(units: max(0, situation.reservedQuote.units - own))
            situation.workingBuys = situation.workingBuys.adding(-order.leaves) ?? .zero
        } else {
            situation.workingSells = situation.workingSells.adding(-order.leaves) ?? .zero
        }
        return breach(by: request, instrument: instrument, in: situation)
    }

    /// Which limit a well-formed order would pass.
    private func breach(
        by request: OrderRequest, instrument: InstrumentTerms, in situation: borrowing RiskSituation
    ) -> OrderReason? {
        if killSwitch.isEngaged && !request.isReduceOnly { return .killSwitch }
        if situation.workingOrders >= limits.maxWorkingOrders { return .tooManyOrders }
        guard let last = situation.lastPrice else { return .noMark }
        if request.side == .sell, !situation.allowsShortSpot, instrument.isSpot {
            let free = Int128(situation.position.mantissa) - Int128(situation.workingSells.mantissa)
            if Int128(request.quantity.mantissa) > free { return .shortSpotRefused }
        }
        let needsPrice = !situation.allowsOverdraft || limits.hasNotionalLimits
        if !needsPrice { return nil }
        let price = RiskGate.boundingPrice(request, instrument) ?? last
        if request.side == .buy, !situation.allowsOverdraft {
            let free = situation.quoteBalance.units.subtractingReportingOverflow(
                situation.reservedQuote.units)
            guard let need = RiskGate.notional(request.quantity, price, instrument), !free.overflow,
                need <= free.partialValue
            else { return .insufficientFunds }
        }
        if let limit = limits.maxOrderNotional,
            RiskGate.exceeds(request.quantity, price, instrument, situation.contract, limit)
        {
            return .riskLimit
        }
        if let limit = limits.maxPositionNotional {
            // What the position becomes when every working order of this side fills, too.
            let working = request.side == .buy ? situation.workingBuys : -situation.workingSells
            let held = Int128(situation.position.mantissa) + Int128(working.mantissa)
            let after = held + Int128(request.signedQuantity)
            guard after.magnitude > situation.position.mantissa.magnitude else { return nil }
            guard let quantity = Int64(exactly: after),
                !RiskGate.exceeds(
                    Quantity(mantissa: quantity), price, instrument, situation.contract, limit)
            else { return .riskLimit }
        }
        return nil
    }

    /// The form of an order: quantity, prices, combination.
    public static func malformed(_ request: OrderRequest, _ instrument: InstrumentTerms) -> OrderReason? {
        let quantity = request.quantity.mantissa
        if quantity <= 0 || quantity % instrument.lotSize.mantissa != 0 { return .badQuantity }
        func isBad(_ price: Price) -> Bool {
            price.mantissa <= 0 || price.mantissa % instrument.tickSize.mantissa != 0
        }
        switch request.type {
        case .market:
            return request.isPostOnly ? .badCombination : nil
        case .limit(let price):
            if isBad(price) { return .badPrice }
            let takesOnly = request.timeInForce == .immediateOrCancel || request.timeInForce == .fillOrKill
            return request.isPostOnly && takesOnly ? .badCombination : nil
        case .stop(let price):
            if isBad(price) { return .badPrice }
            return request.isPostOnly ? .badCombination : nil
        case .stopLimit(let stop, let limit):
            if isBad(stop) || isBad(limit) { return .badPrice }
            return request.isPostOnly ? .badCombination : nil
        case .trailingStop(.price(let distance)):
            if isBad(distance) { return .badPrice }
            return request.isPostOnly ? .badCombination : nil
        case .trailingStop(.fraction(let fraction)):
            if fraction.millionths <= 0 || Int128(fraction.millionths) >= BasisPoints.whole {
                return .badPrice
            }
            return request.isPostOnly ? .badCombination : nil
        }
    }

    /// What a working buy will spend when it fills at the worst price that it allows, or at the last one: at
    /// the quote asset's ledger scale; nil where that is beyond all amounts.
    public static func reserve(
        of order: Order, lastPrice: Price?, _ instrument: InstrumentTerms
    ) -> Int128? {
        guard order.request.side == .buy, instrument.isSpot,
            let price = boundingPrice(order.request, instrument) ?? lastPrice
        else { return 0 }
        return notional(order.leaves, price, instrument)
    }

    /// The worst price that an order's own limit allows, at the fill price scale.
    private static func boundingPrice(_ request: OrderRequest, _ instrument: InstrumentTerms) -> Price? {
        switch request.type {
        case .limit(let price), .stopLimit(_, let price), .stop(let price):
            let (scaled, overflow) = price.mantissa.multipliedReportingOverflow(
                by: instrument.fillPriceFactor)
            return Price(mantissa: overflow ? Int64.max : scaled)
        case .market, .trailingStop: return nil
        }
    }

    /// Whether a notional in the quote asset is above a limit: of contracts with their size, and of inverse
    /// ones as many units of the quote as they count, whatever the price.
    private static func exceeds(
        _ quantity: Quantity, _ price: Price, _ instrument: InstrumentTerms, _ contract: ContractNumbers?,
        _ limit: ExactDecimal
    ) -> Bool {
        if let contract {
            do throws(ArithmeticOverflow) {
                return try contract.quoteNotional(
                    Int128(quantity.mantissa.magnitude), at: price.mantissa, instrument.fillPriceScale)
                    > limit
            } catch { return true }
        }
        guard let notional = notional(quantity, price, instrument) else { return true }
        return ExactDecimal(mantissa: Int128(notional.magnitude), scale: instrument.quoteScale) > limit
    }

    private static func notional(
        _ quantity: Quantity, _ price: Price, _ instrument: InstrumentTerms
    ) -> Int128? {
        do throws(ArithmeticOverflow) {
            return try instrument.notional(quantity, price, rounding: .up)
        } catch { return nil }
    }
}
