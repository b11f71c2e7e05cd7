internal import Accounting
internal import Markets
internal import Trading
internal import TradingEngine
internal import Units

/// Follows exposure, margin ratio and funding of a run with contracts for its report.
final class ContractRisk {
    private let ledger: Ledger
    private let contracts: ContractBooks?
    /// Accounts of what is held of the instruments, each once.
    private let positions: [AccountIndex]
    private let books: Int
    private var recorder = RiskRecorder()

    init(_ engine: Engine, _ instruments: [Instrument], books: Int) {
        (ledger, contracts, self.books) = (engine.ledger, engine.contracts, books)
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
        recorder.append(
            RiskPoint(
                time: time, gross: gross / equity, net: net, marginRatio: try worstRatio(),
                funding: funding / WideArithmetic.approximateDouble(ledger.valueScale.unit)))
    }

    private func worstRatio() throws(ArithmeticOverflow) -> Double? {
        var worst: Double?
        for account in (contracts?.accounts ?? []).joined() {
            guard let ratio = try contracts?.state(of: account).ratio?.decimal.approximateDouble else {
                continue
            }
            worst = min(worst ?? ratio, ratio)
        }
        return worst
    }

    /// What was followed so far; nil before the first step.
    var curve: RiskCurve? { recorder.curve }
}
