internal import Events
internal import Markets
internal import Research
internal import Trading
internal import Units

/// Turns the records of a run's log into JSON lines.
///
/// The opened record tells the instruments and their scales. Where it does not (a damaged or foreign log),
/// quantities, prices and fees are printed as the whole numbers of the record, under a name that ends in
/// `_mantissa`.
struct EventLines {
    private(set) var markets: [EventMarket] = []
    /// Balances of a run with contracts, by which its records of accounts go.
    private(set) var balances: [EventBalance] = []
    /// Instrument of each order; only looked up.
    private var instruments: [UInt64: Int] = [:]

    /// One record as an object on one line.
    mutating func line(_ record: RunRecord) -> String {
        let head = [
            JSONMember("sequence", .integer(Int(clamping: record.sequence))),
            JSONMember("time", .time(record.time)), JSONMember("type", .string(record.event.name)),
        ]
        return JSONText.object(head + fields(record.event)).compact + "\n"
    }

    private mutating func fields(_ event: RunEvent) -> [JSONMember] {
        switch event {
        case .opened(let inputs):
            let lines = inputs.split(separator: "\n")
            markets = lines.compactMap { EventMarket(line: $0) }
            balances = lines.compactMap { EventBalance(line: $0) }
            return [JSONMember("inputs", .list(lines.map { .string(String($0)) }))]
        case .orderSubmitted(let id, let request, let strategy):
            instruments[id.number] = request.instrument.position
            return submitted(id, request, strategy)
        case .cancelRequested(let id): return [order(id)]
        case .amendRequested(let id, let quantity, let type), .orderAmended(let id, let quantity, let type):
            let market = market(of: id)
            return [order(id), EventMarket.quantity(quantity, market)] + EventMarket.type(type, market)
        case .orderMoved(let id, let status, let reason):
            return [order(id), JSONMember("status", .string(status.name)), EventLines.reason(reason)]
        case .requestRefused(let id, let reason): return [order(id), EventLines.reason(reason)]
        case .orderFilled(let fill): return filled(fill)
        case .transferSent, .transferArrived, .transferRefused, .fundingSettled, .marginCalled,
            .positionClosed, .positionRolled, .insurancePaid:
            return accountFields(event)
        case .groupSubmitted, .groupEnded, .interestSettled, .capitalMoved, .rewardReceived,
            .loanLiquidated:
            return protocolFields(event)
        case .riskMoved(let reading, let strategy):
            return [
                EventLines.strategy(strategy), JSONMember("measure", .string(reading.measure.name)),
                JSONMember("value", .money(reading.value)), JSONMember("band", .string(reading.band.name)),
            ]
        case .rebalanced(let action, let reason, let strategy):
            return [
                EventLines.strategy(strategy), JSONMember("action", .string(action.name)),
                JSONMember("reason", .string(reason.name)),
            ]
        case .chainLink(let digest): return [JSONMember("sha256", .string(digest.description))]
        case .closed(let equity, let scale):
            let text = ExactDecimal(mantissa: equity, scale: scale)
            return [JSONMember("final_equity", .money(text))]
        }
    }

    private func submitted(_ id: OrderID, _ request: OrderRequest, _ strategy: Int) -> [JSONMember] {
        let market = market(at: request.instrument.position)
        let name: JSONText =
            market.map { .string($0.instrument) } ?? .integer(request.instrument.position)
        return [
            order(id), JSONMember("strategy", .integer(strategy)), JSONMember("instrument", name),
            JSONMember("side", .string(request.side.name)), EventMarket.quantity(request.quantity, market),
        ] + EventMarket.type(request.type, market) + [
            JSONMember("time_in_force", .string(request.timeInForce.name)),
            JSONMember("post_only", .flag(request.isPostOnly)),
            JSONMember("reduce_only", .flag(request.isReduceOnly)),
        ]
    }

    private func filled(_ fill: FillReport) -> [JSONMember] {
        let market = market(of: fill.order)
        func number(_ name: String, _ mantissa: Int128, _ scale: Scale?) -> JSONMember {
            EventMarket.number(name, mantissa, scale)
        }
        return [
            order(fill.order), JSONMember("filled_at", .time(fill.time)),
            EventMarket.quantity(fill.quantity, market),
            number("price", Int128(fill.price.mantissa), market?.fillScale),
            number("reference_price", Int128(fill.referencePrice.mantissa), market?.fillScale),
            number("fee", fill.fee.units, market?.feeScale),
            JSONMember("fee_asset", market.map { .string($0.feeAsset) } ?? .null),
            JSONMember("liquidity", .string(fill.liquidity == .maker ? "maker" : "taker")),
        ]
    }

    func order(_ id: OrderID) -> JSONMember {
        JSONMember("order", .integer(Int(clamping: id.number)))
    }

    static func reason(_ reason: OrderReason) -> JSONMember {
        JSONMember("reason", reason == .none ? .null : .string(reason.name))
    }

    private func market(of id: OrderID) -> EventMarket? { instruments[id.number].flatMap { market(at: $0) } }

    func market(at position: Int) -> EventMarket? {
        markets.indices.contains(position) ? markets[position] : nil
    }
}

/// An instrument as the opened record tells it:
/// `market binance:spot:BTCUSDT price 2 fill 6 quantity 8 fee 8 USDT calendar always`.
struct EventMarket {
    let instrument: String
    let priceScale: Scale
    let fillScale: Scale
    let quantityScale: Scale
    let feeScale: Scale
    let feeAsset: String

    /// Reads a line; nil for any other.
    init?(line: Substring) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 13, words[0] == "market", words[2] == "price", words[4] == "fill",
            words[6] == "quantity", words[8] == "fee", words[11] == "calendar",
            let price = EventMarket.scale(words[3]), let fill = EventMarket.scale(words[5]),
            let quantity = EventMarket.scale(words[7]), let fee = EventMarket.scale(words[9])
        else { return nil }
        (instrument, feeAsset) = (words[1], words[10])
        (priceScale, fillScale, quantityScale, feeScale) = (price, fill, quantity, fee)
    }

    private static func scale(_ word: String) -> Scale? {
        guard let decimals = Int(word), (0...Scale.maximum).contains(decimals) else { return nil }
        return Scale(decimals)
    }

    static func quantity(_ quantity: Quantity, _ market: EventMarket?) -> JSONMember {
        number("quantity", Int128(quantity.mantissa), market?.quantityScale)
    }

    /// `order_type` and the prices that it has.
    static func type(_ type: OrderType, _ market: EventMarket?) -> [JSONMember] {
        func price(_ name: String, _ price: Price) -> JSONMember {
            number(name, Int128(price.mantissa), market?.priceScale)
        }
        let prices: [JSONMember] =
            switch type {
            case .market: []
            case .limit(let limit): [price("limit", limit)]
            case .stop(let stop): [price("stop", stop)]
            case .stopLimit(let stop, let limit): [price("stop", stop), price("limit", limit)]
            case .trailingStop(.price(let distance)): [price("distance", distance)]
            case .trailingStop(.fraction(let fraction)):
                [JSONMember("distance_basis_points", .money(fraction.decimal))]
            }
        return [JSONMember("order_type", .string(type.name))] + prices
    }

    static func number(_ name: String, _ mantissa: Int128, _ scale: Scale?) -> JSONMember {
        guard let scale else { return JSONMember(name + "_mantissa", .string(mantissa.description)) }
        return JSONMember(name, .money(ExactDecimal(mantissa: mantissa, scale: scale)))
    }
}
