internal import Markets
internal import Trading
internal import Units

/// Records of protocols on a chain: atomic groups, interest, capital that comes and goes.
extension RunLogWriter {
    /// Writes one record; of other events none.
    func appendProtocolEvent(_ event: RunEvent, _ time: Instant) throws {
        switch event {
        case .groupSubmitted(let id, let group, let strategy):
            var pen = try begin(.groupSubmitted, time)
            pen.put(id.number)
            pen.put(UInt32(truncatingIfNeeded: strategy))
            pen.put(group.action.rawValue)
            pen.put(group.slippageLimit.millionths)
            pen.put(group.deadline.nanoseconds)
            let operations = group.operations.prefix(OperationGroup.longest)
            pen.put(UInt8(truncatingIfNeeded: operations.count))
            for operation in operations { pen.put(operation) }
            finish(pen)
        case .groupEnded(let id, let status, let failure, let operation, let strategy, let moved, let gas):
            var pen = try begin(.groupEnded, time)
            pen.put(id.number)
            pen.put(UInt32(truncatingIfNeeded: strategy))
            pen.put(status.rawValue)
            pen.put(failure.rawValue)
            pen.put(UInt8(truncatingIfNeeded: operation))
            pen.put(gas.units)
            let amounts = moved.prefix(OperationGroup.longest)
            pen.put(UInt8(truncatingIfNeeded: amounts.count))
            for amount in amounts { pen.put(amount.units) }
            finish(pen)
        case .interestSettled(let instrument, let strategy, let amount):
            var pen = try begin(.interestSettled, time)
            pen.put(UInt32(truncatingIfNeeded: strategy))
            pen.put(UInt32(truncatingIfNeeded: instrument.position))
            pen.put(amount.units)
            finish(pen)
        case .capitalMoved(let strategy, let amount):
            var pen = try begin(.capitalMoved, time)
            pen.put(UInt32(truncatingIfNeeded: strategy))
            pen.put(amount.units)
            finish(pen)
        case .rewardReceived(let instrument, let strategy, let amount):
            var pen = try begin(.rewardReceived, time)
            pen.put(UInt32(truncatingIfNeeded: strategy))
            pen.put(UInt32(truncatingIfNeeded: instrument.position))
            pen.put(amount.units)
            finish(pen)
        case .loanLiquidated(let liquidation, let strategy):
            var pen = try begin(.loanLiquidated, time)
            pen.put(UInt32(truncatingIfNeeded: strategy))
            pen.put(UInt32(truncatingIfNeeded: liquidation.debt.position))
            pen.put(liquidation.repaid.units)
            pen.put(UInt32(truncatingIfNeeded: liquidation.collateral.position))
            pen.put(liquidation.seized.units)
            pen.put(liquidation.penalty.units)
            pen.put(liquidation.healthFactor)
            finish(pen)
        default: break
        }
    }
}

extension RecordPen {
    /// Kind, instrument, side, how the amount is told (0 exact, 1 all, 2 produced), and the amount: 0 where
    /// it is not exact.
    fileprivate mutating func put(_ operation: DeFiOperation) {
        put(operation.kind.rawValue)
        put(UInt32(truncatingIfNeeded: operation.instrument.position))
        put(operation.side.rawValue)
        switch operation.amount {
        case .all:
            put(UInt8(1))
            put(Int128(0))
        case .produced:
            put(UInt8(2))
            put(Int128(0))
        case .exact(let amount):
            put(UInt8(0))
            put(amount.units)
        }
    }
}

extension RunLogReader {
    /// Reads the payload of a record of protocols; nil for anything that no writer makes.
    static func decodeProtocolEvent(_ kind: RunLogFormat.Kind, _ payload: inout PayloadReader) -> RunEvent? {
        switch kind {
        case .groupSubmitted: return decodeGroup(&payload)
        case .groupEnded: return decodeGroupEnd(&payload)
        case .interestSettled:
            guard let strategy = payload.take(UInt32.self), let instrument = payload.take(UInt32.self),
                let amount = payload.take(Int128.self)
            else { return nil }
            return .interestSettled(
                InstrumentIndex(Int(instrument)), strategy: Int(strategy), amount: Amount(units: amount))
        case .capitalMoved:
            guard let strategy = payload.take(UInt32.self), let amount = payload.take(Int128.self) else {
                return nil
            }
            return .capitalMoved(strategy: Int(strategy), amount: Amount(units: amount))
        case .rewardReceived:
            guard let strategy = payload.take(UInt32.self), let instrument = payload.take(UInt32.self),
                let amount = payload.take(Int128.self)
            else { return nil }
            return .rewardReceived(
                InstrumentIndex(Int(instrument)), strategy: Int(strategy), amount: Amount(units: amount))
        case .loanLiquidated: return decodeLiquidation(&payload)
        default: return nil
        }
    }

    private static func decodeLiquidation(_ payload: inout PayloadReader) -> RunEvent? {
        guard let strategy = payload.take(UInt32.self), let debt = payload.take(UInt32.self),
            let repaid = payload.take(Int128.self), let collateral = payload.take(UInt32.self),
            let seized = payload.take(Int128.self), let penalty = payload.take(Int128.self),
            let health = payload.decimal()
        else { return nil }
        return .loanLiquidated(
            LoanLiquidation(
                debt: InstrumentIndex(Int(debt)), repaid: Amount(units: repaid),
                collateral: InstrumentIndex(Int(collateral)), seized: Amount(units: seized),
                penalty: Amount(units: penalty), healthFactor: health), strategy: Int(strategy))
    }

    private static func decodeGroup(_ payload: inout PayloadReader) -> RunEvent? {
        guard let number = payload.take(UInt64.self), let strategy = payload.take(UInt32.self),
            let action = payload.take(UInt8.self).flatMap(PositionAction.init(rawValue:)),
            let slippage = payload.take(Int64.self), let deadline = payload.take(Int64.self),
            let count = payload.take(UInt8.self), Int(count) <= OperationGroup.longest
        else { return nil }
        var operations: [DeFiOperation] = []
        for _ in 0..<count {
            guard let operation = payload.operation() else { return nil }
            operations.append(operation)
        }
        return .groupSubmitted(
            GroupID(number),
            OperationGroup(
                action, operations, slippageLimit: BasisPoints(millionths: slippage),
                deadline: Timespan(nanoseconds: deadline)), strategy: Int(strategy))
    }

    private static func decodeGroupEnd(_ payload: inout PayloadReader) -> RunEvent? {
        guard let number = payload.take(UInt64.self), let strategy = payload.take(UInt32.self),
            let status = payload.take(UInt8.self).flatMap(GroupStatus.init(rawValue:)),
            let failure = payload.take(UInt8.self).flatMap(GroupFailure.init(rawValue:)),
            let operation = payload.take(UInt8.self), let gas = payload.take(Int128.self),
            let count = payload.take(UInt8.self), Int(count) <= OperationGroup.longest
        else { return nil }
        var moved: [Amount] = []
        for _ in 0..<count {
            guard let amount = payload.take(Int128.self) else { return nil }
            moved.append(Amount(units: amount))
        }
        return .groupEnded(
            GroupID(number), status, failure, operation: Int(operation), strategy: Int(strategy),
            moved: moved, gas: Amount(units: gas))
    }
}

extension PayloadReader {
    fileprivate mutating func operation() -> DeFiOperation? {
        guard let kind = take(UInt8.self).flatMap(OperationKind.init(rawValue:)),
            let instrument = take(UInt32.self), let side = take(UInt8.self).flatMap(Side.init(rawValue:)),
            let form = take(UInt8.self), form <= 2, let units = take(Int128.self)
        else { return nil }
        if form != 0 && units != 0 { return nil }
        let amount: OperationAmount = form == 1 ? .all : form == 2 ? .produced : .exact(Amount(units: units))
        return DeFiOperation(kind, amount, through: InstrumentIndex(Int(instrument)), side: side)
    }
}
