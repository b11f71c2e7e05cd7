import Markets
import Testing
import Trading
import Units

/// The risk monitor over snapshots, with figures worked out by hand.
@Suite struct RiskStandingTests {
    private let usdt = Asset("USDT")!

    private func snapshot(
        equity: Int128 = 1_000, delta: Int128 = 0, margins: [MarginView] = [], loan: LoanView? = nil
    ) -> AccountSnapshot {
        AccountSnapshot(
            time: .epoch, shareClass: usdt, equity: Amount(units: equity),
            exposures: [AssetExposure(.ether, Amount(units: delta))], margins: margins, loan: loan)
    }

    private func margin(_ venue: String, equity: Int128, maintenance: Int128 = 25) -> MarginView {
        MarginView(
            venue: Venue(venue)!, asset: usdt, equity: Amount(units: equity), initial: Amount(units: 50),
            maintenance: Amount(units: maintenance), notional: Amount(units: 1_000))
    }

    /// A loan against a collateral of 1,000, to be liquidated at a debt of 850.
    private func loan(debt: Int128) throws -> LoanView {
        let factor = try WideArithmetic.multiply(
            850, by: Scale(18).unit, dividedBy: debt, rounding: .halfEven)
        return LoanView(
            collateral: Amount(units: 1_000), debt: Amount(units: debt),
            threshold: BasisPoints(millionths: 8_500_000_000),
            healthFactor: ExactDecimal(mantissa: factor, scale: Scale(18)))
    }

    private func band(ratio: Int128) throws -> RiskBand? {
        try RiskStanding(of: snapshot(margins: [margin("one", equity: ratio)]), isHedged: true)[.marginRatio]?
            .band
    }

    @Test func theWorstVenueCounts() throws {
        let venues = [("one", 500), ("two", 190), ("three", 300)] as [(String, Int128)]
        let standing = try RiskStanding(
            of: snapshot(margins: venues.map { margin($0.0, equity: $0.1) }), isHedged: true)
        #expect(standing[.marginRatio]?.value.normalized.description == "0.19")
        #expect(standing.band == .reduce)
        // (190 - 25) / (1,000 + 25), half even.
        #expect(standing[.liquidationDistance]?.value.description == "0.160975609756")
    }

    @Test func marginBandsBeginBelowTheirBounds() throws {
        let bands = try [300, 299, 200, 199, 120, 119].map { try band(ratio: $0) }
        #expect(bands == [.normal, .warning, .warning, .reduce, .reduce, .critical])
    }

    @Test func aLoanIsMeasuredByHealthAndByItsShareOfTheThreshold() throws {
        // 850 / 773 = 1.0996; 0.95 x 0.85 = 0.8075.
        let (calm, low) = (
            try RiskStanding(of: snapshot(loan: loan(debt: 700)), isHedged: false),
            try RiskStanding(of: snapshot(loan: loan(debt: 773)), isHedged: false)
        )
        #expect(calm[.healthFactor]?.value.description == "1.214285714286")
        #expect(calm.band == .normal && !calm.isOverriding(isHedged: false))
        #expect(low[.healthFactor]?.band == .reduce && low.isOverriding(isHedged: false))
        #expect(low[.loanToValue] == RiskReading(.loanToValue, ExactDecimal("0.773")!, .normal))
        let warned = try RiskStanding(of: snapshot(loan: loan(debt: 808)), isHedged: false)
        #expect(warned[.loanToValue]?.band == .warning)
        #expect(warned[.healthFactor]?.band == .reduce)
        #expect(try RiskStanding(of: snapshot(loan: loan(debt: 811)), isHedged: false).band == .critical)
        // 1 - 700 / 850.
        #expect(calm[.liquidationDistance]?.value.description == "0.176470588235")
    }

    @Test func driftWarnsOnlyWhereExposureIsToBeNothing() throws {
        for (delta, isHedged, band) in [
            (20, true, .normal), (21, true, .warning), (-21, true, .warning), (900, false, .normal),
        ] as [(Int128, Bool, RiskBand)] {
            let reading = try RiskStanding(of: snapshot(delta: delta), isHedged: isHedged)[.deltaDrift]
            #expect(reading?.band == band, "\(delta)")
        }
    }

    @Test func boundsOfOnesOwnMoveTheBands() throws {
        var bands = RiskBands.standard
        bands.marginRatio = RiskBounds(
            warning: ExactDecimal("0.5")!, reduce: ExactDecimal("0.4")!, critical: ExactDecimal("0.3")!)
        bands.loanToValue = RiskCeilings(
            warning: ExactDecimal("0.7")!, reduce: ExactDecimal("0.8")!, critical: ExactDecimal("0.9")!)
        bands.deltaDrift = RiskCeilings(
            warning: ExactDecimal("0.01")!, reduce: ExactDecimal("0.03")!, critical: ExactDecimal("0.05")!)
        func standing(
            margin ratio: Int128 = 900, debt: Int128 = 100, delta: Int128 = 0
        ) throws -> RiskStanding {
            try RiskStanding(
                of: snapshot(delta: delta, margins: [margin("one", equity: ratio)], loan: loan(debt: debt)),
                bands: bands, isHedged: true)
        }
        let margins = try [500, 499, 400, 399, 299].map { try standing(margin: $0)[.marginRatio]?.band }
        #expect(margins == [.normal, .warning, .warning, .reduce, .critical])
        // Shares of the threshold of 0.85: 595, 680, 765 of 1,000.
        let loans = try [595, 596, 681, 766].map { try standing(debt: $0)[.loanToValue]?.band }
        #expect(loans == [.normal, .warning, .reduce, .critical])
        // A loan to value in the band reduces; its health factor, 850 / 681 = 1.248, would not.
        #expect(try standing(debt: 681).isOverriding(isHedged: false))
        #expect(try standing(debt: 681)[.healthFactor]?.band == .normal)
        #expect(try !standing(debt: 680).isOverriding(isHedged: false))
        let drifts = try [10, 11, 31, -51].map { try standing(delta: $0)[.deltaDrift]?.band }
        #expect(drifts == [.normal, .warning, .reduce, .critical])
        // What brings an account back into balance may have to open: drift alone overrides nothing.
        #expect(try !standing(delta: 51).isOverriding(isHedged: true))
    }

    @Test func marginOverridesOnlyAccountsThatHedge() throws {
        let low = try RiskStanding(of: snapshot(margins: [margin("one", equity: 150)]), isHedged: true)
        #expect(low.isOverriding(isHedged: true) && !low.isOverriding(isHedged: false))
    }

    @Test func whatDoesNotApplyIsNotMeasured() throws {
        let empty = AccountSnapshot(
            time: .epoch, shareClass: usdt, equity: .zero, exposures: [], margins: [])
        #expect(try RiskStanding(of: empty, isHedged: true).readings.isEmpty)
    }

    @Test func netDeltaIsTheExposureFurthestFromZeroInShareClassAndDollars() throws {
        var snapshot = AccountSnapshot(
            time: .epoch, shareClass: .ether, equity: Amount(units: 1),
            exposures: [
                AssetExposure(usdt, Amount(units: Scale(18).unit / 4)),
                AssetExposure(Asset("BTC")!, Amount(units: -Scale(18).unit / 2)),
            ], margins: [])
        #expect(snapshot.netExposure?.asset == Asset("BTC")!)
        #expect(try snapshot.netDeltaInDollars() == nil)
        snapshot.dollars = ExactDecimal("2500.01")!
        #expect(try snapshot.netDeltaInDollars() == ExactDecimal(-1_250))
    }
}

/// The dynamic target of a loan.
@Suite struct TargetLoanToValueTests {
    @Test func theTargetLeavesRoomForTheLargestFall() throws {
        // 0.91 x (1 - 0.02215).
        let target = try TargetLoanToValue.after(
            maximum: ExactDecimal("0.91")!, move: ExactDecimal("0.02215")!)
        #expect(target.description == "0.8898435")
        let none = try TargetLoanToValue.after(maximum: ExactDecimal("0.91")!, move: ExactDecimal(2))
        #expect(none.isZero)
    }

    @Test func leverageOfThreeOwesTwoThirdsAtMost() throws {
        #expect(try TargetLoanToValue.most(leverage: ExactDecimal(3)).description == "0.666666666")
        #expect(try TargetLoanToValue.most(leverage: ExactDecimal(1)).isZero)
        #expect(try TargetLoanToValue.most(leverage: ExactDecimal(5)).description == "0.8")
    }

    @Test func onlyAMarketBelowTheOracleIsAFall() throws {
        let oracle = ExactDecimal("1.05")!
        let fall = try TargetLoanToValue.spread(market: ExactDecimal("1.029")!, oracle: oracle)
        #expect(fall.description == "0.02")
        for market in ["1.05", "1.06", "0"] {
            #expect(try TargetLoanToValue.spread(market: ExactDecimal(market)!, oracle: oracle).isZero)
        }
    }
}
