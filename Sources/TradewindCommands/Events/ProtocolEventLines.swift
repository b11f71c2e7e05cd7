internal import Events
internal import Markets
internal import Research
internal import Trading
internal import Units

/// Fields of the records of protocols: atomic groups, interest, capital.
extension EventLines {
    func protocolFields(_ event: RunEvent) -> [JSONMember] {
        switch event {
        case .groupSubmitted(let id, let group, let strategy):
            return [
                EventLines.group(id), EventLines.strategy(strategy),
                JSONMember("action", .string(group.action.name)),
                JSONMember("slippage_limit_basis_points", .money(group.slippageLimit.decimal)),
                JSONMember("deadline_seconds", .integer(Int(group.deadline.nanoseconds / 1_000_000_000))),
                JSONMember("operations", .list(group.operations.map { .object(operationFields($0)) })),
            ]
        case .groupEnded(let id, let status, let failure, let operation, let strategy, let moved, let gas):
            return [
                EventLines.group(id), EventLines.strategy(strategy),
                JSONMember("status", .string(status.name)),
                JSONMember("reason", failure == .none ? .null : .string(failure.name)),
                JSONMember("failed_operation", operation == 0 ? .null : .integer(operation)),
                JSONMember("moved_units", .list(moved.map { .string($0.units.description) })),
                JSONMember("gas_units", .string(gas.units.description)),
            ]
        case .interestSettled(let instrument, let strategy, let amount):
            let market = market(at: instrument.position)
            return [
                EventLines.strategy(strategy), JSONMember("instrument", name(instrument)),
                EventMarket.number("amount", amount.units, market?.feeScale),
                JSONMember("asset", market.map { .string($0.feeAsset) } ?? .null),
            ]
        case .capitalMoved(let strategy, let amount):
            let wallet = balance(0)
            return [
                EventLines.strategy(strategy), EventMarket.number("amount", amount.units, wallet?.scale),
                JSONMember("asset", wallet.map { .string($0.asset) } ?? .null),
            ]
        case .rewardReceived(let instrument, let strategy, let amount):
            let market = market(at: instrument.position)
            return [
                EventLines.strategy(strategy), JSONMember("instrument", name(instrument)),
                EventMarket.number("amount", amount.units, market?.feeScale),
                JSONMember("asset", market.map { .string($0.feeAsset) } ?? .null),
            ]
        case .loanLiquidated(let liquidation, let strategy):
            let (debt, collateral) = (
                market(at: liquidation.debt.position), market(at: liquidation.collateral.position)
            )
            return [
                EventLines.strategy(strategy), JSONMember("debt", name(liquidation.debt)),
                EventMarket.number("repaid", liquidation.repaid.units, debt?.feeScale),
                JSONMember("collateral", name(liquidation.collateral)),
                EventMarket.number("seized", liquidation.seized.units, collateral?.feeScale),
                EventMarket.number("penalty", liquidation.penalty.units, collateral?.feeScale),
                JSONMember("health_factor", .money(liquidation.healthFactor)),
            ]
        default: return []
        }
    }

    private func operationFields(_ operation: DeFiOperation) -> [JSONMember] {
        let market = market(at: operation.instrument.position)
        let amount: JSONMember =
            switch operation.amount {
            case .all: JSONMember("amount", .string("all"))
            case .produced: JSONMember("amount", .string("produced"))
            case .exact(let amount): EventMarket.number("amount", amount.units, market?.feeScale)
            }
        return [
            JSONMember("kind", .string(operation.kind.name)),
            JSONMember("instrument", name(operation.instrument)), amount,
            JSONMember("side", .string(operation.side.name)),
        ]
    }

    private static func group(_ id: GroupID) -> JSONMember {
        JSONMember("group", .integer(Int(clamping: id.number)))
    }
}
