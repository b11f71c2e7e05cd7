public import Markets
public import Trading
public import Units

/// What the gate knows of the strategy and the market when an order is asked for.
public struct RiskSituation: Hashable, Sendable {
    /// The strategy's signed position, by the ledger.
    public var position: Quantity
    /// Quantity of its working sells, positive.
    public var workingSells: Quantity
    /// Number of its working orders.
    public var workingOrders: Int
    /// Last price, at the instrument's fill price scale; nil before the first.
    public var lastPrice: Price?
    /// What it holds of the quote asset, at the asset's ledger scale.
    public var quoteBalance: Amount
    /// Whether selling more than is held is allowed.
    public var allowsShortSpot: Bool
    /// Whether buying with more than is held is allowed.
    public var allowsOverdraft: Bool

    /// A situation.
    public init(
        position: Quantity, workingSells: Quantity, workingOrders: Int, lastPrice: Price?,
        quoteBalance: Amount, allowsShortSpot: Bool, allowsOverdraft: Bool
    ) {
        self.position = position
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
        of request: OrderRequest, instrument: Instrument, in situation: RiskSituation
    ) -> OrderReason? {
        if let reason = RiskGate.malformed(request, instrument) { return reason }
        if killSwitch.isEngaged && !request.isReduceOnly { return .killSwitch }
        if situation.workingOrders >= limits.maxWorkingOrders { return .tooManyOrders }
        guard let last = situation.lastPrice else { return .noMark }
        if request.side == .sell, !situation.allowsShortSpot, instrument.id.type == .spot {
            let free = Int128(situation.position.mantissa) - Int128(situation.workingSells.mantissa)
            if Int128(request.quantity.mantissa) > free { return .shortSpotRefused }
        }
        let price = RiskGate.boundingPrice(request, instrument) ?? Int128(last.mantissa)
        let scale = Int(instrument.quantityScale.decimals) + Int(instrument.fillPriceScale.decimals)
        if request.side == .buy, !situation.allowsOverdraft {
            let need = RiskGate.notional(request.quantity, price, scale, limit: instrument.quote.ledgerScale)
            guard let need, need <= situation.quoteBalance.units else { return .insufficientFunds }
        }
        if let limit = limits.maxOrderNotional,
            RiskGate.exceeds(Int128(request.quantity.mantissa), price, scale, limit)
        {
            return .riskLimit
        }
        if let limit = limits.maxPositionNotional {
            let after =
                Int128(situation.position.mantissa)
                + Int128(request.side.sign) * Int128(request.quantity.mantissa)
            let grows = abs(after) > abs(Int128(situation.position.mantissa))
            if grows && RiskGate.exceeds(abs(after), price, scale, limit) { return .riskLimit }
        }
        return nil
    }

    /// The form of an order: quantity, prices, combination.
    public static func malformed(_ request: OrderRequest, _ instrument: Instrument) -> OrderReason? {
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

    /// The worst price that an order's own limit allows, at the fill price scale.
    private static func boundingPrice(_ request: OrderRequest, _ instrument: Instrument) -> Int128? {
        let shift = Int(instrument.fillPriceScale.decimals) - Int(instrument.priceScale.decimals)
        switch request.type {
        case .limit(let price), .stopLimit(_, let price), .stop(let price):
            return Int128(price.mantissa) * Scale.power(shift)
        case .market, .trailingStop: return nil
        }
    }

    private static func exceeds(_ quantity: Int128, _ price: Int128, _ scale: Int, _ limit: ExactDecimal)
        -> Bool
    {
        let (product, overflow) = quantity.multipliedReportingOverflow(by: price)
        return overflow || ExactDecimal(mantissa: product, scale: Scale(scale)) > limit
    }

    private static func notional(_ quantity: Quantity, _ price: Int128, _ scale: Int, limit: Scale) -> Int128?
    {
        let (product, overflow) = Int128(quantity.mantissa).multipliedReportingOverflow(by: price)
        if overflow { return nil }
        do throws(ArithmeticOverflow) {
            return try Scale(scale).convert(product, to: limit, rounding: .up)
        } catch { return nil }
    }
}
