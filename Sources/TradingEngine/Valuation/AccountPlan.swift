internal import Accounting
internal import Markets
internal import Units

/// The accounts and valued units of a run: which instrument settles into which accounts, and how each
/// unit is priced.
struct AccountPlan {
    /// A valued unit: an asset at a venue, the share class being one unit for all venues, or a contract.
    struct Unit {
        /// The asset; of a contract the one it settles in.
        let asset: Asset
        let venue: Venue
        /// How the asset is priced in the share class.
        let path: [PriceHop]
        /// Whether it is a token for staked ETH: worth its ratio of ETH, which ``path`` then prices.
        let isStaked: Bool
        /// Place of the instrument, where the unit is a contract.
        let contract: Int?
        /// What accounts of it are called: `BTC`, `BTCUSDT`.
        let symbol: String
        /// Decimals of amounts of the unit.
        let scale: Scale

        init(asset: Asset, venue: Venue, path: [PriceHop], isStaked: Bool = false) {
            (self.asset, self.venue, self.path) = (asset, venue, path)
            (contract, scale, symbol) = (nil, asset.ledgerScale, asset.symbol)
            self.isStaked = isStaked
        }

        /// A contract, counted in its quantity.
        init(_ instrument: Instrument, at place: Int, path: [PriceHop]) {
            (asset, venue, self.path) = (instrument.settlementAsset, instrument.id.venue, path)
            (contract, scale, symbol) = (place, instrument.quantityScale, instrument.id.symbol)
            isStaked = false
        }
    }

    var units: [Unit] = []
    var accounts: [LedgerAccount] = []
    /// By book, then instrument.
    var baseAccounts: [[AccountIndex]] = []
    var quoteAccounts: [[AccountIndex]] = []
    /// By instrument.
    var marketBase: [AccountIndex] = []
    var marketQuote: [AccountIndex] = []
    var feeAccounts: [AccountIndex] = []
    /// By book: where its capital arrives.
    var capitalAccounts: [AccountIndex] = []
    var capitalSource = AccountIndex(0)
    var valueScale = Scale(0)
    /// Accounts that only a run with contracts has.
    var contracts: ContractPlan?
    /// Accounts that only a run with protocols has.
    var protocols: ProtocolPlan?

    /// The largest value scale: 28 decimals leave ten digits before the point.
    static let maximumValueScale = 28
    /// Decimals of a mark that is a product or quotient of prices.
    static let crossMarkDecimals = 12

    /// The accounts of a run: by venue where it holds contracts or protocols, else pooled.
    static func of(_ setup: EngineSetup) throws(EngineError) -> AccountPlan {
        let hasContracts = setup.instruments.contains { $0.contract != nil }
        return hasContracts || setup.hasProtocols
            ? try AccountPlan(contracts: setup) : try AccountPlan(pooled: setup)
    }

    private init(pooled setup: EngineSetup) throws(EngineError) {
        let instruments = setup.instruments
        let home = AccountPlan.homeVenue(setup)
        var decimals = Int(setup.shareClass.ledgerScale.decimals)
        func unit(_ asset: Asset, _ venue: Venue, _ units: inout [Unit]) throws(EngineError) -> Int {
            let place = asset == setup.shareClass ? home : venue
            if let index = units.firstIndex(where: { $0.asset == asset && $0.venue == place }) {
                return index
            }
            guard
                let path = PricePath.find(
                    from: asset, at: venue, to: setup.shareClass, instruments: instruments)
            else {
                throw .noPricePath(
                    asset: asset, shareClass: setup.shareClass, instruments: instruments.map(\.id))
            }
            units.append(Unit(asset: asset, venue: place, path: path))
            return units.count - 1
        }
        var units: [Unit] = []
        let cashUnit = try unit(setup.shareClass, home, &units)
        var unitsOfInstruments: [(base: Int, quote: Int)] = []
        for instrument in instruments {
            let base = try unit(instrument.base, instrument.id.venue, &units)
            let quote = try unit(instrument.quote, instrument.id.venue, &units)
            unitsOfInstruments.append((base, quote))
        }
        for unit in units {
            let own = Int(unit.asset.ledgerScale.decimals)
            switch unit.path.count {
            case 0: decimals = max(decimals, own)
            case 1 where !unit.path[0].isInverse:
                let hop = unit.path[0].instrument.position
                let price = MarkSource.of(instruments[hop], setup.series[hop]).scale
                decimals = max(decimals, own + Int(price.decimals))
            default: decimals = max(decimals, own + AccountPlan.crossMarkDecimals)
            }
        }
        self.units = units
        valueScale = Scale(min(decimals, AccountPlan.maximumValueScale))
        addAccounts(setup, unitsOfInstruments, cashUnit: cashUnit, home: home)
    }

    /// The venue where capital arrives: the first that quotes in the share class, else the first.
    private static func homeVenue(_ setup: EngineSetup) -> Venue {
        let quoting = setup.instruments.first { $0.quote == setup.shareClass } ?? setup.instruments.first
        guard let quoting else { return Venue("wallet")! }
        return quoting.id.venue
    }

    private mutating func addAccounts(
        _ setup: EngineSetup, _ instruments: [(base: Int, quote: Int)], cashUnit: Int, home: Venue
    ) {
        for (book, engineBook) in setup.books.enumerated() {
            var own: [AccountIndex?] = Array(repeating: nil, count: units.count)
            func account(_ unit: Int, _ plan: inout AccountPlan) -> AccountIndex {
                if let known = own[unit] { return known }
                let index = plan.add(
                    engineBook.name, unit, holder: .book(book),
                    isCash: plan.units[unit].asset == setup.shareClass)
                own[unit] = index
                return index
            }
            capitalAccounts.append(account(cashUnit, &self))
            baseAccounts.append(instruments.map { account($0.base, &self) })
            quoteAccounts.append(instruments.map { account($0.quote, &self) })
        }
        var market: [AccountIndex?] = Array(repeating: nil, count: units.count)
        var fees: [AccountIndex?] = Array(repeating: nil, count: units.count)
        for pair in instruments {
            for unit in [pair.base, pair.quote] where market[unit] == nil {
                market[unit] = add("market", unit, holder: .external, isCash: false)
            }
            if fees[pair.quote] == nil {
                fees[pair.quote] = add("fees", pair.quote, holder: .external, isCash: false)
            }
            if let base = market[pair.base], let quote = market[pair.quote], let fee = fees[pair.quote] {
                marketBase.append(base)
                marketQuote.append(quote)
                feeAccounts.append(fee)
            }
        }
        capitalSource = add("capital", cashUnit, holder: .external, isCash: false)
    }

    private mutating func add(_ owner: String, _ unit: Int, holder: AccountHolder, isCash: Bool)
        -> AccountIndex
    {
        let (asset, venue) = (units[unit].asset, units[unit].venue)
        accounts.append(
            LedgerAccount(
                name: "\(owner)/\(venue)/\(asset)", holder: holder, unit: asset.symbol,
                scale: asset.ledgerScale, mark: MarkIndex(unit), isCash: isCash))
        return AccountIndex(accounts.count - 1)
    }
}
