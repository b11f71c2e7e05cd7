internal import Accounting
internal import Markets
internal import Units

/// One balance of a run with contracts: an asset at a venue or in the wallet.
struct BalanceSlot {
    let venue: Venue
    let asset: Asset
    /// The unit that values it.
    let unit: Int
}

/// The accounts that only a run with contracts has.
struct ContractPlan {
    /// The balances: the wallet's first, then by venue and asset in the order of the instruments.
    var slots: [BalanceSlot] = []
    /// Accounts by book, then slot.
    var balances: [[AccountIndex]] = []
    /// Amounts on their way, by book, then unit; nil for units of contracts.
    var transit: [[AccountIndex?]] = []
    /// By book, then instrument; the cost of contracts and their isolated margin, nil for the rest.
    var costs: [[AccountIndex?]] = []
    var isolated: [[AccountIndex?]] = []
    /// The slot in which an instrument settles: of contracts that of the settlement asset, else of the quote.
    var settlementSlots: [Int] = []
    /// The slot of the base asset; nil for contracts.
    var baseSlots: [Int?] = []
    /// Outside accounts by unit; nil for units of contracts.
    var funding: [AccountIndex?] = []
    var insurance: [AccountIndex?] = []
    var bridges: [AccountIndex?] = []
    var fees: [AccountIndex?] = []

    func slot(of asset: Asset, at venue: Venue) -> Int? {
        slots.firstIndex { $0.asset == asset && $0.venue == venue }
    }
}

extension AccountPlan {
    /// Decimals of the mark of an inverse contract: the settlement asset for one unit of the quote.
    static let inverseMarkDecimals = 18

    /// The accounts of a run with contracts: balances by venue.
    init(contracts setup: EngineSetup) throws(EngineError) {
        var own = ContractPlan()
        try addSlots(setup, &own)
        for (index, instrument) in setup.instruments.enumerated() {
            guard instrument.contract != nil else {
                let venue = instrument.isOnChain ? .wallet : instrument.id.venue
                own.baseSlots.append(own.slot(of: instrument.base, at: venue))
                own.settlementSlots.append(own.slot(of: instrument.quote, at: venue) ?? 0)
                continue
            }
            let slot = own.slot(of: instrument.settlementAsset, at: instrument.id.venue) ?? 0
            own.baseSlots.append(nil)
            own.settlementSlots.append(slot)
            units.append(Unit(instrument, at: index, path: units[own.slots[slot].unit].path))
        }
        valueScale = AccountPlan.valueScale(of: units, setup)
        addBookAccounts(setup, &own)
        addOutsideAccounts(setup, &own)
        contracts = own
        if setup.hasProtocols { addProtocolAccounts(setup, own) }
    }

    /// The balances with the units that value them.
    private mutating func addSlots(_ setup: EngineSetup, _ own: inout ContractPlan) throws(EngineError) {
        let places = setup.contractRules.balances(of: setup.instruments, shareClass: setup.shareClass)
        for place in places {
            own.slots.append(
                BalanceSlot(
                    venue: place.venue, asset: place.asset, unit: try unit(place.asset, place.venue, setup)))
        }
    }

    /// The unit of an asset at a venue: one for all venues where its price takes the same path.
    private mutating func unit(
        _ asset: Asset, _ venue: Venue, _ setup: EngineSetup
    ) throws(EngineError) -> Int {
        let isStaked = setup.hasProtocols && asset.isStakedEther && asset != setup.shareClass
        func find(includesContracts: Bool) -> [PriceHop]? {
            PricePath.find(
                from: isStaked ? .ether : asset, at: venue, to: setup.shareClass,
                instruments: setup.instruments, includesContracts: includesContracts)
        }
        let found = find(includesContracts: false) ?? find(includesContracts: true)
        guard let path = found else {
            throw .noPricePath(
                asset: asset, shareClass: setup.shareClass, instruments: setup.instruments.map(\.id))
        }
        if let index = units.firstIndex(where: { $0.asset == asset && $0.path == path && $0.contract == nil })
        {
            return index
        }
        units.append(Unit(asset: asset, venue: venue, path: path, isStaked: isStaked))
        return units.count - 1
    }

    private static func valueScale(of units: [Unit], _ setup: EngineSetup) -> Scale {
        var decimals = Int(setup.shareClass.ledgerScale.decimals)
        for unit in units {
            let own = Int(unit.scale.decimals)
            func price(_ place: Int) -> Int {
                Int(MarkSource.of(setup.instruments[place], setup.series[place]).scale.decimals)
            }
            if let place = unit.contract, let contract = setup.instruments[place].contract {
                let isDirect = unit.path.isEmpty && contract.settlement == .linear
                let mark = isDirect ? price(place) + Int(contract.size.scale.decimals) : inverseMarkDecimals
                decimals = max(decimals, own + mark)
            } else if unit.path.isEmpty && !unit.isStaked {
                decimals = max(decimals, own)
            } else if unit.path.count == 1, !unit.path[0].isInverse, !unit.isStaked {
                decimals = max(decimals, own + price(unit.path[0].instrument.position))
            } else {
                decimals = max(decimals, own + crossMarkDecimals)
            }
        }
        return Scale(min(decimals, maximumValueScale))
    }

    private mutating func addBookAccounts(_ setup: EngineSetup, _ own: inout ContractPlan) {
        let capital = own.slot(of: setup.shareClass, at: setup.contractRules.capitalVenue) ?? 0
        let isIsolated = setup.contractRules.marginMode == .isolated
        for (book, engineBook) in setup.books.enumerated() {
            let holder = AccountHolder.book(book)
            func isCash(_ unit: Int) -> Bool {
                units[unit].contract == nil && units[unit].asset == setup.shareClass
            }
            var balances: [AccountIndex] = []
            for slot in own.slots {
                balances.append(
                    add(
                        "\(engineBook.name)/\(slot.venue)/\(slot.asset)", slot.unit, holder, isCash(slot.unit)
                    ))
            }
            var (bases, quotes): ([AccountIndex], [AccountIndex]) = ([], [])
            var (costs, margins): ([AccountIndex?], [AccountIndex?]) = ([], [])
            for (index, instrument) in setup.instruments.enumerated() {
                let settlement = own.settlementSlots[index]
                quotes.append(balances[settlement])
                guard let unit = units.firstIndex(where: { $0.contract == index }) else {
                    bases.append(balances[own.baseSlots[index] ?? 0])
                    costs.append(nil)
                    margins.append(nil)
                    continue
                }
                let name = "\(engineBook.name)/\(instrument.id.venue)/"
                let (type, symbol) = (instrument.id.type.rawValue, instrument.id.symbol)
                let unitOfCost = own.slots[settlement].unit
                bases.append(add(name + "\(type)/\(symbol)", unit, holder, false))
                costs.append(add(name + "cost/\(symbol)", unitOfCost, holder, false))
                margins.append(
                    isIsolated
                        ? add(name + "margin/\(symbol)", unitOfCost, holder, isCash(unitOfCost)) : nil)
            }
            var transit: [AccountIndex?] = []
            for (unit, described) in units.enumerated() {
                let isAsset = described.contract == nil
                transit.append(
                    isAsset
                        ? add("\(engineBook.name)/transit/\(label(unit))", unit, holder, isCash(unit)) : nil)
            }
            own.balances.append(balances)
            own.transit.append(transit)
            own.costs.append(costs)
            own.isolated.append(margins)
            capitalAccounts.append(balances[capital])
            baseAccounts.append(bases)
            quoteAccounts.append(quotes)
        }
    }

    private mutating func addOutsideAccounts(_ setup: EngineSetup, _ own: inout ContractPlan) {
        var market: [AccountIndex] = []
        for (unit, described) in units.enumerated() {
            market.append(add("market/\(label(unit))", unit, .external, false))
            let isAsset = described.contract == nil
            func outside(_ owner: String) -> AccountIndex? {
                isAsset ? add("\(owner)/\(label(unit))", unit, .external, false) : nil
            }
            own.fees.append(outside("fees"))
            own.funding.append(outside("funding"))
            own.insurance.append(outside("insurance"))
            own.bridges.append(outside("bridge"))
        }
        for index in setup.instruments.indices {
            let settlement = own.slots[own.settlementSlots[index]].unit
            let base = units.firstIndex { $0.contract == index }
            marketBase.append(market[base ?? own.slots[own.baseSlots[index] ?? 0].unit])
            marketQuote.append(market[settlement])
            feeAccounts.append(own.fees[settlement] ?? market[settlement])
        }
        let capital = own.slot(of: setup.shareClass, at: setup.contractRules.capitalVenue) ?? 0
        capitalSource = add("capital/\(setup.shareClass)", own.slots[capital].unit, .external, false)
    }

    /// What a unit is called in account names: the asset where all venues share it, else with its venue.
    func label(_ unit: Int) -> String {
        let one = units[unit]
        if one.contract != nil { return "\(one.venue)/contract/\(one.symbol)" }
        let isOnly = units.count { $0.contract == nil && $0.asset == one.asset } == 1
        return isOnly ? one.asset.symbol : "\(one.venue)/\(one.asset)"
    }

    mutating func add(
        _ name: String, _ unit: Int, _ holder: AccountHolder, _ isCash: Bool
    ) -> AccountIndex {
        let one = units[unit]
        accounts.append(
            LedgerAccount(
                name: name, holder: holder, unit: one.symbol,
                scale: one.scale, mark: MarkIndex(unit), isCash: isCash))
        return AccountIndex(accounts.count - 1)
    }
}
