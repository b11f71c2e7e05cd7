internal import Markets
internal import Simulation
internal import TradingEngine
internal import Units

extension RunFileReader {
    /// How orders execute, with defaults for what was not given or is wrong.
    mutating func execution(_ node: DocumentNode?) -> ExecutionModel {
        var model = ExecutionModel()
        if let venue = root["capital"]?["venue"]?.text.flatMap({ Venue($0) }) {
            model.contracts.capitalVenue = venue
        }
        guard let node else { return model }
        if let rule = node["fill"]?.text.flatMap({ BarFillRule(rawValue: $0) }) { model.fill = rule }
        if let commission = node["commission"] { model.commission = self.commission(commission) }
        if let slippage = node["slippage"] { model.slippage = self.slippage(slippage) }
        model.orderLatency = latency(node["latency"]?["order"], "execution.latency.order")
        model.reportLatency = latency(node["latency"]?["report"], "execution.latency.report")
        model.participation = decimal(node["participation"])
        model.allowsShortSpot = node["short-spot"]?.text != "refuse"
        model.allowsOverdraft = node["overdraft"]?.text != "refuse"
        let margin = node["margin"]?.text.flatMap { MarginMode(rawValue: $0) }
        model.contracts.marginMode = margin ?? .cross
        model.contracts.marginCall = decimal(node["margin-call"]) ?? ContractRules.defaultMarginCall
        let judged = node["margin-price"]?.text.flatMap { MarginPrice(rawValue: $0) }
        model.contracts.marginPrice = judged ?? .close
        model.contracts.deleverages = node["auto-deleverage"]?.text == "on"
        model.contracts.insuranceFunds = insuranceFunds(node, model.contracts.deleverages)
        model.contracts.transferDelay = node["transfer"]?["delay"]?.text.flatMap { Timespan($0) } ?? .zero
        model.contracts.transferCost = decimal(node["transfer"]?["cost"]) ?? .zero
        model.chain.unstakingDelay = node["unstaking-delay"]?.text.flatMap { Timespan($0) }
        model.chain.caps = caps(node["caps"])
        model.chain.impacts = impacts(node["rate-impact"])
        return model
    }

    private mutating func caps(_ node: DocumentNode?) -> [PoolCap] {
        guard let node else { return [] }
        var caps: [PoolCap] = []
        for entry in node.entries {
            guard let id = InstrumentID(entry.key), let amount = decimal(entry.value) else { continue }
            guard id.type == .aToken || id.type == .debtToken else {
                check.refuse(
                    entry.place, "execution.caps.\(id)", "is neither a deposit nor a debt of a pool",
                    remedy: "name an aToken for what is supplied, a debtToken for what is borrowed")
                continue
            }
            caps.append(PoolCap(instrument: id, amount: amount))
        }
        return caps
    }

    private mutating func impacts(_ node: DocumentNode?) -> [RateImpactPool] {
        guard let node else { return [] }
        var impacts: [RateImpactPool] = []
        for entry in node.entries {
            guard let id = InstrumentID(entry.key) else { continue }
            let key = "execution.rate-impact.\(id)"
            guard id.type == .aToken else {
                check.refuse(
                    entry.place, key, "is no deposit of a pool",
                    remedy: "name the aToken of the pool; its debt counts with it")
                continue
            }
            let (supplied, borrowed) = (decimal(entry.value["supplied"]), decimal(entry.value["borrowed"]))
            if (supplied == nil) != (borrowed == nil) {
                check.refuse(
                    entry.value.place, key, "names one of supplied and borrowed",
                    remedy: "give both, or neither where a series tells them")
            }
            impacts.append(
                RateImpactPool(
                    instrument: id, supplied: supplied ?? RateImpactPool.recorded,
                    borrowed: borrowed ?? RateImpactPool.recorded, rates: rates(entry.value, key)))
        }
        return impacts
    }

    /// The rates of a pool: all five figures, or none of them.
    private mutating func rates(_ node: DocumentNode, _ key: String) -> TwoSlopeRates? {
        let names = ["optimal", "base", "slope-1", "slope-2", "reserve-factor"]
        let given = names.compactMap { decimal(node[$0]).flatMap { Ray($0) } }
        if names.allSatisfy({ node[$0] == nil }) { return nil }
        guard given.count == names.count,
            let rates = TwoSlopeRates(
                optimal: given[0], base: given[1], slope1: given[2], slope2: given[3],
                reserveFactor: given[4])
        else {
            check.refuse(
                node.place, key, "its rates are not all given, or optimal is not between 0 and 1",
                remedy: "give optimal, base, slope-1, slope-2 and reserve-factor, or none of them")
            return nil
        }
        return rates
    }

    private mutating func insuranceFunds(_ node: DocumentNode, _ deleverages: Bool) -> [InsuranceFund] {
        guard let given = node["insurance-fund"] else { return [] }
        if !deleverages {
            check.refuse(
                given.place, "execution.insurance-fund", "limits nothing while auto-deleverage is off",
                remedy: "set execution.auto-deleverage: on, or leave the fund out")
        }
        var funds: [InsuranceFund] = []
        for entry in given.entries {
            guard let asset = Asset(entry.key), let amount = decimal(entry.value) else { continue }
            checkDecimals(amount, asset, entry.value, "execution.insurance-fund.\(asset)")
            funds.append(InsuranceFund(asset: asset, amount: amount))
        }
        return funds
    }

    private func commission(_ node: DocumentNode) -> CommissionModel {
        let both = basisPoints(node["basis-points"])
        return CommissionModel(
            taker: both ?? basisPoints(node["taker"]) ?? .zero,
            maker: both ?? basisPoints(node["maker"]) ?? .zero,
            perUnit: decimal(node["per-unit"]) ?? .zero, minimum: decimal(node["minimum"]) ?? .zero)
    }

    private mutating func slippage(_ node: DocumentNode) -> SlippageModel {
        if let root = node["square-root"] {
            return .squareRoot(coefficient: basisPoints(root["coefficient"]) ?? .zero)
        }
        guard let list = node["buckets"] else { return .fixed(basisPoints(node["basis-points"]) ?? .zero) }
        var buckets: [SlippageBucket] = []
        for (index, item) in list.items.enumerated() {
            guard let size = decimal(item["size"]), let cost = basisPoints(item["basis-points"]) else {
                continue
            }
            if let last = buckets.last, size <= last.size, let place = item["size"]?.place {
                check.refuse(
                    place, "execution.slippage.buckets.\(index).size",
                    "\(size) is not above the size before it, \(last.size)",
                    remedy: "list buckets from small to large")
            }
            buckets.append(SlippageBucket(size: size, cost: cost))
        }
        return .buckets(buckets)
    }

    private mutating func latency(_ node: DocumentNode?, _ key: String) -> LatencyModel {
        guard let node else { return .none }
        if let text = node.text { return .constant(Timespan(text) ?? .zero) }
        guard let least = node["min"]?.text.flatMap({ Timespan($0) }),
            let most = node["max"]?.text.flatMap({ Timespan($0) })
        else { return .none }
        guard least <= most else {
            check.refuse(node.place, key, "min \(least) is above max \(most)")
            return .none
        }
        return least == most ? .constant(least) : .uniform(least.nanoseconds...most.nanoseconds)
    }

    private func basisPoints(_ node: DocumentNode?) -> BasisPoints? {
        decimal(node).flatMap { BasisPoints($0) }
    }
}
