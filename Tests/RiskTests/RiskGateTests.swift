import Markets
import Risk
import Testing
import Trading
import Units

@Suite("The risk gate")
struct RiskGateTests {
    /// Ticks of 0.05 at two decimals, lots of 0.001 at eight; fill prices have six decimals.
    static let terms = Instrument(
        id: InstrumentID("test:spot:BTCUSDT")!, base: Asset("BTC")!, quote: Asset("USDT")!,
        priceScale: Scale(2), quantityScale: Scale(8), tickSize: Price(mantissa: 5),
        lotSize: Quantity(mantissa: 100_000)
    ).terms

    /// Flat, with a last price of 100 and 1,000 USDT.
    static func situation(_ change: (inout RiskSituation) -> Void = { _ in }) -> RiskSituation {
        var situation = RiskSituation(
            position: .zero, workingBuys: .zero, workingSells: .zero, workingOrders: 0,
            lastPrice: Price(mantissa: 100_000_000), quoteBalance: Amount(units: 1_000 * 100_000_000),
            allowsShortSpot: true, allowsOverdraft: true)
        change(&situation)
        return situation
    }

    /// Thousandths of a bitcoin.
    static func size(_ thousandths: Int64) -> Quantity { Quantity(mantissa: thousandths * 100_000) }

    static func order(
        _ side: Side = .buy, _ thousandths: Int64 = 1_000, _ type: OrderType = .market,
        _ timeInForce: TimeInForce = .goodTillCancelled, postOnly: Bool = false, reduceOnly: Bool = false
    ) -> OrderRequest {
        OrderRequest(
            side, size(thousandths), of: InstrumentIndex(0), type: type, timeInForce: timeInForce,
            isPostOnly: postOnly, isReduceOnly: reduceOnly)
    }

    static func refusal(
        _ request: OrderRequest, limits: RiskLimits = RiskLimits(), killSwitch: KillSwitch = KillSwitch(),
        _ situation: RiskSituation = situation()
    ) -> OrderReason? {
        RiskGate(limits: limits, killSwitch: killSwitch)
            .refusal(of: request, instrument: terms, in: situation)
    }

    @Test("quantities that are not positive multiples of the lot are refused")
    func quantities() {
        for mantissa in [Int64(0), -100_000, 1, 99_999, 150_000, Int64.min, Int64.max] {
            var request = Self.order()
            request.quantity = Quantity(mantissa: mantissa)
            #expect(Self.refusal(request) == .badQuantity, "\(mantissa)")
        }
        #expect(Self.refusal(Self.order(.buy, 1)) == nil)
    }

    @Test("prices that are not positive multiples of the tick are refused, wherever they stand")
    func prices() {
        for mantissa in [Int64(0), -5, 1, 4, 9_999, Int64.min, Int64.max] {
            let (bad, good) = (Price(mantissa: mantissa), Price(mantissa: 10_000))
            let types: [OrderType] = [
                .limit(bad), .stop(bad), .stopLimit(stop: bad, limit: good),
                .stopLimit(stop: good, limit: bad),
                .trailingStop(.price(bad)),
            ]
            for type in types { #expect(Self.refusal(Self.order(.buy, 1, type)) == .badPrice, "\(type)") }
        }
        for millionths in [Int64(0), -1, 10_000_000_000, Int64.max] {
            let type = OrderType.trailingStop(.fraction(BasisPoints(millionths: millionths)))
            #expect(Self.refusal(Self.order(.buy, 1, type)) == .badPrice)
        }
        let widest = OrderType.trailingStop(.fraction(BasisPoints(millionths: 9_999_999_999)))
        #expect(Self.refusal(Self.order(.buy, 1, widest)) == nil)
    }

    @Test("post-only belongs to resting limit orders alone")
    func combinations() {
        let price = Price(mantissa: 10_000)
        let types: [OrderType] = [
            .market, .stop(price), .stopLimit(stop: price, limit: price), .trailingStop(.price(price)),
            .trailingStop(.fraction(BasisPoints(millionths: 1))),
        ]
        for type in types {
            #expect(Self.refusal(Self.order(.buy, 1, type, postOnly: true)) == .badCombination)
            #expect(Self.refusal(Self.order(.buy, 1, type)) == nil)
        }
        for time in TimeInForce.allCases {
            let isResting = time == .goodTillCancelled || time == .day
            let request = Self.order(.buy, 1, .limit(price), time, postOnly: true)
            #expect(Self.refusal(request) == (isResting ? nil : .badCombination))
        }
    }

    @Test("the kill switch lets only reduce-only orders pass")
    func killSwitch() {
        var latch = KillSwitch()
        #expect(!latch.isEngaged)
        latch.engage(reason: "drawdown")
        latch.engage(reason: "again")
        #expect(latch.isEngaged && latch.reason == "drawdown")
        #expect(Self.refusal(Self.order(), killSwitch: latch) == .killSwitch)
        #expect(Self.refusal(Self.order(.sell), killSwitch: latch) == .killSwitch)
        #expect(Self.refusal(Self.order(.sell, reduceOnly: true), killSwitch: latch) == nil)
        latch.release()
        #expect(Self.refusal(Self.order(), killSwitch: latch) == nil)
    }

    @Test("no more orders work than allowed")
    func workingOrders() {
        let limits = RiskLimits(maxWorkingOrders: 3)
        #expect(Self.refusal(Self.order(), limits: limits, Self.situation { $0.workingOrders = 2 }) == nil)
        for count in [3, 4] {
            let busy = Self.situation { $0.workingOrders = count }
            #expect(Self.refusal(Self.order(), limits: limits, busy) == .tooManyOrders)
        }
    }

    @Test("nothing trades before its first price")
    func noPrice() {
        #expect(Self.refusal(Self.order(), Self.situation { $0.lastPrice = nil }) == .noMark)
    }

    @Test("spot that is not held, or that working sells will take, is not sold where shorts are refused")
    func shortSpot() {
        func sells(_ thousandths: Int64, held: Int64, working: Int64) -> OrderReason? {
            Self.refusal(
                Self.order(.sell, thousandths),
                Self.situation {
                    ($0.allowsShortSpot, $0.position) = (false, Self.size(held))
                    $0.workingSells = Self.size(working)
                })
        }
        #expect(sells(5, held: 5, working: 0) == nil)
        #expect(sells(6, held: 5, working: 0) == .shortSpotRefused)
        #expect(sells(3, held: 5, working: 2) == nil)
        #expect(sells(4, held: 5, working: 2) == .shortSpotRefused)
        #expect(sells(1, held: 0, working: 0) == .shortSpotRefused)
        #expect(Self.refusal(Self.order(.buy), Self.situation { $0.allowsShortSpot = false }) == nil)
        #expect(Self.refusal(Self.order(.sell, 9_000)) == nil)
    }

    @Test("money that is not held is not spent where overdraft is refused")
    func funds() {
        func buys(_ thousandths: Int64, _ type: OrderType = .market) -> OrderReason? {
            Self.refusal(Self.order(.buy, thousandths, type), Self.situation { $0.allowsOverdraft = false })
        }
        // 1,000 USDT at a last price of 100 buy ten bitcoin, at a limit of 200 five, at one of 50 twenty.
        #expect(buys(10_000) == nil)
        #expect(buys(10_001) == .insufficientFunds)
        #expect(buys(5_000, .limit(Price(mantissa: 20_000))) == nil)
        #expect(buys(5_001, .limit(Price(mantissa: 20_000))) == .insufficientFunds)
        #expect(buys(20_000, .limit(Price(mantissa: 5_000))) == nil)
        #expect(Self.refusal(Self.order(.sell, 99_000), Self.situation { $0.allowsOverdraft = false }) == nil)
    }

    @Test("money that working buys will spend is not spent twice where overdraft is refused")
    func reserves() {
        func buys(_ thousandths: Int64, reserved: Int128, overdraft: Bool = false) -> OrderReason? {
            Self.refusal(
                Self.order(.buy, thousandths),
                Self.situation {
                    $0.allowsOverdraft = overdraft
                    $0.reservedQuote = Amount(units: reserved * 100_000_000)
                })
        }
        // 1,000 USDT less 600 buy four bitcoin at a last price of 100.
        #expect(buys(4_000, reserved: 600) == nil)
        #expect(buys(4_001, reserved: 600) == .insufficientFunds)
        #expect(buys(1, reserved: 1_000) == .insufficientFunds)
        #expect(buys(9_000, reserved: 600, overdraft: true) == nil)
        #expect(
            Self.refusal(
                Self.order(.sell, 5_000),
                Self.situation { ($0.allowsOverdraft, $0.reservedQuote) = (false, Amount(units: 1 << 90)) })
                == nil)
    }

    @Test("one order's notional stays within its limit, to the last decimal")
    func orderNotional() {
        // 3 x 33.33 with the last price at 33.333334 (six decimals): 100.000002.
        let situation = Self.situation { $0.lastPrice = Price(mantissa: 33_333_334) }
        for (limit, isPast) in [("100.000002", false), ("100.00000199", true), ("100", true), ("101", false)]
        {
            let limits = RiskLimits(maxOrderNotional: ExactDecimal(limit)!)
            for side in Side.allCases {
                let refusal = Self.refusal(Self.order(side, 3_000), limits: limits, situation)
                #expect(refusal == (isPast ? .riskLimit : nil), "\(limit)")
            }
        }
        // Half a unit of the ledger above the limit is above it: notionals round up.
        let fine = Self.situation { $0.lastPrice = Price(mantissa: 1) }
        let limits = RiskLimits(maxOrderNotional: ExactDecimal("0")!)
        #expect(Self.refusal(Self.order(.buy, 1), limits: limits, fine) == .riskLimit)
    }

    @Test("a position stays within its limit with all that works, and may always become smaller")
    func positionNotional() {
        // A limit of ten bitcoin at 100.
        let limits = RiskLimits(maxPositionNotional: ExactDecimal(1_000))
        func refusal(_ side: Side, _ size: Int64, held: Int64, buys: Int64 = 0, sells: Int64 = 0)
            -> OrderReason?
        {
            Self.refusal(
                Self.order(side, size), limits: limits,
                Self.situation {
                    $0.position = Self.size(held)
                    ($0.workingBuys, $0.workingSells) = (Self.size(buys), Self.size(sells))
                })
        }
        #expect(refusal(.buy, 10_000, held: 0) == nil)
        #expect(refusal(.buy, 10_001, held: 0) == .riskLimit)
        #expect(refusal(.sell, 10_001, held: 0) == .riskLimit)
        #expect(refusal(.buy, 4_000, held: 6_000) == nil)
        #expect(refusal(.buy, 4_001, held: 6_000) == .riskLimit)
        #expect(refusal(.buy, 4_000, held: 3_000, buys: 3_000) == nil)
        #expect(refusal(.buy, 4_001, held: 3_000, buys: 3_000) == .riskLimit)
        #expect(refusal(.sell, 4_001, held: -3_000, sells: 3_000) == .riskLimit)
        #expect(refusal(.sell, 4_000, held: 3_000, buys: 9_000) == nil)
        // Too large already, by the market: smaller is allowed, larger is not.
        #expect(refusal(.sell, 1, held: 20_000) == nil)
        #expect(refusal(.sell, 39_999, held: 20_000) == nil)
        #expect(refusal(.buy, 1, held: 20_000) == .riskLimit)
    }

    @Test("quantities and prices whose product does not fit are refused under every limit")
    func overflow() {
        let huge = Int64.max / 100_000 * 100_000
        var request = Self.order(.buy, 1, .limit(Price(mantissa: Int64.max / 5 * 5)))
        request.quantity = Quantity(mantissa: huge)
        let order = RiskLimits(maxOrderNotional: ExactDecimal(1_000_000_000_000))
        let position = RiskLimits(maxPositionNotional: ExactDecimal(1_000_000_000_000))
        #expect(Self.refusal(request, limits: order) == .riskLimit)
        #expect(Self.refusal(request, limits: position) == .riskLimit)
        #expect(Self.refusal(request, Self.situation { $0.allowsOverdraft = false }) == .insufficientFunds)
        let long = Self.situation {
            ($0.position, $0.workingBuys) = (Quantity(mantissa: huge), Quantity(mantissa: huge))
        }
        #expect(Self.refusal(request, limits: position, long) == .riskLimit)
        var sale = request
        sale.side = .sell
        let short = Self.situation {
            ($0.position, $0.workingSells) = (Quantity(mantissa: -huge), Quantity(mantissa: huge))
            $0.allowsShortSpot = false
        }
        #expect(Self.refusal(sale, limits: position, short) == .shortSpotRefused)
    }

    @Test("the first of several reasons is given, in the documented order")
    func order() {
        let limits = RiskLimits(
            maxOrderNotional: ExactDecimal(1), maxPositionNotional: ExactDecimal(1), maxWorkingOrders: 1)
        let engaged = KillSwitch(reason: "stop")
        var all = Self.situation {
            ($0.workingOrders, $0.lastPrice) = (1, nil)
            ($0.allowsShortSpot, $0.allowsOverdraft, $0.quoteBalance) = (false, false, .zero)
        }
        let bad = Self.order(.buy, 1, .limit(Price(mantissa: 1)), postOnly: true)
        #expect(Self.refusal(bad, limits: limits, killSwitch: engaged, all) == .badPrice)
        let (buy, sell) = (Self.order(.buy), Self.order(.sell))
        #expect(Self.refusal(buy, limits: limits, killSwitch: engaged, all) == .killSwitch)
        #expect(Self.refusal(buy, limits: limits, all) == .tooManyOrders)
        all.workingOrders = 0
        #expect(Self.refusal(buy, limits: limits, all) == .noMark)
        all.lastPrice = Price(mantissa: 100_000_000)
        #expect(Self.refusal(sell, limits: limits, all) == .shortSpotRefused)
        #expect(Self.refusal(buy, limits: limits, all) == .insufficientFunds)
        all.allowsOverdraft = true
        #expect(Self.refusal(buy, limits: limits, all) == .riskLimit)
    }
}

@Suite("Amendments at the risk gate")
struct RiskAmendmentTests {
    private static func working(
        _ side: Side, _ thousandths: Int64, filled: Int64 = 0, reduceOnly: Bool = false
    )
        throws -> Order
    {
        var order = Order(
            id: OrderID(1), strategy: 0,
            request: RiskGateTests.order(
                side, thousandths, .limit(Price(mantissa: 10_000)), reduceOnly: reduceOnly), decidedAt: .epoch
        )
        for status in [OrderStatus.submitting, .submitted, .accepted] { try order.move(to: status) }
        if filled > 0 { try order.fill(RiskGateTests.size(filled)) }
        return order
    }

    private static func refusal(
        _ order: Order, to thousandths: Int64, _ type: OrderType = .limit(Price(mantissa: 10_000)),
        limits: RiskLimits = RiskLimits(), killSwitch: KillSwitch = KillSwitch(),
        _ change: (inout RiskSituation) -> Void = { _ in }
    ) -> OrderReason? {
        let situation = RiskGateTests.situation {
            if order.request.side == .buy {
                $0.workingBuys = order.leaves
            } else {
                $0.workingSells = order.leaves
            }
            $0.workingOrders = 1
            change(&$0)
        }
        return RiskGate(limits: limits, killSwitch: killSwitch).refusal(
            ofAmending: order, quantity: RiskGateTests.size(thousandths), type: type,
            instrument: RiskGateTests.terms, in: situation)
    }

    @Test("an amendment passes the limits of a new order of what is left to fill")
    func limits() throws {
        let limits = RiskLimits(maxOrderNotional: ExactDecimal(500), maxWorkingOrders: 1)
        let order = try Self.working(.buy, 1_000)
        #expect(Self.refusal(order, to: 5_000, limits: limits) == nil)
        #expect(Self.refusal(order, to: 5_001, limits: limits) == .riskLimit)
        #expect(Self.refusal(order, to: 3_000, .limit(Price(mantissa: 20_000)), limits: limits) == .riskLimit)
        let partly = try Self.working(.buy, 4_000, filled: 2_000)
        #expect(Self.refusal(partly, to: 7_000, limits: limits) == nil)
        #expect(Self.refusal(partly, to: 7_001, limits: limits) == .riskLimit)
        let position = RiskLimits(maxPositionNotional: ExactDecimal(1_000))
        #expect(Self.refusal(order, to: 10_000, limits: position) == nil)
        #expect(Self.refusal(order, to: 10_001, limits: position) == .riskLimit)
    }

    @Test("an amendment cannot sell what is not held, nor spend it, nor pass the kill switch")
    func holdings() throws {
        let sale = try Self.working(.sell, 1_000)
        #expect(
            Self.refusal(sale, to: 2_000) {
                ($0.allowsShortSpot, $0.position) = (false, RiskGateTests.size(2_000))
            } == nil)
        #expect(
            Self.refusal(sale, to: 2_001) {
                ($0.allowsShortSpot, $0.position) = (false, RiskGateTests.size(2_000))
            }
                == .shortSpotRefused)
        let order = try Self.working(.buy, 1_000)
        #expect(Self.refusal(order, to: 10_001) { $0.allowsOverdraft = false } == .insufficientFunds)
        // The order's own part of what is reserved, 1 x 100, is not held against it.
        #expect(
            Self.refusal(order, to: 7_000) {
                ($0.allowsOverdraft, $0.reservedQuote) = (false, Amount(units: 400 * 100_000_000))
            } == nil)
        #expect(
            Self.refusal(order, to: 7_001) {
                ($0.allowsOverdraft, $0.reservedQuote) = (false, Amount(units: 400 * 100_000_000))
            } == .insufficientFunds)
        let engaged = KillSwitch(reason: "stop")
        #expect(Self.refusal(order, to: 500, killSwitch: engaged) == .killSwitch)
        let reducing = try Self.working(.sell, 1_000, reduceOnly: true)
        #expect(Self.refusal(reducing, to: 500, killSwitch: engaged) == nil)
    }

    @Test("an amendment is well formed and leaves something to fill")
    func form() throws {
        let partly = try Self.working(.buy, 4_000, filled: 2_000)
        #expect(Self.refusal(partly, to: 2_000) == .badQuantity)
        #expect(Self.refusal(partly, to: 0) == .badQuantity)
        #expect(Self.refusal(partly, to: 3_000, .limit(Price(mantissa: 3))) == .badPrice)
    }
}
