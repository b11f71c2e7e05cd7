internal import Accounting
internal import Markets
internal import StrategyKit
internal import Trading
internal import Units

extension Engine {
    /// The postings of a contract's fill: contract against cost at the reference price, slippage apart; what
    /// closed is realised from the cost to what backs the position, and the fee is paid by the balance.
    ///
    /// - Parameters:
    ///   - isForced: whether the venue closes the position; then isolated margin stays where it is.
    ///   - difference: the cause of what the fill's price differs from the reference price.
    /// - Returns: what was realised, in the settlement asset.
    func postContract(
        _ fill: FillReport, _ order: Order, _ contracts: ContractBooks, isForced: Bool = false,
        difference: Cause = .slippage
    ) throws -> Amount {
        let index = order.request.instrument.position
        let book = order.strategy
        let place = book * instrumentCount + index
        guard let numbers = contracts.numbers[index], let cost = contracts.plan.costs[book][index],
            fill.price.mantissa > 0, fill.referencePrice.mantissa > 0
        else { throw ArithmeticOverflow("a fill's price") }
        let sign: Int128 = order.request.side == .buy ? 1 : -1
        let held = contracts.position(of: index, book: book)
        let step = try ContractStep(
            fill, numbers, terms[index].fillPriceScale, held: held, sign: sign,
            cost: ledger.balance(of: cost).units)
        let number = order.id.number
        ledger.beginTransaction()
        try ledger.transfer(
            Amount(units: sign * step.quantity), from: marketBase[index], to: baseAccounts[place],
            cause: .price, at: fill.time, order: number)
        try ledger.transfer(
            Amount(units: step.direction * step.reference), from: marketQuote[index], to: cost,
            cause: .price, at: fill.time, order: number)
        try ledger.transfer(
            Amount(units: step.direction * (step.notional - step.reference)), from: marketQuote[index],
            to: cost, cause: difference, at: fill.time, order: number)
        let collateral = contracts.collateral(of: index, book: book)
        let margin = ledger.balance(of: collateral).units
        try ledger.transfer(
            Amount(units: step.realized), from: cost, to: collateral, cause: .price, at: fill.time,
            order: number)
        if contracts.plan.isolated[book][index] != nil, !isForced {
            try moveIsolatedMargin(step, held: held, margin: margin, order, fill, contracts)
        }
        try ledger.transfer(
            fill.fee, from: quoteAccounts[place], to: feeAccounts[index], cause: .fees, at: fill.time,
            order: number)
        return Amount(units: step.realized)
    }

    /// Isolated margin follows its position: what closed gives back its part; what opened takes, as far as
    /// the balance reaches, what the position as it becomes needs beyond what it needed before, both at the
    /// fill's price. So it is the tier of the whole that counts, also for the part that was there.
    private func moveIsolatedMargin(
        _ step: ContractStep, held: Int128, margin: Int128, _ order: Order, _ fill: FillReport,
        _ contracts: ContractBooks
    ) throws {
        let index = order.request.instrument.position
        let place = order.strategy * instrumentCount + index
        let collateral = contracts.collateral(of: index, book: order.strategy)
        if step.closing > 0 {
            let size = held < 0 ? -held : held
            let kept =
                step.closing == size
                ? 0
                : try WideArithmetic.multiply(
                    margin, by: size - step.closing, dividedBy: size, rounding: .halfEven)
            let released = ledger.balance(of: collateral).units - kept
            try ledger.transfer(
                Amount(units: released), from: collateral, to: quoteAccounts[place], cause: .price,
                at: fill.time, order: order.id.number)
        }
        guard step.opening > 0, let rates = contracts.rates[index], let numbers = contracts.numbers[index]
        else { return }
        let kept = step.closing > 0 ? 0 : held < 0 ? -held : held
        func initial(_ quantity: Int128) throws(ArithmeticOverflow) -> Int128 {
            try rates.initial(
                try numbers.notional(quantity, at: fill.price.mantissa, terms[index].fillPriceScale))
        }
        let needed = max(0, try initial(kept + step.opening) - initial(kept))
        let free = max(0, ledger.balance(of: quoteAccounts[place]).units)
        try ledger.transfer(
            Amount(units: min(needed, free)), from: quoteAccounts[place], to: collateral, cause: .price,
            at: fill.time, order: order.id.number)
    }
}

/// What one fill does to a contract, in units of quantity and of the settlement asset.
struct ContractStep {
    let quantity: Int128
    /// How much of it closes, and how much opens.
    let closing: Int128
    let opening: Int128
    /// Its worth at the fill's price and at the reference price.
    let notional: Int128
    let reference: Int128
    /// The part of ``notional`` that closes.
    let closed: Int128
    /// Sign with which the notional enters the cost.
    let direction: Int128
    /// Profit of what closed.
    let realized: Int128

    init(
        _ fill: FillReport, _ numbers: ContractNumbers, _ scale: Scale, held: Int128, sign: Int128,
        cost: Int128
    ) throws(ArithmeticOverflow) {
        quantity = Int128(fill.quantity.mantissa)
        direction = numbers.costSign * sign
        notional = try numbers.notional(quantity, at: fill.price.mantissa, scale)
        reference =
            fill.referencePrice == fill.price
            ? notional : try numbers.notional(quantity, at: fill.referencePrice.mantissa, scale)
        let size = held < 0 ? -held : held
        let opposes = held != 0 && (held > 0) != (sign > 0)
        closing = opposes ? min(size, quantity) : 0
        opening = quantity - closing
        closed =
            closing == quantity
            ? notional
            : closing == 0 ? 0 : try numbers.notional(closing, at: fill.price.mantissa, scale)
        guard closing > 0 else {
            realized = 0
            return
        }
        let share =
            closing == size
            ? cost
            : try WideArithmetic.multiply(cost, by: closing, dividedBy: size, rounding: .halfEven)
        realized = try WideArithmetic.add(share, direction * closed, "a realised profit")
    }
}
