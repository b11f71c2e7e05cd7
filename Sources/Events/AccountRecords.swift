internal import Markets
internal import Trading
internal import Units

/// Records of accounts at venues: transfers, funding, margin and forced closings.
extension RunLogWriter {
    /// Writes one record; of other events none.
    func appendAccountEvent(_ event: RunEvent, _ time: Instant) throws {
        switch event {
        case .transferSent(let id, let strategy, let source, let target, let amount, let received):
            var pen = try begin(.transferSent, time)
            pen.put(id.number)
            pen.put(UInt32(truncatingIfNeeded: strategy))
            pen.put(UInt32(truncatingIfNeeded: source))
            pen.put(UInt32(truncatingIfNeeded: target))
            pen.put(amount.units)
            pen.put(received.units)
            finish(pen)
        case .transferArrived(let id, let strategy):
            var pen = try begin(.transferArrived, time)
            pen.put(id.number)
            pen.put(UInt32(truncatingIfNeeded: strategy))
            finish(pen)
        case .transferRefused(let id, let strategy, let reason):
            var pen = try begin(.transferRefused, time)
            pen.put(id.number)
            pen.put(UInt32(truncatingIfNeeded: strategy))
            pen.put(reason.rawValue)
            finish(pen)
        case .fundingSettled(let funding, let strategy):
            var pen = try begin(.fundingSettled, time)
            pen.put(UInt32(truncatingIfNeeded: strategy))
            pen.put(funding)
            finish(pen)
        case .marginCalled(let strategy, let account, let equity, let notional):
            var pen = try begin(.marginCalled, time)
            pen.put(UInt32(truncatingIfNeeded: strategy))
            pen.put(UInt32(truncatingIfNeeded: account))
            pen.put(equity.units)
            pen.put(notional.units)
            finish(pen)
        case .positionClosed(let fill, let instrument, let side, let strategy, let reason, let penalty):
            var pen = try begin(.positionClosed, time)
            pen.put(UInt32(truncatingIfNeeded: strategy))
            pen.put(UInt32(truncatingIfNeeded: instrument.position))
            pen.put(side.rawValue)
            pen.put(reason.rawValue)
            pen.put(fill)
            pen.put(penalty.units)
            finish(pen)
        case .positionRolled(let closing, let old, let opening, let next, let side, let strategy):
            var pen = try begin(.positionRolled, time)
            pen.put(UInt32(truncatingIfNeeded: strategy))
            pen.put(UInt32(truncatingIfNeeded: old.position))
            pen.put(UInt32(truncatingIfNeeded: next.position))
            pen.put(side.rawValue)
            pen.put(closing)
            pen.put(opening)
            finish(pen)
        case .insurancePaid(let strategy, let account, let amount):
            var pen = try begin(.insurancePaid, time)
            pen.put(UInt32(truncatingIfNeeded: strategy))
            pen.put(UInt32(truncatingIfNeeded: account))
            pen.put(amount.units)
            finish(pen)
        default: break
        }
    }
}

extension RecordPen {
    fileprivate mutating func put(_ funding: FundingReport) {
        put(UInt32(truncatingIfNeeded: funding.instrument.position))
        put(funding.stamp.nanoseconds)
        put(funding.position.mantissa)
        put(funding.mark)
        put(funding.rate)
        put(funding.amount.units)
    }

    mutating func put(_ decimal: ExactDecimal) {
        put(decimal.mantissa)
        put(decimal.scale.decimals)
    }
}

extension RunLogReader {
    /// Reads the payload of a record of accounts; nil for anything that no writer makes.
    static func decodeAccountEvent(_ kind: RunLogFormat.Kind, _ payload: inout PayloadReader) -> RunEvent? {
        switch kind {
        case .transferSent, .transferArrived, .transferRefused: decodeTransfer(kind, &payload)
        case .fundingSettled: decodeFunding(&payload)
        case .marginCalled: decodeMarginCall(&payload)
        case .positionClosed: decodeClosing(&payload)
        case .positionRolled: decodeRoll(&payload)
        case .insurancePaid: decodeInsurance(&payload)
        default: nil
        }
    }

    private static func decodeTransfer(
        _ kind: RunLogFormat.Kind, _ payload: inout PayloadReader
    ) -> RunEvent? {
        guard let number = payload.take(UInt64.self), let strategy = payload.take(UInt32.self) else {
            return nil
        }
        let id = TransferID(number)
        if kind == .transferArrived { return .transferArrived(id, strategy: Int(strategy)) }
        if kind == .transferRefused {
            let reason = payload.take(UInt8.self).flatMap(TransferRefusal.init(rawValue:))
            return reason.map { .transferRefused(id, strategy: Int(strategy), $0) }
        }
        guard let source = payload.take(UInt32.self), let target = payload.take(UInt32.self),
            let amount = payload.take(Int128.self), let received = payload.take(Int128.self)
        else { return nil }
        return .transferSent(
            id, strategy: Int(strategy), source: Int(source), target: Int(target),
            amount: Amount(units: amount), received: Amount(units: received))
    }

    private static func decodeFunding(_ payload: inout PayloadReader) -> RunEvent? {
        guard let strategy = payload.take(UInt32.self), let instrument = payload.take(UInt32.self),
            let stamp = payload.take(Int64.self), let position = payload.take(Int64.self),
            let mark = payload.decimal(), let rate = payload.decimal(), let amount = payload.take(Int128.self)
        else { return nil }
        return .fundingSettled(
            FundingReport(
                instrument: InstrumentIndex(Int(instrument)), stamp: Instant(nanoseconds: stamp),
                position: Quantity(mantissa: position), mark: mark, rate: rate,
                amount: Amount(units: amount)), strategy: Int(strategy))
    }

    private static func decodeMarginCall(_ payload: inout PayloadReader) -> RunEvent? {
        guard let strategy = payload.take(UInt32.self), let account = payload.take(UInt32.self),
            let equity = payload.take(Int128.self), let notional = payload.take(Int128.self)
        else { return nil }
        return .marginCalled(
            strategy: Int(strategy), account: Int(account), equity: Amount(units: equity),
            notional: Amount(units: notional))
    }

    private static func decodeClosing(_ payload: inout PayloadReader) -> RunEvent? {
        guard let strategy = payload.take(UInt32.self), let instrument = payload.take(UInt32.self),
            let side = payload.take(UInt8.self).flatMap(Side.init(rawValue:)),
            let reason = payload.take(UInt8.self).flatMap(OrderReason.init(rawValue:)),
            let fill = payload.fill(), let penalty = payload.take(Int128.self)
        else { return nil }
        return .positionClosed(
            fill, instrument: InstrumentIndex(Int(instrument)), side: side, strategy: Int(strategy),
            reason: reason, penalty: Amount(units: penalty))
    }

    private static func decodeRoll(_ payload: inout PayloadReader) -> RunEvent? {
        guard let strategy = payload.take(UInt32.self), let old = payload.take(UInt32.self),
            let next = payload.take(UInt32.self),
            let side = payload.take(UInt8.self).flatMap(Side.init(rawValue:)),
            let closing = payload.fill(), let opening = payload.fill()
        else { return nil }
        return .positionRolled(
            closing: closing, of: InstrumentIndex(Int(old)), opening: opening,
            into: InstrumentIndex(Int(next)), side: side, strategy: Int(strategy))
    }

    private static func decodeInsurance(_ payload: inout PayloadReader) -> RunEvent? {
        guard let strategy = payload.take(UInt32.self), let account = payload.take(UInt32.self),
            let amount = payload.take(Int128.self)
        else { return nil }
        return .insurancePaid(
            strategy: Int(strategy), account: Int(account), amount: Amount(units: amount))
    }
}

extension PayloadReader {
    /// A mantissa and its decimals.
    mutating func decimal() -> ExactDecimal? {
        guard let mantissa = take(Int128.self), let decimals = take(UInt8.self), decimals <= Scale.maximum
        else { return nil }
        return ExactDecimal(mantissa: mantissa, scale: Scale(Int(decimals)))
    }
}
