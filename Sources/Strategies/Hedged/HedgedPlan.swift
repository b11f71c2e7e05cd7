internal import Trading

/// A change of a hedged stake under way.
struct HedgedPlan: Hashable {
    /// What the change may do.
    enum Purpose: Hashable {
        /// Entering, or sizing both legs anew.
        case size
        /// The same, but nothing grows.
        case reduce
        /// Staking ETH that lies idle.
        case stake
        /// Leaving altogether.
        case close
    }

    /// The steps, in order. Each waits until what the one before it asked for has happened.
    enum Stage: Int, Hashable, CaseIterable {
        /// Stake is turned into ETH in the wallet.
        case exit
        /// ETH goes from the wallet to the spot venue.
        case bringOut
        /// ETH is sold and shorts are bought back, at one time.
        case reduce
        /// Money goes to where margin or a purchase needs it: from the winning leg to the losing one.
        case move
        /// ETH is bought and shorts are sold, at one time.
        case extend
        /// ETH goes from the spot venue to the wallet.
        case bringIn
        /// ETH in the wallet is staked, with its loan.
        case stake
        /// Nothing is left to do.
        case done
    }

    let purpose: Purpose
    let reason: RebalanceReason
    let action: PositionAction
    let target: BasisTarget
    var stage = Stage.exit
    var isExplained = false

    /// The next stage.
    mutating func advance() { stage = Stage(rawValue: stage.rawValue + 1) ?? .done }
}
