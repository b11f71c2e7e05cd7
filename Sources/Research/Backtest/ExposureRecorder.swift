internal import Accounting
internal import TradingEngine
internal import Units

/// Follows the net exposure of a run with contracts to its assets, as a fraction of equity.
///
/// Exposure to an asset is the value of what is held of it, linear contracts on it and tokens for its staked
/// form included; an inverse contract is as many units of the quote as it counts, and its cost is held in the
/// base. Assets are those that the run's instruments are on; where the share class is itself one of them (an
/// ETH share class trading ETHUSDT), the asset that it is priced in.
final class ExposureRecorder {
    private let ledger: Ledger
    private let exposed: [[AccountMonitors.ExposedAsset]]
    /// The largest exposure so far; nil before the first step with equity.
    private(set) var largest: Double?
    /// The exposure furthest from zero after the last step, with its sign.
    private(set) var net = 0.0

    init(_ engine: Engine) {
        ledger = engine.ledger
        exposed = engine.monitors?.exposed ?? []
    }

    /// Looks at the exposure as a step leaves it.
    func append() {
        net = 0
        for (book, assets) in exposed.enumerated() {
            let equity = WideArithmetic.approximateDouble(ledger.equity(of: book))
            if equity <= 0 { continue }
            for own in assets {
                let value = own.accounts.reduce(0.0) {
                    $0 + WideArithmetic.approximateDouble(ledger.value(of: $1))
                }
                largest = max(largest ?? 0, abs(value) / equity)
                if abs(value) / equity > abs(net) { net = value / equity }
            }
        }
    }
}
