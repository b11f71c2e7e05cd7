internal import Markets
internal import Simulation
internal import Units

extension RunFileReader {
    /// The terms of a contract; nil when they are not given or wrong.
    mutating func contract(_ node: DocumentNode?, of id: InstrumentID) -> ContractTerms? {
        guard let node else { return nil }
        let key = "instruments.\(id).contract"
        guard id.type.isContract else {
            check.refuse(
                node.place, key, "is for perpetuals and dated futures, and this is \(id.type.rawValue)")
            return nil
        }
        let leverage = node["maximum-leverage"]?.text.flatMap { ScalarRule.integer($0) }.map { Int($0) }
        if let leverage, let most = VenueFees.largestLeverage(of: id.venue), leverage > most {
            check.refuse(
                node["maximum-leverage"]?.place ?? node.place, key + ".maximum-leverage",
                "\(leverage) is above the \(most) that \(id.venue) gives",
                remedy: "give at most \(most)")
        }
        var tiers: [MarginTier] = []
        for item in node["tiers"]?.items ?? [] {
            guard let floor = decimal(item["floor"]), let initial = decimal(item["initial"]),
                let maintenance = decimal(item["maintenance"])
            else { continue }
            tiers.append(MarginTier(floor: floor, initial: initial, maintenance: maintenance))
        }
        guard tiers.count == node["tiers"]?.items.count ?? 0 else { return nil }
        let taker = VenueFees.schedule(of: id.venue, type: id.type)?.taker.millionths
        let fee = taker.map { ExactDecimal(mantissa: Int128($0), scale: Scale(10)) }
        do throws(ContractProblem) {
            return try ContractTerms(
                settlement: node["settlement"]?.text.flatMap { ContractSettlement(rawValue: $0) } ?? .linear,
                size: decimal(node["size"]) ?? ExactDecimal(1),
                expiry: node["expiry"]?.text.flatMap { Instant(iso8601: $0) },
                maximumLeverage: leverage ?? ContractTerms.defaultLeverage, tiers: tiers,
                liquidationFee: decimal(node["liquidation-fee"]) ?? fee
                    ?? ContractTerms.defaultLiquidationFee, roll: roll(node["roll"]))
        } catch {
            let place = node[String(error.key.prefix { $0 != "." })]?.place ?? node.place
            check.refuse(place, key + "." + error.key, error.description)
            return nil
        }
    }

    private func roll(_ node: DocumentNode?) -> ContractRoll? {
        guard let into = node?["into"]?.text.flatMap({ InstrumentID($0) }),
            let before = node?["before"]?.text.flatMap({ Timespan($0) })
        else { return nil }
        return ContractRoll(into: into, before: before)
    }
}
