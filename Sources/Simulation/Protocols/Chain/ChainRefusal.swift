public import Units

/// Why a protocol refuses an operation. Amounts are units of the token; values are USD at 8 decimals.
public enum ChainRefusal: Hashable, Sendable, CustomStringConvertible {
    /// Nothing to do: an amount of zero or less, or one that the protocol's rounding makes zero.
    case zeroAmount(String)
    /// A group without an operation.
    case emptyGroup
    /// A key that names nothing in the model.
    case unknown(String)
    /// A price, ratio or rate that the series do not tell at this moment.
    case missingPrice(String)
    /// The wallet holds less than is needed.
    case walletTooSmall(token: String, has: Int128, needs: Int128)
    /// The deposit is smaller than what is withdrawn.
    case depositTooSmall(token: String, has: Int128, needs: Int128)
    /// There is no debt to repay.
    case noDebt(token: String)
    /// The pool's lenders have not left as much.
    case noLiquidity(token: String, available: Int128, needs: Int128)
    /// The reserve would hold more than its supply cap.
    case overSupplyCap(token: String, cap: Int128)
    /// The reserve would lend more than its borrow cap.
    case overBorrowCap(token: String, cap: Int128)
    /// The reserve does not lend.
    case notBorrowable(token: String)
    /// Not in the category of the efficiency mode.
    case outsideEfficiencyMode(token: String)
    /// More debt than the collateral's loan to value allows.
    case overLoanToValue(collateral: Int128, debt: Int128, maximum: BasisPoints)
    /// The health factor would be below 1.
    case unhealthy(healthFactor: Wad)
    /// Less than a protocol takes.
    case belowMinimum(token: String, minimum: Int128)
    /// Nothing in the queue is due.
    case nothingDue
    /// A swap would give less than its limit allows.
    case slippage(minimum: Int128, offered: Int128)
    /// The deadline has passed.
    case tooLate(deadline: Instant)
    /// A flash loan that is still owed at the end of the group, or repaid without being owed.
    case flashLoan(token: String, owed: Int128)
    /// More gas than one group may take.
    case overGasLimit(units: Int128)

    public var description: String {
        switch self {
        case .zeroAmount(let what): "\(what): nothing to do, the amount is zero"
        case .emptyGroup: "the group has no operation"
        case .unknown(let what): "\(what) is named that does not exist"
        case .missingPrice(let what): "no \(what) is known at this moment"
        case .walletTooSmall(let token, let has, let needs):
            "the wallet holds \(has) units of \(token), \(needs) are needed"
        case .depositTooSmall(let token, let has, let needs):
            "the deposit is \(has) units of \(token), \(needs) are withdrawn"
        case .noDebt(let token): "no \(token) is owed"
        case .noLiquidity(let token, let available, let needs):
            "the pool has \(available) units of \(token) left, \(needs) are needed"
        case .overSupplyCap(let token, let cap): "above the supply cap of \(token), \(cap) units"
        case .overBorrowCap(let token, let cap): "above the borrow cap of \(token), \(cap) units"
        case .notBorrowable(let token): "\(token) cannot be borrowed"
        case .outsideEfficiencyMode(let token): "\(token) is outside the efficiency mode in use"
        case .overLoanToValue(let collateral, let debt, let maximum):
            "a debt of \(usd(debt)) USD is above \(maximum.decimal) basis points of \(usd(collateral)) USD"
        case .unhealthy(let factor): "the health factor would be \(factor.decimal), below 1"
        case .belowMinimum(let token, let minimum): "below the minimum of \(minimum) units of \(token)"
        case .nothingDue: "nothing in the queue can be claimed yet"
        case .slippage(let minimum, let offered):
            "the swap gives \(offered) units, the slippage limit asks for \(minimum)"
        case .tooLate(let deadline): "the deadline \(deadline) has passed"
        case .flashLoan(let token, let owed): "a flash loan of \(token) does not come out even: \(owed) owed"
        case .overGasLimit(let units): "\(units) units of gas are more than a group may take"
        }
    }

    private func usd(_ value: Int128) -> ExactDecimal {
        ExactDecimal(mantissa: value, scale: ChainMarket.priceScale)
    }
}
