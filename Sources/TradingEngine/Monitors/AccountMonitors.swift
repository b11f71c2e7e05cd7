package import Accounting
package import Markets
internal import StrategyKit
package import Trading
package import Units

/// The exposure monitor and the risk monitor of a run with contracts or protocols: they look at every
/// account before strategies decide. One for each such run; plain spot runs never touch it.
///
/// What they measure is a pure function of a snapshot (``RiskStanding``); here snapshots are taken from the
/// books and the venues' reports.
package final class AccountMonitors {
    /// What one book holds of one asset, and of what counts as it.
    package struct ExposedAsset {
        /// The asset.
        package let asset: Asset
        /// The accounts whose values are exposure to it.
        package let accounts: [AccountIndex]
    }

    /// By book, the assets that the run's instruments are on.
    package let exposed: [[ExposedAsset]]
    /// By book, whether its strategy hedges.
    package let isHedged: [Bool]
    /// Bounds of the risk monitor.
    package let bands: RiskBands
    /// What was said and why, oldest first, up to ``mostRebalances``.
    package internal(set) var rebalances: [RebalanceRecord] = []
    /// Rebalances that a run keeps for its results.
    package static let mostRebalances = 100_000

    private let ledger: Ledger
    private let contracts: ContractBooks
    private let protocols: ProtocolBooks?
    private let marks: MarkBook
    private let shareClass: Asset
    /// The instrument that prices the share class in dollars; nil where it is a dollar, or none does.
    private let dollarPlace: Int?
    private var snapshots: [AccountSnapshot?]
    private var standings: [RiskStanding]
    /// By book, then measure.
    private var known: [[RiskBand]]

    init?(
        _ setup: EngineSetup, _ plan: AccountPlan, _ ledger: Ledger, _ marks: MarkBook,
        _ contracts: ContractBooks?, _ protocols: ProtocolBooks?
    ) {
        guard let contracts else { return nil }
        (self.ledger, self.marks, self.contracts, self.protocols) = (ledger, marks, contracts, protocols)
        (shareClass, bands) = (setup.shareClass, setup.bands)
        isHedged = setup.books.map { $0.strategy.descriptor.exposure == .neutral }
        exposed = setup.books.indices.map { AccountMonitors.exposed(of: $0, setup, plan, ledger) }
        dollarPlace = AccountMonitors.dollarPlace(setup)
        snapshots = setup.books.map { _ in nil }
        standings = setup.books.map { _ in .none }
        known = setup.books.map { _ in RiskMeasure.allCases.map { _ in .normal } }
    }

    /// What an asset counts as: ETH for what wraps or stakes it.
    private static func counted(_ asset: Asset) -> Asset {
        asset.isStakedEther ? .ether : asset.unwrapped
    }

    private static func exposed(
        of book: Int, _ setup: EngineSetup, _ plan: AccountPlan, _ ledger: Ledger
    ) -> [ExposedAsset] {
        var assets: [Asset] = []
        var contracts: [(account: AccountIndex, asset: Asset)] = []
        for (index, instrument) in setup.instruments.enumerated() {
            let base = counted(instrument.base)
            let asset = base == setup.shareClass ? counted(instrument.quote) : base
            if asset != setup.shareClass && !assets.contains(asset) { assets.append(asset) }
            guard let contract = instrument.contract else { continue }
            let account = plan.baseAccounts[book][index]
            contracts.append((account, contract.settlement == .linear ? instrument.base : instrument.quote))
        }
        let own = ledger.accounts.enumerated().filter { $0.element.holder == .book(book) }
        return assets.map { asset in
            let accounts = own.compactMap { place, account -> AccountIndex? in
                let index = AccountIndex(place)
                if let contract = contracts.first(where: { $0.account == index }) {
                    return counted(contract.asset) == asset ? index : nil
                }
                return Asset(account.unit).map(counted) == asset ? index : nil
            }
            return ExposedAsset(asset: asset, accounts: accounts)
        }
    }

    /// Dollars themselves first, then tokens that stand for them.
    private static func dollarPlace(_ setup: EngineSetup) -> Int? {
        let own = setup.instruments.indices.filter {
            setup.instruments[$0].base.unwrapped == setup.shareClass && setup.instruments[$0].contract == nil
                && !setup.instruments[$0].id.type.isProtocolToken
        }
        if let place = own.first(where: { setup.instruments[$0].quote.symbol == "USD" }) { return place }
        if isDollar(setup.shareClass) { return nil }
        return own.first { isDollar(setup.instruments[$0].quote) }
    }

    private static func isDollar(_ asset: Asset) -> Bool { ["USD", "USDT", "USDC"].contains(asset.symbol) }
}

extension AccountMonitors {
    /// A book's account at the present marks.
    package func snapshot(of book: Int, at time: Instant) throws(ArithmeticOverflow) -> AccountSnapshot {
        var exposures: [AssetExposure] = []
        for one in exposed[book] {
            var value: Int128 = 0
            for account in one.accounts {
                value = try WideArithmetic.add(value, ledger.value(of: account), "an exposure")
            }
            let units = try ledger.valueScale.convert(
                value, to: shareClass.ledgerScale, rounding: .halfEven)
            exposures.append(AssetExposure(one.asset, Amount(units: units)))
        }
        var margins: [MarginView] = []
        for account in contracts.accounts[book] where contracts.hasPositions(account) {
            margins.append(contracts.view(of: account, try contracts.state(of: account)))
        }
        var snapshot = AccountSnapshot(
            time: time, shareClass: shareClass, equity: ledger.equity(of: book, in: shareClass),
            exposures: exposures, margins: margins, loan: protocols?.view?.loan(book: book))
        if let place = dollarPlace {
            if let (price, scale) = marks.rawPrice(place) {
                snapshot.dollars = ExactDecimal(mantissa: Int128(price), scale: scale)
            }
        } else if AccountMonitors.isDollar(shareClass) {
            snapshot.dollars = ExactDecimal(1)
        }
        return snapshot
    }

    /// What the risk monitor makes of a book's account at the present marks.
    package func standing(
        of book: Int, in snapshot: AccountSnapshot
    ) throws(ArithmeticOverflow) -> RiskStanding {
        try RiskStanding(of: snapshot, bands: bands, isHedged: isHedged[book])
    }

    /// Looks at a book's account.
    ///
    /// - Returns: the readings that came into another band since the last look; one that no longer applies
    ///   counts as normal.
    func look(at book: Int, at time: Instant) throws(ArithmeticOverflow) -> [RiskReading] {
        let snapshot = try snapshot(of: book, at: time)
        let standing = try standing(of: book, in: snapshot)
        (snapshots[book], standings[book]) = (snapshot, standing)
        var moved: [RiskReading] = []
        for measure in RiskMeasure.allCases {
            let reading = standing[measure] ?? RiskReading(measure, .zero, .normal)
            guard reading.band != known[book][Int(measure.rawValue)] else { continue }
            known[book][Int(measure.rawValue)] = reading.band
            moved.append(reading)
        }
        return moved
    }

    /// Whether a book may only reduce, by the last look.
    func isOverridden(_ book: Int) -> Bool { standings[book].isOverriding(isHedged: isHedged[book]) }

    /// Keeps what a strategy said.
    func note(_ action: PositionAction, _ reason: RebalanceReason, book: Int, at time: Instant) {
        guard rebalances.count < AccountMonitors.mostRebalances else { return }
        rebalances.append(
            RebalanceRecord(
                time: time, book: book, action: action, reason: reason,
                netDelta: snapshots[book]?.netDelta ?? .zero, readings: standings[book].readings))
    }

    /// What a book's strategy sees.
    func book(_ book: Int) -> any MonitorBook { BookView(monitors: self, book: book) }

    private final class BookView: MonitorBook {
        unowned let monitors: AccountMonitors
        let book: Int

        init(monitors: AccountMonitors, book: Int) { (self.monitors, self.book) = (monitors, book) }

        func snapshot() -> AccountSnapshot? { monitors.snapshots[book] }
        func standing() -> RiskStanding { monitors.standings[book] }
        func isOverridden() -> Bool { monitors.isOverridden(book) }
    }
}

/// What a strategy changed and why, with its account as it was before.
package struct RebalanceRecord: Hashable, Sendable {
    /// When.
    package let time: Instant
    /// Whose.
    package let book: Int
    /// What it meant to do.
    package let action: PositionAction
    /// Why.
    package let reason: RebalanceReason
    /// Net delta before, in the share class.
    package let netDelta: Amount
    /// What the risk monitor measured before.
    package let readings: [RiskReading]
}
