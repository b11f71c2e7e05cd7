internal import Markets
internal import Trading
internal import TradingEngine
internal import Units

extension SimulatedClearing {
    /// The position of a bankrupt account that is closed last, as it may not be closed at its mark: the one
    /// with the largest loss. Nil where the account is not bankrupt, or the insurance bears every loss.
    func deleveraged(of account: MarginAccount) throws -> Int? {
        guard engine.setup.contractRules.deleverages, try contracts.state(of: account).equity < 0 else {
            return nil
        }
        var worst: (index: Int, profit: Int128)?
        for index in account.instruments where contracts.position(of: index, book: account.book) != 0 {
            let profit = try contracts.profit(of: index, account.book)
            if let known = worst, known.profit <= profit { continue }
            worst = (index, profit)
        }
        return worst?.index
    }

    /// Closes the last position of a bankrupt account: at its mark while the insurance fund of the venue
    /// covers the deficit, else at the price that leaves the account with nothing. Then profitable positions
    /// of this run on the other side are reduced at that price, first those with the most profit for their
    /// margin; what they do not take, others do, of which nothing is known.
    func closeBankrupt(_ index: Int, _ account: MarginAccount, deficit: Int128) throws {
        let instrument = InstrumentIndex(index)
        let held = contracts.position(of: index, book: account.book)
        guard let mark = try engine.closingPrice(of: instrument) else { return }
        let scale = engine.setup.instruments[index].fillPriceScale
        guard deficit > contracts.funds[account.slot],
            let price = try contracts.bankruptcyPrice(of: index, account.book, scale)
        else { return try close(instrument, account.book, held, mark, .liquidated) }
        contracts.record.uncovered += 1
        var open = Int128(held.magnitude)
        for book in try contracts.opponents(of: index, sign: held.signum()) where open > 0 {
            let own = contracts.position(of: index, book: book)
            let part = min(open, Int128(own.magnitude))
            contracts.record.deleveragings += 1
            try close(instrument, book, own > 0 ? part : -part, price, .deleveraged, reference: mark)
            open -= part
        }
        try close(instrument, account.book, held, price, .liquidated, reference: mark)
    }
}
