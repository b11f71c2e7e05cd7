public import Markets
internal import Trading
package import Units

extension ChainModel {
    /// The protocols that the instruments of a run name. Gas is paid in the share class where it is the
    /// chain's token or a stable coin that the wallet holds; without a series of its price there is none.
    init(
        assets: [Asset], instruments: [Instrument], shareClass: Asset, paysGas: Bool,
        rules: ChainRules = ChainRules()
    ) throws(ChainModelError) {
        var held = assets
        if !held.contains(.ether) { held.append(.ether) }
        func key(_ asset: Asset) -> TokenKey? { held.firstIndex(of: asset).map { TokenKey($0) } }
        let native = key(.ether) ?? TokenKey(0)
        let isPayable = shareClass.tokenScale != shareClass.ledgerScale
        var reserves: [LendingReserve] = []
        var staking: [StakingProtocol] = []
        var pairs: [SwapPair] = []
        for instrument in instruments {
            guard let base = key(instrument.base) else { continue }
            switch instrument.id.type {
            case .aToken, .debtToken:
                guard !reserves.contains(where: { $0.token == base }) else { continue }
                reserves.append(
                    .of(
                        instrument.base, base, rules.caps(of: instrument.base),
                        rules.impact(on: instrument.base)))
            case .lst:
                guard instrument.base.isStakedEther, !staking.contains(where: { $0.token == base })
                else { continue }
                let usual: StakingProtocol =
                    instrument.base.symbol == "weETH" ? .etherFi(token: base) : .lido(token: base)
                staking.append(
                    StakingProtocol(token: base, delay: rules.unstakingDelay ?? usual.delay))
            case .spot:
                guard instrument.isPool, let quote = key(instrument.quote) else { continue }
                pairs.append(
                    SwapPair(
                        base: base, quote: quote, costs: .of(instrument.base, in: instrument.quote)))
            default: continue
            }
        }
        try self.init(
            tokens: held.map { ChainToken(asset: $0, scale: $0.tokenScale) }, native: native,
            gasToken: isPayable ? key(shareClass) ?? native : native, reserves: reserves,
            staking: staking, pairs: pairs, gas: paysGas ? .standard : .none)
    }
}

extension ChainRules {
    /// The reserve of an asset whose rates our own size moves.
    func impact(on asset: Asset) -> RateImpactPool? {
        impacts.first { $0.asset == asset }
    }

    /// The caps of an asset in units of its token; nil where it has none.
    fileprivate func caps(of asset: Asset) -> LendingCaps? {
        func most(_ type: InstrumentType) -> Int128? {
            guard
                let cap = caps.first(where: {
                    $0.instrument.type == type && Asset($0.instrument.symbol)?.unwrapped == asset
                })
            else { return nil }
            do throws(ArithmeticOverflow) {
                return try cap.amount.mantissa(at: asset.tokenScale, rounding: .down)
            } catch { return nil }
        }
        let (supply, borrow) = (most(.aToken), most(.debtToken))
        return supply == nil && borrow == nil ? nil : LendingCaps(supply: supply, borrow: borrow)
    }
}

extension LendingReserve {
    /// A reserve with the standard terms; ETH and its staking tokens share the efficiency mode.
    fileprivate static func of(
        _ asset: Asset, _ token: TokenKey, _ caps: LendingCaps?, _ impact: RateImpactPool?
    ) -> LendingReserve {
        LendingReserve(
            token: token, isInEfficiencyMode: asset == .ether || asset.isStakedEther, caps: caps,
            rates: impact?.rates ?? .calibrated(for: asset), feelsOwnSize: impact != nil)
    }
}

extension TwoSlopeRates {
    /// The calibrated model of an asset's reserve; nil where there is none.
    public static func calibrated(for asset: Asset) -> TwoSlopeRates? {
        switch asset.unwrapped.symbol {
        case "ETH": .weth
        case "weETH": .weeth
        case "wstETH": .wsteth
        case "USDT": .usdt
        default: nil
        }
    }
}

extension ExecutionCosts {
    /// The modelled costs of a pair; of one that the model does not know, those of the dearest.
    fileprivate static func of(_ base: Asset, in quote: Asset) -> ExecutionCosts {
        switch (base.symbol, quote.symbol) {
        case ("ETH", "USDT"): .ethUSDT
        case ("wstETH", "ETH"): .ethWstETH
        case ("weETH", "ETH"): .ethWeETH
        case ("stETH", "ETH"): .ethStETH
        case ("eETH", "ETH"): .ethEETH
        case ("EIGEN", "USDT"): .eigenUSDT
        case ("ETHFI", "USDT"): .ethfiUSDT
        case ("EIGEN", "ETH"): .eigenETH
        default: .ethfiETH
        }
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
