public import Units

/// What an operation is for the table of gas; raw values are the names in the recorded table.
public enum GasOperation: String, Hashable, Sendable, CaseIterable {
    /// Staking and wrapping.
    case stake = "STAKE_DEPOSIT"
    /// Asking for a withdrawal, and claiming it.
    case unstake = "STAKE_WITHDRAWAL"
    /// A swap.
    case swap = "TOKEN_SWAP"
    /// A deposit at the lending pool.
    case supply = "COLLATERAL_SUPPLIED"
    /// A withdrawal from the lending pool.
    case withdraw = "COLLATERAL_WITHDRAWN"
    /// A loan.
    case borrow = "LOAN_CREATED"
    /// A repayment.
    case repay = "LOAN_REPAID"
    /// A transfer to or from a venue.
    case transfer = "VENUE_TRANSFER"
    /// Choosing an efficiency mode.
    case setEfficiencyMode = "SET_EMODE_ONCE"
    /// A group with a flash loan that borrows.
    case atomicEntry = "ATOMIC_ENTRY"
    /// A group with a flash loan that repays, with one swap or none.
    case atomicExit = "ATOMIC_DELEVERAGE_ONE_SWAP"
    /// The same with two swaps or more.
    case atomicExitTwoSwaps = "ATOMIC_DELEVERAGE_TWO_SWAPS"

    /// Units where a table does not tell them.
    public var standardUnits: Int128 {
        switch self {
        case .stake: 150_000
        case .unstake: 200_000
        case .swap: 180_000
        case .supply: 250_000
        case .withdraw: 220_000
        case .borrow: 300_000
        case .repay: 280_000
        case .transfer: 100_000
        case .setEfficiencyMode: 55_000
        case .atomicEntry: 1_250_000
        case .atomicExit: 850_000
        case .atomicExitTwoSwaps: 1_100_000
        }
    }
}

/// How much gas operations take.
///
/// Source: the recorded table of gas units per operation; round assumed numbers, not measured.
public struct GasUnits: Hashable, Sendable {
    private let units: [GasOperation: Int128]

    /// A table; what it does not name takes the standard units. Nil where a number is below 0.
    public init?(_ units: [GasOperation: Int128]) {
        guard GasOperation.allCases.allSatisfy({ units[$0] ?? 0 >= 0 }) else { return nil }
        self.units = units
    }

    private init(all units: Int128?) {
        self.units = Dictionary(
            uniqueKeysWithValues: GasOperation.allCases.map { ($0, units ?? $0.standardUnits) })
    }

    /// The standard units.
    public static let standard = GasUnits(all: nil)
    /// No gas at all.
    public static let none = GasUnits(all: 0)

    /// Units of one operation.
    public subscript(_ operation: GasOperation) -> Int128 { units[operation] ?? operation.standardUnits }

    /// Units of a group: one charge for the whole of it where it uses a flash loan, else the sum of its
    /// parts.
    public func of(_ group: AtomicGroup) throws(ArithmeticOverflow) -> Int128 {
        var sum: Int128 = 0
        var (hasFlashLoan, borrows, swaps) = (false, false, 0)
        for operation in group.operations {
            switch operation {
            case .flashBorrow, .flashRepay: hasFlashLoan = true
            case .borrow: borrows = true
            case .swap: swaps += 1
            default: break
            }
            guard let kind = operation.gasOperation else { continue }
            sum = try WideArithmetic.add(sum, self[kind], "units of gas")
        }
        guard hasFlashLoan else { return sum }
        if borrows { return self[.atomicEntry] }
        return self[swaps > 1 ? .atomicExitTwoSwaps : .atomicExit]
    }
}

extension ChainOperation {
    /// What it is for the table of gas; nil for the ends of a flash loan, which the group's figure holds.
    var gasOperation: GasOperation? {
        switch self {
        case .supply: .supply
        case .withdraw: .withdraw
        case .borrow: .borrow
        case .repay: .repay
        case .setEfficiencyMode: .setEfficiencyMode
        case .stake: .stake
        case .unstake, .claim: .unstake
        case .swap: .swap
        case .flashBorrow, .flashRepay: nil
        }
    }
}
