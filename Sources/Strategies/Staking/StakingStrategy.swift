public import Markets
public import StrategyKit
public import Trading
public import Units

/// How a staking strategy is called and whether it borrows.
public protocol StakingMode: SendableMetatype {
    /// Registered name.
    static var strategyName: String { get }
    /// One sentence for people.
    static var summary: String { get }
    /// Whether a loan against the stake makes it larger.
    static var borrows: Bool { get }
}

/// `eth-staking`: a stake without a loan.
public enum PlainStaking: StakingMode {
    /// Registered name.
    public static let strategyName = "eth-staking"
    /// One sentence for people.
    public static let summary = "Stakes ETH at ether.fi or Lido and holds the token for it."
    /// It does not borrow.
    public static let borrows = false
}

/// `eth-leveraged-staking`: a stake with a loan of ETH against it.
public enum LeveragedStaking: StakingMode {
    /// Registered name.
    public static let strategyName = "eth-leveraged-staking"
    /// One sentence for people.
    public static let summary =
        "Stakes ETH, supplies the token to Aave v3, borrows ETH against it and stakes that too."
    /// It borrows ETH.
    public static let borrows = true
}

/// Stakes ETH for weETH (ether.fi) or wstETH (Lido), with ETH as its share class.
///
/// At the start all but `reserve-ratio` of the capital is staked; with a loan, one atomic group makes a
/// position of `1 / (1 - target-ltv)` times that. Each step with known ratios, in this order:
///
/// 1. Risk: below `reduce-health-factor` the loan is reduced to the target. This only reduces.
/// 2. ETH that a protocol's queue has ready is taken out.
/// 3. Withdrawals of capital are unwound one to one: debt and collateral in proportion.
/// 4. Deposits are staked as the capital was.
/// 5. Rewards are sold once they are worth more than `dust-delta` of equity.
/// 6. The stake is sized anew when equity or its share of it moved by more than
///    `position-deviation-threshold`, and so is the loan when debt over collateral did.
///
/// What is held counts at the oracle's ratio; what is sold gets the pool's rate less its cost. After a
/// liquidation it only reduces.
public struct StakingStrategy<Mode: StakingMode>: Strategy {
    /// Name, parameters and needs.
    public static var descriptor: StrategyDescriptor {
        StrategyDescriptor(
            name: Mode.strategyName, summary: Mode.summary,
            parameters: StakeParameters.common
                + (Mode.borrows ? StakeParameters.loan : [StakeParameters.withdrawal]), needs: [])
    }

    private var desk: StakingDesk

    public static func check(_ parameters: Parameters) -> [ParameterProblem] {
        StakeSettings.read(parameters, hasLoan: Mode.borrows).problems
    }

    public static func seriesNeeds(_ parameters: Parameters, shareClass: Asset) -> [SeriesNeed] {
        StakeLegs.needs(parameters, hasLoan: Mode.borrows)
    }

    public static func operates(_ parameters: Parameters, shareClass: Asset) -> [InstrumentID] {
        StakeLegs.operated(parameters, hasLoan: Mode.borrows)
    }

    /// Another share class than ETH, and a capital that stakes less than the protocols take.
    public static func startProblems(
        _ parameters: Parameters, shareClass: Asset, capital: ExactDecimal
    ) -> [String] {
        var problems: [String] = []
        if shareClass != .ether {
            problems.append("\(Mode.strategyName) counts in ETH, and capital.asset is \(shareClass)")
        }
        let (settings, _) = StakeSettings.read(parameters, hasLoan: Mode.borrows)
        do throws(ArithmeticOverflow) {
            let units = try capital.mantissa(at: Asset.ether.ledgerScale, rounding: .down)
            let staked = units - (try settings.reserve.of(units, rounding: .up))
            if staked < StakingDesk.leastStake {
                problems.append(
                    "a capital of \(capital.normalized) leaves less to stake than the 0.01 ETH that the "
                        + "protocols take")
            }
        } catch {
            problems.append("a capital of \(capital) is beyond the amounts that are kept of ETH")
        }
        return problems
    }

    /// It decides by what it holds and by the last known ratios.
    public static func warmUp(_ parameters: Parameters) throws(ParameterProblem) -> WarmUp { .moments(1) }

    public init(_ setup: StrategySetup) throws(ParameterProblem) {
        let (settings, problems) = StakeSettings.read(setup.parameters, hasLoan: Mode.borrows)
        if let problem = problems.first { throw problem }
        desk = StakingDesk(
            settings: settings, legs: try StakeLegs(setup, hasLoan: Mode.borrows))
    }

    public mutating func receive(account update: AccountUpdate, _ context: inout StrategyContext) {
        desk.receive(update, at: context.now)
    }

    public mutating func stepEnded(_ context: inout StrategyContext) {
        do throws(ArithmeticOverflow) {
            try desk.step(&context)
        } catch {
            // Figures beyond 128 bits end the run at the ledger; until then nothing is done on them.
            return
        }
    }
}

/// `eth-staking`.
public typealias ETHStaking = StakingStrategy<PlainStaking>
/// `eth-leveraged-staking`.
public typealias ETHLeveragedStaking = StakingStrategy<LeveragedStaking>
