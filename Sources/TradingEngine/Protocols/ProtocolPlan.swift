internal import Accounting
internal import Markets
internal import Units

/// The accounts that only a run with protocols has. A deposit and a debt are counted in the asset that was
/// supplied or borrowed: interest is then a change of their balance, and their mark is that of the asset. A
/// debt is a negative balance. Staking tokens are assets of their own and lie in the wallet.
struct ProtocolPlan {
    /// By book, then instrument: deposits of aTokens, debts of debt tokens, wallet balances of staking
    /// tokens.
    var positions: [[AccountIndex?]] = []
    /// By book, then instrument: what waits in the queue of a staking token's protocol, in ETH.
    var unstaking: [[AccountIndex?]] = []
    /// The wallet's slot of an instrument's base asset, by instrument.
    var walletSlots: [Int?] = []
    /// The protocols' side, by unit; nil for units of contracts.
    var outside: [AccountIndex?] = []
}

extension AccountPlan {
    /// Adds the accounts of deposits, debts and the protocols' side.
    mutating func addProtocolAccounts(_ setup: EngineSetup, _ contracts: ContractPlan) {
        var own = ProtocolPlan()
        own.walletSlots = setup.instruments.map { contracts.slot(of: $0.base, at: .wallet) }
        for (book, engineBook) in setup.books.enumerated() {
            own.positions.append(
                setup.instruments.enumerated().map { index, instrument in
                    guard instrument.id.type.isProtocolToken, let slot = own.walletSlots[index] else {
                        return nil
                    }
                    if instrument.id.type == .lst { return contracts.balances[book][slot] }
                    let name = "\(instrument.id.venue)/\(instrument.id.type.rawValue)/\(instrument.base)"
                    return add(
                        "\(engineBook.name)/\(name)", contracts.slots[slot].unit, .book(book), false)
                })
        }
        let ether = contracts.slot(of: .ether, at: .wallet)
        for engineBook in setup.books.enumerated() {
            own.unstaking.append(
                setup.instruments.map { instrument in
                    guard instrument.id.type == .lst, let ether else { return nil }
                    return add(
                        "\(engineBook.element.name)/\(instrument.id.venue)/unstaking/\(Asset.ether)",
                        contracts.slots[ether].unit, .book(engineBook.offset), false)
                })
        }
        own.outside = units.indices.map { unit in
            units[unit].contract == nil ? add("chain/\(label(unit))", unit, .external, false) : nil
        }
        protocols = own
    }
}
