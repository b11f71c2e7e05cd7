internal import Trading

/// A change of the position under way: where to, and how far it has come.
struct BasisPlan: Hashable {
    /// Why the position changes.
    enum Purpose: Hashable {
        /// Entering, or sizing the position and its margin anew.
        case size
        /// Closing half of it, as margin is short.
        case half
        /// Closing all of it.
        case close
    }

    /// The steps of a plan, in order. Each waits until what the one before it asked for has happened.
    enum Stage: Int, Hashable, Comparable {
        /// Shorts are bought back before the spot is sold: closing only, where that is asked for.
        case closeShorts
        /// What frees money: shorts are bought back, spot is sold, asked for in this order at one time.
        case reduce
        /// Money is moved to where it is needed.
        case move
        /// What needs money: spot is bought, all shorts are sold.
        case extend
        /// Nothing is left to do.
        case done

        static func < (a: Stage, b: Stage) -> Bool { a.rawValue < b.rawValue }
    }

    let purpose: Purpose
    /// Why it was made.
    let reason: RebalanceReason
    /// Whether the log was told.
    var isExplained = false
    var target: BasisTarget
    var stage: Stage

    init(
        _ purpose: Purpose, _ target: BasisTarget, because reason: RebalanceReason, shortsFirst: Bool = false
    ) {
        (self.purpose, self.target, self.reason) = (purpose, target, reason)
        stage = shortsFirst ? .closeShorts : .reduce
    }

    /// What it means for the position.
    var action: PositionAction {
        switch purpose {
        case .size: reason == .entry ? .entryFull : .entryPartial
        case .half: .exitPartial
        case .close: .exitFull
        }
    }
}
