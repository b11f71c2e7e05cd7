/// The loan of `usdt-market-neutral`: a group of operations is one transaction with one charge of gas;
/// balances are scaled amounts times indices, half up, and what an operation is off that is dust.
extension PlainMarketNeutral {
    enum Way { case up, halfUp }

    private static let ray: Integer = 1_000_000_000_000_000_000_000_000_000

    /// a x b / c, the product as wide as it is.
    static func product(_ a: Integer, _ b: Integer, over c: Integer, _ way: Way) -> Integer {
        let divisor = UInt128(c)
        let wide = UInt128(a).multipliedFullWidth(by: UInt128(b))
        let (quotient, rest) = divisor.dividingFullWidth(wide)
        let isUp = way == .up ? rest > 0 : rest >= divisor - rest
        return Integer(isUp ? quotient + 1 : quotient)
    }

    private func worth(_ scaled: Integer, _ index: Integer) -> Integer {
        Self.product(scaled, index, over: Self.ray, .halfUp)
    }

    private func scaled(_ amount: Integer, _ index: Integer) -> Integer {
        Self.product(amount, Self.ray, over: index, .halfUp)
    }

    /// Interest up to the indices of the day.
    mutating func accrue(at now: Int) {
        supplyIndex = supplyIndices[now] ?? supplyIndex
        borrowIndex = borrowIndices[now] ?? borrowIndex
        guard scaledTokens > 0 else { return }
        let (held, owed) = (worth(scaledTokens, supplyIndex), worth(scaledDebt, borrowIndex))
        book("supply_interest", (held - tokens) * tokenMark)
        book("borrow_interest", (debt - owed) * etherMark)
        (tokens, debt) = (held, owed)
    }

    /// Debt over collateral in billionths: 0.65, and at most 0.91 after the largest fall that is expected
    /// (0.02215) or was seen.
    private var target: Integer {
        min(650_000_000, 910_000_000 * (Self.billion - max(22_150_000, worstFall)) / Self.billion)
    }

    private mutating func roundBalances() {
        let (held, owed) = (worth(scaledTokens, supplyIndex), worth(scaledDebt, borrowIndex))
        book("dust", (held - tokens) * tokenMark + (debt - owed) * etherMark)
        (tokens, debt) = (held, owed)
    }

    /// Stakes what the wallet holds: flash borrow, stake, supply, borrow, flash repay.
    mutating func stakeWithLoan() {
        if !hasChosenMode { payGas(55_000) }
        hasChosenMode = true
        grow(equity: inWallet, borrowing: inWallet * target / (Self.billion - target))
    }

    private mutating func grow(equity: Integer, borrowing loan: Integer) {
        payGas(1_250_000)
        let staked = equity + loan
        let got = staked * Self.ether / ratio
        book("dust", got * tokenMark - staked * etherMark)
        inWallet -= equity
        (tokens, debt) = (tokens + got, debt + loan)
        scaledTokens += scaled(got, supplyIndex)
        scaledDebt += scaled(loan, borrowIndex)
        roundBalances()
    }

    /// Flash borrow, repay, withdraw, sell, flash repay.
    mutating func unwind(_ part: Integer, repaying loan: Integer) {
        payGas(850_000)
        scaledDebt -= scaled(loan, borrowIndex)
        scaledTokens -= scaled(part, supplyIndex)
        debt -= loan
        sell(part)
        inWallet -= loan
        roundBalances()
    }

    /// Brings the loan back to its target when it is off by more than 2 % of the collateral.
    mutating func adjust() -> Bool {
        guard hasEntered, tokens > 0, debt > 0 else { return false }
        let collateral = tokens * ratio / Self.ether
        let wanted = collateral * target / Self.billion
        guard abs(debt - wanted) * 50 > collateral else { return false }
        let rest = Self.billion - target
        if debt < wanted {
            grow(equity: 0, borrowing: (wanted - debt) * Self.billion / rest)
            return true
        }
        // What is sold for one ETH: half a per cent below the pool's rate at most.
        let cost = Self.up(ratio * Self.billion, poolRate * 9_950 / 10_000)
        let left = Self.billion - Self.up(target * cost, Self.billion)
        let loan = Self.up((debt - wanted) * Self.billion, left)
        unwind(
            Self.product(Self.up(loan * cost, Self.billion), Self.ether, over: ratio, .up), repaying: loan)
        return true
    }
}
