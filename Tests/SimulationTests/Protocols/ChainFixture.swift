import Accounting
import Markets
import Simulation
import Units

/// A chain with USDT, ETH, weETH, wstETH, EIGEN and a market with round numbers.
enum ChainFixture {
    static let usdt = TokenKey(0)
    static let eth = TokenKey(1)
    static let weeth = TokenKey(2)
    static let wsteth = TokenKey(3)
    static let eigen = TokenKey(4)
    static let usdtReserve = ReserveKey(0)
    static let ethReserve = ReserveKey(1)
    static let weethReserve = ReserveKey(2)
    static let wstethReserve = ReserveKey(3)
    static let etherFi = StakingKey(0)
    static let lido = StakingKey(1)
    static let ethUSDT = PairKey(0)
    static let weethETH = PairKey(1)
    static let eigenETH = PairKey(2)
    static let usdtETH = PairKey(3)

    static let ether: Int128 = 1_000_000_000_000_000_000
    static let dollar: Int128 = 1_000_000
    static let start = Instant(day: 19_855)

    static func model(
        gas: GasUnits = .none, gasToken: TokenKey = eth, rounding: LendingRounding = .halfUp,
        closeFactor: CloseFactorRule = .byHealthAndSize, costs: Bool = false, caps: LendingCaps? = nil,
        flashFee: BasisPoints = .zero
    ) throws -> ChainModel {
        let symbols: [(String, Int)] = [
            ("USDT", 6), ("ETH", 18), ("weETH", 18), ("wstETH", 18), ("EIGEN", 18),
        ]
        return try ChainModel(
            tokens: symbols.map { ChainToken(asset: Asset($0.0)!, scale: Scale($0.1)) }, native: eth,
            gasToken: gasToken,
            pool: LendingRules(
                rounding: rounding, closeFactor: closeFactor,
                efficiencyMode: LendingRules.aaveV3.efficiencyMode),
            reserves: [
                LendingReserve(token: usdt, caps: caps, rates: .usdt),
                LendingReserve(token: eth, isInEfficiencyMode: true, rates: .weth),
                LendingReserve(token: weeth, isInEfficiencyMode: true, isBorrowable: false, rates: .weeth),
                LendingReserve(token: wsteth, isInEfficiencyMode: true, rates: .wsteth),
            ],
            staking: [.etherFi(token: weeth), .lido(token: wsteth)],
            pairs: [
                SwapPair(base: eth, quote: usdt, costs: costs ? .ethUSDT : .none),
                SwapPair(base: weeth, quote: eth, costs: costs ? .ethWeETH : .none),
                SwapPair(base: eigen, quote: eth, costs: costs ? .eigenETH : .none),
                SwapPair(base: usdt, quote: eth, costs: .none),
            ],
            gas: gas, flashLoan: FlashLoanTerms(fee: flashFee))
    }

    /// ETH at 3000 USD, both ratios 1, every index 1, no cost of gas.
    static func market(_ model: ChainModel) -> ChainMarket {
        var market = ChainMarket(model: model, time: start)
        market.oraclePrices = [1, 3_000, 3_000, 3_000, 3].map { $0 * 100_000_000 }
        market.rates = [
            Wad(mantissa: 3_000 * ether), .one, Wad(mantissa: ether / 1_000), Wad(mantissa: ether / 3_000),
        ]
        return market
    }

    static func state(_ model: ChainModel, _ wallet: [(TokenKey, Int128)]) throws -> ChainState {
        var state = ChainState(model: model)
        for (token, amount) in wallet {
            guard try state.transfer(amount, of: token, model: model) == nil else { throw BadFixture() }
        }
        return state
    }

    struct BadFixture: Error {}
}

extension ChainModel {
    /// Executes a group that is expected to be done.
    func done(
        _ operations: [ChainOperation], on state: inout ChainState, market: ChainMarket
    ) throws -> [ChainEffect] {
        let result = try execute(AtomicGroup(operations), on: state, market: market)
        guard result.outcome == .done else { throw Failure(outcome: result.outcome) }
        state = result.state
        return result.effects
    }

    struct Failure: Error { let outcome: GroupOutcome }

    /// The refusal of a group that is expected to revert.
    func refused(
        _ operations: [ChainOperation], on state: ChainState, market: ChainMarket
    ) throws -> ChainRefusal? {
        let result = try execute(AtomicGroup(operations), on: state, market: market)
        guard case .reverted(let refusal, _) = result.outcome, result.state == state else { return nil }
        return refusal
    }
}
