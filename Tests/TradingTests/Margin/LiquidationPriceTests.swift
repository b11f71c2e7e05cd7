import Markets
import Testing
import Trading
import Units

/// Liquidation prices against the formulas of the requirements and against a search, tick by tick, for the
/// price where equity meets maintenance, in whole numbers throughout.
@Suite struct LiquidationPriceTests {
    static func decimal(_ mantissa: Int64, _ scale: Int) -> ExactDecimal {
        ExactDecimal(mantissa: Int128(mantissa), scale: Scale(scale))
    }

    @Test func oneTierIsTheFormulaOfTheRequirements() throws {
        // Entry 100, quantity 2, margin 30: N = 200, M/N = 0.15, mm = 0.025, f = 0.0005.
        let terms = ContractTerms.standard
        let short = try LiquidationPrice.price(
            of: ExactDecimal(-2), entry: ExactDecimal(100), margin: ExactDecimal(30), terms: terms,
            scale: Scale(8))
        // 100 x 1.15 / 1.0255 = 112.140419307654...
        #expect(short?.description == "112.14041931")
        let long = try LiquidationPrice.price(
            of: ExactDecimal(2), entry: ExactDecimal(100), margin: ExactDecimal(30), terms: terms,
            scale: Scale(8))
        // 100 x 0.85 / 0.9745 = 87.22421754745...
        #expect(long?.description == "87.22421754")
    }

    @Test func aLongThatIsPaidForAndAShortThatIsCoveredAreNeverLiquidated() throws {
        let long = try LiquidationPrice.price(
            of: ExactDecimal(1), entry: ExactDecimal(100), margin: ExactDecimal(100),
            terms: .standard, scale: Scale(2))
        #expect(long == nil)
        let inverse = try ContractTerms(settlement: .inverse, size: ExactDecimal(100))
        let short = try LiquidationPrice.price(
            of: ExactDecimal(-1), entry: ExactDecimal(100), margin: ExactDecimal(1), terms: inverse,
            scale: Scale(2))
        #expect(short == nil)
    }

    /// A case in whole numbers: prices in hundredths, quantities in thousandths, margin and floors in units
    /// of 10^-4, rates in 10^-4.
    struct Case {
        let isInverse: Bool
        let quantity: Int64
        let size: Int64
        let entry: Int64
        let margin: Int64
        let fee: Int64
        let tiers: [(floor: Int64, maintenance: Int64)]

        init(_ random: inout SplitMix64) {
            isInverse = random.integer(in: 0...1) == 1
            let sign: Int64 = random.integer(in: 0...1) == 1 ? 1 : -1
            entry = random.integer(in: 1...5) * random.integer(in: 100...200_000)
            size = [1, 1, 10, 100][Int(random.integer(in: 0...3))]
            quantity = sign * random.integer(in: 1...100_000)
            // Value in units of 10^-4 of the settlement asset: q 10^-3 x P 10^-2, or q 10^-3 / P 10^-2.
            let amount = Int128(abs(quantity)) * Int128(size)
            let value = isInverse ? amount * 1_000 / Int128(entry) : amount * Int128(entry) / 10
            let worth = Int64(clamping: max(value, 10))
            margin = random.integer(in: 1...max(2, worth))
            fee = random.integer(in: 0...30)
            var tiers: [(floor: Int64, maintenance: Int64)] = [(0, random.integer(in: 10...300))]
            for _ in 0..<random.integer(in: 0...4) {
                let last = tiers[tiers.count - 1]
                tiers.append(
                    (
                        last.floor + 1 + random.integer(in: 0...max(1, worth)),
                        last.maintenance + random.integer(in: 0...400)
                    ))
            }
            self.tiers = tiers
        }

        var terms: ContractTerms {
            get throws {
                try ContractTerms(
                    settlement: isInverse ? .inverse : .linear, size: ExactDecimal(Int(size)),
                    maximumLeverage: 1000,
                    tiers: tiers.map {
                        MarginTier(
                            floor: decimal($0.floor, 4), initial: decimal(min(10_000, $0.maintenance * 2), 4),
                            maintenance: decimal($0.maintenance, 4))
                    }, liquidationFee: decimal(fee, 4))
            }
        }

        /// Whether equity no longer exceeds maintenance at a price in hundredths: everything multiplied by
        /// 10^8, and for inverse contracts by the price and the entry, too.
        func isLiquidated(at price: Int64) -> Bool {
            let (p, e, q) = (Int128(price), Int128(entry), Int128(quantity) * Int128(size))
            let absolute = abs(q)
            func reaches(_ floor: Int64) -> Bool {
                // Linear: q P 10^-5 >= floor 10^-4; inverse: q 10^-3 / (P 10^-2) >= floor 10^-4.
                isInverse ? absolute * 1_000 >= Int128(floor) * p : absolute * p >= Int128(floor) * 10
            }
            // Relief in units of 10^-8, by walking the tiers.
            var relief: Int128 = 0
            var rate = tiers[0].maintenance
            for tier in tiers.dropFirst() where reaches(tier.floor) {
                relief += Int128(tier.floor) * Int128(tier.maintenance - rate)
                rate = tier.maintenance
            }
            let own = Int128(margin) * 10_000 + relief
            let rates = Int128(rate + fee)
            if isInverse {
                // 10^-8 x own + q 10^-1 (1/e - 1/p) <= rates 10^-4 |q| 10^-1 / p.
                let left = own * p * e + q * 10_000_000 * (p - e)
                return left <= rates * absolute * 1_000 * e
            }
            // 10^-8 x own + q 10^-5 (p - e) <= rates 10^-4 x |q| p 10^-5.
            return own * 10 + q * 10_000 * (p - e) <= rates * absolute * p
        }

        /// The first price in hundredths, away from the safe side, where the account is liquidated.
        var found: Int64? {
            let isLong = quantity > 0
            var (safe, lost): (Int64, Int64) = isLong ? (1_000_000_000_000, 0) : (0, 1_000_000_000_000)
            if isLong && !isLiquidated(at: 1) { return nil }
            if !isLong && !isLiquidated(at: lost) { return nil }
            while abs(safe - lost) > 1 {
                let middle = (safe + lost) / 2
                if isLiquidated(at: middle) { lost = middle } else { safe = middle }
            }
            return lost
        }
    }

    @Test func randomPositionsAgreeWithASearchForThePrice() throws {
        var random = SplitMix64(seed: 3, purpose: "liquidation prices")
        var (answers, nothing, inverse, tiered) = (0, 0, 0, 0)
        for number in 0..<6_000 {
            let one = Case(&random)
            let terms = try one.terms
            let price = try LiquidationPrice.price(
                of: Self.decimal(one.quantity, 3), entry: Self.decimal(one.entry, 2),
                margin: Self.decimal(one.margin, 4), terms: terms, scale: Scale(2))
            let found = one.found
            let mantissa = price.flatMap { $0.exactMantissa(at: Scale(2)) }.flatMap { Int64(exactly: $0) }
            if mantissa == nil && found == nil { nothing += 1 }
            if let found, found > 0, found < 900_000_000_000 {
                answers += 1
                inverse += one.isInverse ? 1 : 0
                tiered += one.tiers.count > 1 ? 1 : 0
            }
            // What lies beyond the searched range has no answer to compare.
            if let mantissa, mantissa > 900_000_000_000 { continue }
            #expect(mantissa == found, "case \(number): \(one)")
        }
        #expect(answers > 3_000 && inverse > 1_000 && tiered > 1_500 && nothing > 0)
    }

}

private func decimal(_ mantissa: Int64, _ scale: Int) -> ExactDecimal {
    LiquidationPriceTests.decimal(mantissa, scale)
}
