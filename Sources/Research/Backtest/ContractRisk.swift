internal import Accounting
internal import Markets
internal import Trading
internal import TradingEngine
internal import Units

/// Follows exposure, risk and funding of a run with contracts or protocols for its report.
final class ContractRisk {
    private let ledger: Ledger
    private let monitors: AccountMonitors?
    /// Accounts of what is held of the instruments, each once.
    private let positions: [AccountIndex]
    private let books: Int
    private let shareClass: Asset
    private var recorder = RiskRecorder()

    init(_ engine: Engine, _ instruments: [Instrument], books: Int) {
        (ledger, monitors, self.books) = (engine.ledger, engine.monitors, books)
        shareClass = engine.setup.shareClass
        var positions: [AccountIndex] = []
        for book in 0..<books {
            for index in instruments.indices {
                let own = engine.accounts(of: InstrumentIndex(index), book: book).base
                if !positions.contains(own) { positions.append(own) }
            }
        }
        self.positions = positions
    }

    /// Looks at the books as a step leaves them.
    ///
    /// - Parameter net: net exposure to the asset to which it is furthest from zero, as a fraction of equity.
    func append(at time: Instant, net: Double) throws(ArithmeticOverflow) {
        let equity = WideArithmetic.approximateDouble(ledger.totals.equity)
        guard equity > 0 else { return }
        let gross = positions.reduce(0.0) {
            $0 + abs(WideArithmetic.approximateDouble(ledger.value(of: $1)))
        }
        var funding = 0.0
        for book in 0..<books {
            funding += WideArithmetic.approximateDouble(ledger.attribution(of: book, .funding))
        }
        var point = RiskPoint(
            time: time, gross: gross / equity, net: net, marginRatio: nil,
            funding: funding / WideArithmetic.approximateDouble(ledger.valueScale.unit))
        if let monitors {
            for book in 0..<books { try measure(book, monitors, at: time, &point) }
        }
        recorder.append(point)
    }

    /// Joins what the monitors measure of a book: of several, the worst figures stay.
    private func measure(
        _ book: Int, _ monitors: AccountMonitors, at time: Instant, _ point: inout RiskPoint
    ) throws(ArithmeticOverflow) {
        let snapshot = try monitors.snapshot(of: book, at: time)
        var own = point
        for reading in try monitors.standing(of: book, in: snapshot).readings {
            let value = reading.value.approximateDouble
            switch reading.measure {
            case .healthFactor: own.healthFactor = value
            case .loanToValue: own.loanToValue = value
            case .marginRatio: own.marginRatio = value
            case .liquidationDistance: own.liquidationDistance = value
            case .deltaDrift: break
            }
        }
        if !snapshot.exposures.isEmpty {
            own.netDelta =
                ExactDecimal(
                    mantissa: snapshot.netDelta.units, scale: shareClass.ledgerScale
                ).approximateDouble
            own.netDeltaInDollars = try snapshot.netDeltaInDollars()?.approximateDouble
        }
        point = point.joined(with: own)
    }

    /// What was followed so far; nil before the first step.
    var curve: RiskCurve? { recorder.curve }
}
