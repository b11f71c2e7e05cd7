package import Markets
internal import Trading
package import Units

extension ChainModel {
    /// The protocols that the instruments of a run name. Gas is paid in the share class where it is the
    /// chain's token or a stable coin that the wallet holds; without a series of its price there is none.
    init(
        assets: [Asset], instruments: [Instrument], shareClass: Asset, paysGas: Bool
    ) throws(ChainModelError) {
        var held = assets
        if !held.contains(.ether) { held.append(.ether) }
        let native = held.firstIndex(of: .ether) ?? 0
        let gas = held.firstIndex(of: shareClass) ?? native
        var reserves: [LendingReserve] = []
        for instrument in instruments where instrument.id.type == .aToken || instrument.id.type == .debtToken
        {
            guard let place = held.firstIndex(of: instrument.base),
                !reserves.contains(where: { $0.token == TokenKey(place) })
            else { continue }
            reserves.append(LendingReserve(token: TokenKey(place)))
        }
        try self.init(
            tokens: held.map { ChainToken(asset: $0, scale: $0.tokenScale) }, native: TokenKey(native),
            gasToken: TokenKey(gas), reserves: reserves, gas: paysGas ? .standard : .none)
    }
}

extension InstrumentType {
    /// The column of a pool's series by which this token grows; nil for what does not grow by an index.
    var indexColumn: String? {
        switch self {
        case .aToken: "liquidity-index"
        case .debtToken: "variable-borrow-index"
        default: nil
        }
    }
}

extension ChainRefusal {
    /// The reason that strategies and logs are told.
    var reason: GroupFailure {
        switch self {
        case .zeroAmount, .belowMinimum: .badAmount
        case .unknown, .notBorrowable, .outsideEfficiencyMode, .nothingDue: .notSupported
        case .missingPrice: .noMark
        case .walletTooSmall, .depositTooSmall, .noDebt, .noLiquidity: .insufficientBalance
        case .overSupplyCap, .overBorrowCap: .capExceeded
        case .overLoanToValue, .unhealthy: .unhealthy
        case .slippage: .slippage
        case .tooLate: .deadlinePassed
        case .flashLoan: .unpaidFlashLoan
        case .overGasLimit, .emptyGroup: .badGroup
        }
    }

    /// The reason where nothing was sent: what is missing then is missing for the gas.
    var unsentReason: GroupFailure {
        if case .walletTooSmall = self { return .insufficientGas }
        return reason
    }

    var isLate: Bool {
        if case .tooLate = self { return true }
        return false
    }
}

/// Data of a protocol that cannot be.
package struct ChainDataError: Error, Hashable, CustomStringConvertible {
    /// Whose.
    package let instrument: InstrumentID
    /// When they became known.
    package let time: Instant
    /// What is wrong.
    package let reason: String

    init(_ instrument: InstrumentID, _ time: Instant, _ reason: String) {
        (self.instrument, self.time, self.reason) = (instrument, time, reason)
    }

    package var description: String { "\(instrument) at \(time): \(reason)" }
}
