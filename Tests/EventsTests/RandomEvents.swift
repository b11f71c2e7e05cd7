import Events
import Markets
import Trading
import Units

/// Random events of every kind, with values over their whole ranges.
struct RandomEvents {
    var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    private mutating func integer() -> Int64 { Int64(bitPattern: random.next()) >> Int64(random.next() % 64) }
    private mutating func wide() -> Int128 { Int128(integer()) * Int128(integer()) }
    private mutating func id() -> OrderID { OrderID(random.next() >> (random.next() % 64)) }
    private mutating func price() -> Price { Price(mantissa: integer()) }
    private mutating func quantity() -> Quantity { Quantity(mantissa: integer()) }
    private mutating func choose<Element>(_ values: [Element]) -> Element {
        values[Int(random.next() % UInt64(values.count))]
    }

    private mutating func type() -> OrderType {
        switch random.next() % 6 {
        case 0: .market
        case 1: .limit(price())
        case 2: .stop(price())
        case 3: .stopLimit(stop: price(), limit: price())
        case 4: .trailingStop(.price(price()))
        default: .trailingStop(.fraction(BasisPoints(millionths: integer())))
        }
    }

    private mutating func request() -> OrderRequest {
        OrderRequest(
            choose(Side.allCases), quantity(),
            of: InstrumentIndex(Int(random.next() % 5_000_000_000 % 4_294_967_296)),
            type: type(), timeInForce: choose(TimeInForce.allCases), isPostOnly: random.next() % 2 == 0,
            isReduceOnly: random.next() % 2 == 0)
    }

    mutating func time() -> Instant { Instant(nanoseconds: integer()) }

    /// Any event that may stand in the middle of a log.
    mutating func next() -> RunEvent {
        switch random.next() % 20 {
        case 7...13: accountEvent()
        case 18:
            .riskMoved(
                RiskReading(choose(RiskMeasure.allCases), decimal(), choose(RiskBand.allCases)),
                strategy: place())
        case 19:
            .rebalanced(
                choose(PositionAction.allCases), choose(RebalanceReason.allCases), strategy: place())
        case 14...17: protocolEvent()
        case 0: .orderSubmitted(id(), request(), strategy: Int(random.next() % 1_000))
        case 1: .cancelRequested(id())
        case 2: .amendRequested(id(), quantity: quantity(), type: type())
        case 3: .orderAmended(id(), quantity: quantity(), type: type())
        case 4: .orderMoved(id(), choose(OrderStatus.allCases), choose(OrderReason.allCases))
        case 5: .requestRefused(id(), choose(OrderReason.allCases))
        default:
            .orderFilled(
                FillReport(
                    order: id(), time: time(), quantity: quantity(), price: price(), referencePrice: price(),
                    fee: Amount(units: wide()), liquidity: random.next() % 2 == 0 ? .taker : .maker))
        }
    }

    private mutating func place() -> Int { Int(random.next() % 4_294_967_296) }
    private mutating func amount() -> Amount { Amount(units: wide()) }
    private mutating func decimal() -> ExactDecimal {
        ExactDecimal(mantissa: wide(), scale: Scale(Int(random.next() % 39)))
    }
    private mutating func fill() -> FillReport {
        FillReport(
            order: id(), time: time(), quantity: quantity(), price: price(), referencePrice: price(),
            fee: Amount(units: wide()), liquidity: random.next() % 2 == 0 ? .taker : .maker)
    }

    /// An event of an account at a venue.
    private mutating func accountEvent() -> RunEvent {
        let transfer = TransferID(random.next())
        switch random.next() % 8 {
        case 0:
            return .transferSent(
                transfer, strategy: place(), source: place(), target: place(), amount: amount(),
                received: amount())
        case 1: return .transferArrived(transfer, strategy: place())
        case 2: return .transferRefused(transfer, strategy: place(), choose(TransferRefusal.allCases))
        case 3:
            return .fundingSettled(
                FundingReport(
                    instrument: InstrumentIndex(place()), stamp: time(), position: quantity(),
                    mark: decimal(), rate: decimal(), amount: amount()), strategy: place())
        case 4:
            return .marginCalled(strategy: place(), account: place(), equity: amount(), notional: amount())
        case 5:
            return .positionClosed(
                fill(), instrument: InstrumentIndex(place()), side: choose(Side.allCases), strategy: place(),
                reason: choose(OrderReason.allCases), penalty: amount())
        case 6:
            return .positionRolled(
                closing: fill(), of: InstrumentIndex(place()), opening: fill(),
                into: InstrumentIndex(place()),
                side: choose(Side.allCases), strategy: place())
        default: return .insurancePaid(strategy: place(), account: place(), amount: amount())
        }
    }

    private mutating func operation() -> DeFiOperation {
        DeFiOperation(
            choose(OperationKind.allCases), choose([.all, .produced, .exact(amount()), .exact(amount())]),
            through: InstrumentIndex(place()), side: choose(Side.allCases))
    }

    /// An event of protocols on a chain.
    private mutating func protocolEvent() -> RunEvent {
        let group = GroupID(random.next())
        let count = Int(random.next() % UInt64(OperationGroup.longest + 1))
        switch random.next() % 6 {
        case 4: return .rewardReceived(InstrumentIndex(place()), strategy: place(), amount: amount())
        case 5:
            return .loanLiquidated(
                LoanLiquidation(
                    debt: InstrumentIndex(place()), repaid: amount(), collateral: InstrumentIndex(place()),
                    seized: amount(), penalty: amount(), healthFactor: decimal()), strategy: place())
        case 0:
            return .groupSubmitted(
                group,
                OperationGroup(
                    choose(PositionAction.allCases), (0..<count).map { _ in operation() },
                    slippageLimit: BasisPoints(millionths: integer()),
                    deadline: Timespan(nanoseconds: integer())), strategy: place())
        case 1:
            return .groupEnded(
                group, choose(GroupStatus.allCases), choose(GroupFailure.allCases),
                operation: Int(random.next() % 17), strategy: place(),
                moved: (0..<count).map { _ in amount() }, gas: amount())
        case 2:
            return .interestSettled(InstrumentIndex(place()), strategy: place(), amount: amount())
        default: return .capitalMoved(strategy: place(), amount: amount())
        }
    }

    mutating func opened() -> RunEvent {
        .opened(inputs: choose(["", "a", "prüfung ✓\n", String(repeating: "digest\n", count: 40)]))
    }

    mutating func closed() -> RunEvent {
        .closed(finalEquity: wide(), valueScale: Scale(Int(random.next() % 39)))
    }
}

/// A log written in memory.
struct WrittenLog {
    var bytes: [UInt8] = []
    var events: [(RunEvent, Instant)] = []
    var hash: Digest?

    /// The inputs of a run, `count` random events and the end of the run.
    init(seed: UInt64, count: Int, isClosed: Bool = true) throws {
        var random = RandomEvents(seed: seed)
        var events: [(RunEvent, Instant)] = []
        events.append((random.opened(), random.time()))
        for _ in 0..<count { events.append((random.next(), random.time())) }
        if isClosed { events.append((random.closed(), random.time())) }
        try self.init(events)
    }

    init(_ events: [(RunEvent, Instant)]) throws {
        self.events = events
        var bytes: [UInt8] = []
        let writer = RunLogWriter { bytes.append(contentsOf: $0) }
        for (event, time) in events { try writer.append(event, at: time) }
        hash = try writer.close()
        self.bytes = bytes
    }

    /// Every record, links included.
    static func read(_ bytes: [UInt8]) throws(RunLogError) -> [RunRecord] {
        let result = bytes.withUnsafeBytes { raw -> Result<[RunRecord], RunLogError> in
            var reader = RunLogReader(bytes: raw)
            var records: [RunRecord] = []
            do throws(RunLogError) {
                while let record = try reader.next() { records.append(record) }
                return .success(records)
            } catch { return .failure(error) }
        }
        return try result.get()
    }

    static func failure(_ bytes: [UInt8]) -> RunLogError? {
        do throws(RunLogError) {
            _ = try read(bytes)
            return nil
        } catch { return error }
    }

    /// Offset and type of each record, from the length fields alone.
    static func records(_ bytes: [UInt8]) -> [(offset: Int, type: Int, length: Int)] {
        var result: [(Int, Int, Int)] = []
        var offset = 0
        while offset < bytes.count {
            let length = (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) } + 4
            result.append((offset, Int(bytes[offset + 4]) | Int(bytes[offset + 5]) << 8, length))
            offset += length
        }
        return result
    }
}
