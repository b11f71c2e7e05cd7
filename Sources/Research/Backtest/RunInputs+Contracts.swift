internal import Markets
internal import TradingEngine
internal import Units

extension RunInputs {
    /// What decides a run with contracts: the terms of each, how margin is shared, how money moves.
    static func contractLines(_ rules: ContractRules, _ instruments: [Instrument], _ shareClass: Asset)
        -> [String]
    {
        var lines = [
            "margin \(rules.marginMode.rawValue) call \(rules.marginCall)",
            "transfer \(rules.transferDelay.nanoseconds) \(rules.transferCost) "
                + "capital-at \(rules.capitalVenue)",
        ]
        if rules.marginPrice != .close { lines.append("margin-price \(rules.marginPrice.rawValue)") }
        if rules.deleverages {
            let funds = rules.insuranceFunds.map { "\($0.amount.normalized):\($0.asset)" }
            lines.append("auto-deleverage funds " + funds.joined(separator: ","))
        }
        for instrument in instruments {
            guard let contract = instrument.contract else { continue }
            let tiers = contract.tiers.map { "\($0.floor):\($0.initial):\($0.maintenance)" }
            lines.append(
                "contract \(instrument.id) \(contract.settlement.rawValue) \(contract.size) "
                    + "\(contract.expiry.map(\.description) ?? "-") leverage \(contract.maximumLeverage) "
                    + "liquidation-fee \(contract.liquidationFee) tiers " + tiers.joined(separator: ","))
            if let roll = contract.roll {
                lines.append("roll \(instrument.id) \(roll.into) \(roll.before.nanoseconds)")
            }
        }
        for (place, balance) in rules.balances(of: instruments, shareClass: shareClass).enumerated() {
            lines.append(
                "balance \(place) \(balance.venue) \(balance.asset) \(balance.asset.ledgerScale)")
        }
        return lines
    }
}
