internal import Events
internal import Markets
internal import Research
internal import Trading
internal import Units

/// Fields of the records of accounts: transfers, funding, margin and forced closings.
extension EventLines {
    func accountFields(_ event: RunEvent) -> [JSONMember] {
        switch event {
        case .transferSent(let id, let strategy, let source, let target, let amount, let received):
            let (from, to) = (balance(source), balance(target))
            return [
                transfer(id), EventLines.strategy(strategy),
                JSONMember("asset", from.map { .string($0.asset) } ?? .null),
                JSONMember("from", EventLines.venue(from, source)),
                JSONMember("to", EventLines.venue(to, target)),
                EventMarket.number("amount", amount.units, from?.scale),
                EventMarket.number("received", received.units, from?.scale),
            ]
        case .transferArrived(let id, let strategy): return [transfer(id), EventLines.strategy(strategy)]
        case .transferRefused(let id, let strategy, let reason):
            return [
                transfer(id), EventLines.strategy(strategy), JSONMember("reason", .string(reason.name)),
            ]
        case .fundingSettled(let funding, let strategy): return fundingFields(funding, strategy)
        case .marginCalled(let strategy, let account, let equity, let notional):
            let place = balance(account)
            return [
                EventLines.strategy(strategy), JSONMember("venue", EventLines.venue(place, account)),
                JSONMember("asset", place.map { .string($0.asset) } ?? .null),
                EventMarket.number("equity", equity.units, place?.scale),
                EventMarket.number("notional", notional.units, place?.scale),
            ]
        case .positionClosed(let fill, let instrument, let side, let strategy, let reason, let penalty):
            return closingFields(fill, instrument, side, strategy, reason, penalty)
        case .positionRolled(let closing, let old, let opening, let next, let side, let strategy):
            return [
                EventLines.strategy(strategy), JSONMember("side", .string(side.name)),
                JSONMember("closed", .object(legFields(closing, old))),
                JSONMember("opened", .object(legFields(opening, next))),
            ]
        case .insurancePaid(let strategy, let account, let amount):
            let place = balance(account)
            return [
                EventLines.strategy(strategy), JSONMember("venue", EventLines.venue(place, account)),
                JSONMember("asset", place.map { .string($0.asset) } ?? .null),
                EventMarket.number("amount", amount.units, place?.scale),
            ]
        default: return []
        }
    }

    private func fundingFields(_ funding: FundingReport, _ strategy: Int) -> [JSONMember] {
        let market = market(at: funding.instrument.position)
        return [
            EventLines.strategy(strategy), JSONMember("instrument", name(funding.instrument)),
            JSONMember("stamp", .time(funding.stamp)),
            EventMarket.number("position", Int128(funding.position.mantissa), market?.quantityScale),
            JSONMember("mark", .money(funding.mark)), JSONMember("rate", .money(funding.rate)),
            EventMarket.number("amount", funding.amount.units, market?.feeScale),
            JSONMember("asset", market.map { .string($0.feeAsset) } ?? .null),
        ]
    }

    private func closingFields(
        _ fill: FillReport, _ instrument: InstrumentIndex, _ side: Side, _ strategy: Int,
        _ reason: OrderReason, _ penalty: Amount
    ) -> [JSONMember] {
        let market = market(at: instrument.position)
        return [
            order(fill.order), EventLines.strategy(strategy), JSONMember("instrument", name(instrument)),
            JSONMember("side", .string(side.name)), EventMarket.quantity(fill.quantity, market),
            EventMarket.number("price", Int128(fill.price.mantissa), market?.fillScale),
            EventLines.reason(reason),
            EventMarket.number("penalty", penalty.units, market?.feeScale),
            JSONMember("asset", market.map { .string($0.feeAsset) } ?? .null),
        ]
    }

    private func legFields(_ fill: FillReport, _ instrument: InstrumentIndex) -> [JSONMember] {
        let market = market(at: instrument.position)
        return [
            order(fill.order), JSONMember("instrument", name(instrument)),
            EventMarket.quantity(fill.quantity, market),
            EventMarket.number("price", Int128(fill.price.mantissa), market?.fillScale),
            EventMarket.number("reference_price", Int128(fill.referencePrice.mantissa), market?.fillScale),
            EventMarket.number("fee", fill.fee.units, market?.feeScale),
            JSONMember("fee_asset", market.map { .string($0.feeAsset) } ?? .null),
        ]
    }

    func name(_ instrument: InstrumentIndex) -> JSONText {
        market(at: instrument.position).map { .string($0.instrument) } ?? .integer(instrument.position)
    }

    func balance(_ place: Int) -> EventBalance? {
        balances.indices.contains(place) ? balances[place] : nil
    }

    private func transfer(_ id: TransferID) -> JSONMember {
        JSONMember("transfer", .integer(Int(clamping: id.number)))
    }

    static func strategy(_ place: Int) -> JSONMember { JSONMember("strategy", .integer(place)) }

    private static func venue(_ balance: EventBalance?, _ place: Int) -> JSONText {
        balance.map { .string($0.venue) } ?? .integer(place)
    }
}

/// A balance as the opened record tells it: `balance 0 wallet USDT 8`.
struct EventBalance {
    let venue: String
    let asset: String
    let scale: Scale

    /// Reads a line; nil for any other.
    init?(line: Substring) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 5, words[0] == "balance", let decimals = Int(words[4]),
            (0...Scale.maximum).contains(decimals)
        else { return nil }
        (venue, asset, scale) = (words[2], words[3], Scale(decimals))
    }
}
