internal import Accounting
internal import Units

/// Flash loans; see ``FlashLoanTerms`` for the source.
extension GroupRun {
    mutating func flashBorrow(
        _ token: TokenKey, _ amount: Int128
    ) throws(ArithmeticOverflow) -> ChainRefusal? {
        if amount <= 0 { return .zeroAmount("flash loan of \(model.name(token))") }
        try post(.flashLoan(token), amount, .moved)
        try post(.wallet(token), amount, .moved)
        return nil
    }

    mutating func flashRepay(_ token: TokenKey) throws(ArithmeticOverflow) -> ChainRefusal? {
        let owed = flashLoans[token.index]
        guard owed > 0 else { return .flashLoan(token: model.name(token), owed: owed) }
        let fee = try WideArithmetic.multiply(
            owed, by: Int128(model.flashLoan.fee.millionths), dividedBy: BasisPoints.whole, rounding: .up)
        let needs = try WideArithmetic.add(owed, fee, "a flash loan and its fee")
        let has = state.wallet[token.index]
        guard has >= needs else {
            return .walletTooSmall(token: model.name(token), has: has, needs: needs)
        }
        try post(.wallet(token), -owed, .moved)
        try post(.wallet(token), -fee, .caused(.fees))
        try post(.flashLoan(token), -owed, .moved)
        return nil
    }

    /// A flash loan that is still owed: the group as a whole fails.
    var owedFlashLoan: ChainRefusal? {
        flashLoans.firstIndex { $0 != 0 }.map {
            .flashLoan(token: model.name(TokenKey($0)), owed: flashLoans[$0])
        }
    }
}
