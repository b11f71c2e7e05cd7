internal import Markets
internal import StrategyKit

/// The instruments of a stake.
struct StakeLegs {
    /// A loan against it.
    struct Loan {
        let collateral: InstrumentIndex
        let debt: InstrumentIndex
        let flashLoan: InstrumentIndex
    }

    /// A reward token and where it is sold.
    struct Reward {
        let token: InstrumentIndex
        let pool: InstrumentIndex
    }

    let staking: InstrumentIndex
    let pool: InstrumentIndex
    /// Nil for a stake without one.
    let loan: Loan?
    let rewards: [Reward]

    init(_ setup: StrategySetup, hasLoan: Bool) throws(ParameterProblem) {
        let token = StakedToken.of(setup.parameters)
        func index(_ key: String) throws(ParameterProblem) -> InstrumentIndex {
            guard let id = InstrumentID(key), let index = setup.index(of: id) else {
                throw ParameterProblem("data", "the run holds no \(key)")
            }
            return index
        }
        staking = try index(token.staking)
        pool = try index(token.pool)
        loan =
            hasLoan
            ? Loan(
                collateral: try index(token.collateral), debt: try index(StakedToken.debt),
                flashLoan: try index(StakedToken.flashLoan)) : nil
        var rewards: [Reward] = []
        for one in RewardsMode.of(setup.parameters).tokens {
            rewards.append(Reward(token: try index(one.reward), pool: try index(one.pool)))
        }
        self.rewards = rewards
    }

    /// The series that a stake needs.
    static func needs(_ parameters: Parameters, hasLoan: Bool) -> [SeriesNeed] {
        let token = StakedToken.of(parameters)
        var needs: [(key: String, kind: SeriesKind, isOccasional: Bool)] = [
            (token.oracle, .ratio, false), (StakedToken.nativeOracle, .ratio, false),
            (token.pool, .ratio, false),
        ]
        if hasLoan {
            needs += [(token.collateral, .index, false), (StakedToken.debt, .index, false)]
        }
        for one in RewardsMode.of(parameters).tokens {
            needs += [(one.reward, .ratio, true), (one.pool, .bars, true)]
        }
        return needs.compactMap { need in
            InstrumentID(need.key).map { SeriesNeed($0, need.kind, isOccasional: need.isOccasional) }
        }
    }

    /// The protocols that a stake uses.
    static func operated(_ parameters: Parameters, hasLoan: Bool) -> [InstrumentID] {
        let token = StakedToken.of(parameters)
        let keys =
            hasLoan
            ? [token.staking, token.collateral, StakedToken.debt, StakedToken.flashLoan] : [token.staking]
        return keys.compactMap { InstrumentID($0) }
    }
}
