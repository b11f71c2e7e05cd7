public import Units

/// A protocol that stakes the native token and gives a token for it whose ratio grows.
///
/// Sources (read 2026-11-21): `WstETH.wrap`, `unwrap` and `receive` (lidofinance/core, `WstETH.sol`) and
/// `WeETH.wrap` and `unwrap` (etherfi-protocol/smart-contracts, `WeETH.sol`): shares for an amount and
/// amounts for shares, both downward. What a withdrawal pays is taken to be fixed when it is asked; delay
/// and minimum are parameters.
public struct StakingProtocol: Hashable, Sendable {
    /// The wrapped token that does not rebase: wstETH, weETH.
    public let token: TokenKey
    /// From the request to the claim.
    public let delay: Timespan
    /// The least that can be staked, in wei.
    public let minimum: Int128

    /// 0.01 ETH.
    public static let usualMinimum: Int128 = 10_000_000_000_000_000

    /// A protocol from its parts.
    public init(token: TokenKey, delay: Timespan, minimum: Int128 = usualMinimum) {
        (self.token, self.delay, self.minimum) = (token, delay, minimum)
    }

    /// Lido: wstETH, a delay of 3 days.
    public static func lido(token: TokenKey) -> StakingProtocol {
        StakingProtocol(token: token, delay: 3 * Timespan.day)
    }

    /// EtherFi: weETH, a delay of 7 days.
    public static func etherFi(token: TokenKey) -> StakingProtocol {
        StakingProtocol(token: token, delay: 7 * Timespan.day)
    }

    /// What staking gives, in units of the token: at the protocol's ratio, downward.
    public static func wrapped(_ native: Int128, ratio: Wad) throws(ArithmeticOverflow) -> Int128 {
        try ratio.dividing(native, rounding: .down)
    }

    /// What the token is worth in wei at the protocol's ratio, downward: carrying value and risk use this.
    public static func unwrapped(_ token: Int128, ratio: Wad) throws(ArithmeticOverflow) -> Int128 {
        try ratio.multiplied(by: token, rounding: .down)
    }
}
