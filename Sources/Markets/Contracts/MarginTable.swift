internal import Units

/// Checks and completes the margin tiers of a contract.
enum MarginTable {
    /// Most steps of a table.
    static let maximumTiers = 64
    /// Decimals of rates and floors.
    private static let rates = Scale(12)
    private static let floors = Scale(8)

    static func checked(
        _ tiers: [MarginTier], leverage: Int, fee: ExactDecimal
    ) throws(ContractProblem) -> [MarginTier] {
        // 1 / leverage, rounded up at eight decimals.
        let least = ExactDecimal(
            mantissa: (Int128(100_000_000) + Int128(leverage) - 1) / Int128(leverage), scale: Scale(8))
        guard !tiers.isEmpty else {
            let half = ExactDecimal(mantissa: least.mantissa * 5, scale: Scale(9))
            return [
                MarginTier(
                    floor: .zero, initial: least.normalized, maintenance: half.normalized)
            ]
        }
        guard tiers.count <= maximumTiers else {
            throw ContractProblem("tiers", "\(tiers.count) tiers are more than \(maximumTiers)")
        }
        var result: [MarginTier] = []
        for (index, tier) in tiers.enumerated() {
            try check(tier, after: result.last, index)
            result.append(
                MarginTier(
                    floor: tier.floor.normalized, initial: max(tier.initial, least).normalized,
                    maintenance: tier.maintenance.normalized,
                    maintenanceAmount: try amount(of: tier, after: result.last)))
        }
        if let last = tiers.last, last.maintenance.sum(with: fee, at: rates) >= 1 * rates.unit {
            throw ContractProblem("tiers", "maintenance and liquidation fee together reach the notional")
        }
        return result
    }

    private static func check(
        _ tier: MarginTier, after last: MarginTier?, _ index: Int
    ) throws(ContractProblem) {
        let key = "tiers.\(index)"
        guard tier.floor.exactMantissa(at: floors) != nil, tier.floor <= ExactDecimal(1_000_000_000_000_000)
        else {
            throw ContractProblem(key + ".floor", "\(tier.floor) has more than 8 decimals or is too large")
        }
        if let last {
            guard tier.floor > last.floor else {
                throw ContractProblem(
                    key + ".floor", "\(tier.floor) is not above the floor before it, \(last.floor)")
            }
        } else if !tier.floor.isZero {
            throw ContractProblem(key + ".floor", "the first floor is \(tier.floor) and must be 0")
        }
        guard tier.initial.exactMantissa(at: rates) != nil, tier.maintenance.exactMantissa(at: rates) != nil
        else { throw ContractProblem(key, "rates have at most 12 decimals") }
        guard tier.maintenance > .zero, tier.maintenance < tier.initial, tier.initial <= ExactDecimal(1)
        else {
            throw ContractProblem(
                key,
                "initial \(tier.initial) and maintenance \(tier.maintenance) are not "
                    + "0 < maintenance < initial <= 1")
        }
        if let last, tier.maintenance < last.maintenance || tier.initial < last.initial {
            throw ContractProblem(key, "its rates are below those of the tier before it")
        }
    }

    /// amount before + floor x (rate - rate before): floors of 8 and rates of 12 decimals fit 20.
    private static func amount(
        of tier: MarginTier, after last: MarginTier?
    ) throws(ContractProblem) -> ExactDecimal {
        guard let last, let before = last.maintenanceAmount.exactMantissa(at: Scale(20)),
            let floor = tier.floor.exactMantissa(at: floors),
            let rate = tier.maintenance.exactMantissa(at: rates),
            let rateBefore = last.maintenance.exactMantissa(at: rates)
        else { return .zero }
        let (step, one) = floor.multipliedReportingOverflow(by: rate - rateBefore)
        let (sum, two) = before.addingReportingOverflow(step)
        if one || two { throw ContractProblem("tiers", "a maintenance amount is too large") }
        return ExactDecimal(mantissa: sum, scale: Scale(20)).normalized
    }
}

extension ExactDecimal {
    /// The sum as a mantissa; the largest when it does not fit.
    fileprivate func sum(with other: ExactDecimal, at scale: Scale) -> Int128 {
        guard let a = exactMantissa(at: scale), let b = other.exactMantissa(at: scale) else { return .max }
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? .max : sum
    }
}
