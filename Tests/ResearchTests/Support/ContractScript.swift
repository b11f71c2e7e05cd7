import Accounting
import Markets
import Research
import Simulation
import StrategyKit
import Synchronization
import Trading
import Units

/// What a scripted strategy of a run with contracts does at the end of each step, and what it heard.
final class ContractScript: Sendable {
    typealias Action = @Sendable (Int, inout StrategyContext) -> Void

    private let heard = Mutex<[AccountUpdate]>([])
    private let orders = Mutex<[OrderUpdate]>([])
    private let action: Action

    init(_ action: @escaping Action) { self.action = action }

    /// News of accounts, in order.
    var updates: [AccountUpdate] { heard.withLock { $0 } }
    /// News of orders, in order.
    var orderUpdates: [OrderUpdate] { orders.withLock { $0 } }

    func act(_ step: Int, _ context: inout StrategyContext) { action(step, &context) }
    func hear(_ update: AccountUpdate) { heard.withLock { $0.append(update) } }
    func hear(_ update: OrderUpdate) { orders.withLock { $0.append(update) } }

    private static let scripts = Mutex<[ContractScript]>([])

    /// A place for a strategy of the run that follows this script.
    ///
    /// - Parameter hedges: whether the strategy is one that hedges.
    func planned(_ account: String = "book", capital: Int = 1_000, hedges: Bool = false) -> PlannedStrategy {
        let key = ContractScript.scripts.withLock { scripts in
            scripts.append(self)
            return scripts.count - 1
        }
        return PlannedStrategy(
            account: account, strategy: hedges ? "hedged-script" : "contract-script",
            parameters: [NamedParameter("script", .number(ExactDecimal(key)))],
            capital: ExactDecimal(capital))
    }

    static func script(_ key: Int) -> ContractScript { scripts.withLock { $0[key] } }
}

struct ContractScriptStrategy: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "contract-script", summary: "Follows a script of a test.",
        parameters: [ParameterDescription("script", .integer(0...1_000_000), summary: "Which.")])

    private let script: ContractScript
    private var step = 0

    init(_ setup: StrategySetup) throws(ParameterProblem) {
        script = ContractScript.script(try setup.parameters.integer("script"))
    }

    mutating func receive(account update: AccountUpdate, _ context: inout StrategyContext) {
        script.hear(update)
    }
    mutating func receive(update: OrderUpdate, _ context: inout StrategyContext) { script.hear(update) }
    mutating func stepEnded(_ context: inout StrategyContext) {
        script.act(step, &context)
        step += 1
    }
}

/// The same, as a strategy that hedges: risk overrides it by its margin, too.
struct HedgedScriptStrategy: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "hedged-script", summary: "Follows a script of a test.", exposure: .neutral,
        parameters: ContractScriptStrategy.descriptor.parameters)

    private var script: ContractScriptStrategy

    init(_ setup: StrategySetup) throws(ParameterProblem) { script = try ContractScriptStrategy(setup) }

    mutating func receive(account update: AccountUpdate, _ context: inout StrategyContext) {
        script.receive(account: update, &context)
    }
    mutating func receive(update: OrderUpdate, _ context: inout StrategyContext) {
        script.receive(update: update, &context)
    }
    mutating func stepEnded(_ context: inout StrategyContext) { script.stepEnded(&context) }
}

/// A small run with contracts over hourly bars.
struct ContractRun {
    var series: [MarketSeries] = []
    var plan: BacktestPlan

    static let registry = StrategyRegistry([
        ContractScriptStrategy.self, HedgedScriptStrategy.self, ContractTrader.self,
    ])

    init(_ strategies: [PlannedStrategy], shareClass: String = "USDT") {
        let units = strategies.reduce(Int128(0)) { $0 + ($1.capital.exactMantissa(at: Scale(8)) ?? 0) }
        plan = BacktestPlan(
            name: "contracts", strategies: strategies,
            capital: ExactDecimal(mantissa: units, scale: Scale(8)).normalized,
            shareClass: Asset(shareClass)!,
            execution: ExecutionModel(commission: CommissionModel()))
    }

    /// 10 inverse contracts of 100 USD bought at 100 on 1 BTC of margin, by one with 3 BTC; then 90.
    static func inverseLong() throws -> ContractRun {
        let script = ContractScript { step, context in
            guard step == 0 else { return }
            context.transfer(Amount(units: 100_000_000), of: Asset("BTC")!, from: .wallet, to: Venue("one")!)
            context.submit(OrderRequest(.buy, Quantity(mantissa: 1_000_000_000), of: InstrumentIndex(0)))
        }
        var run = ContractRun([script.planned(capital: 3)], shareClass: "BTC")
        run.addBars("one:perp:BTCUSD", [10_000, 10_000, 9_000, 9_000])
        run.plan.instruments = [
            InstrumentOverride(
                instrument: InstrumentID("one:perp:BTCUSD")!,
                contract: try ContractTerms(settlement: .inverse, size: ExactDecimal(100)))
        ]
        return run
    }

    /// Adds hourly bars that open and close at the given prices (two decimals), the first from an hour on.
    mutating func addBars(_ id: String, _ closes: [Int64], from first: Int = 0) {
        var last = closes[0]
        let rows = closes.enumerated().map { hour, close -> [Int64] in
            defer { last = close }
            return [Int64(first + hour) * 60, last, max(last, close), min(last, close), close, 1_000]
        }
        series.append(TestSeries.bars(id, rows, timeframe: .fixed(.hour)))
    }

    /// Adds funding: times in nanoseconds since 1970 with rates of eight decimals.
    mutating func addFunding(_ id: String, _ rows: [(time: Int64, rate: Int64)]) {
        let columns = SeriesColumns.values(
            ValueColumns(
                time: Column(rows.map(\.time)), names: ["rate"], values: [Column(rows.map(\.rate))]))
        series.append(TestSeries.series(id, .funding, columns, 8, 0))
    }

    /// Adds values of one name: times in nanoseconds since 1970.
    mutating func addValues(
        _ id: String, _ kind: SeriesKind, _ name: String, _ rows: [(time: Int64, value: Int64)], scale: Int
    ) {
        let columns = SeriesColumns.values(
            ValueColumns(
                time: Column(rows.map(\.time)), names: [name], values: [Column(rows.map(\.value))]))
        series.append(TestSeries.series(id, kind, columns, scale, 0))
    }

    func run() throws -> BacktestResult {
        try Backtest.run(
            plan: plan, series: series, registry: Self.registry,
            options: BacktestOptions(keepsRecords: true, keepsLedger: true))
    }
}

extension Int64 {
    /// Nanoseconds of an hour since 1970.
    static func hour(_ hour: Int) -> Int64 { Int64(hour) * 3_600_000_000_000 }
}

extension BacktestResult {
    /// Balance of an account at the end, by the postings alone, as decimal text.
    func balance(_ account: String) -> String {
        guard let place = accounts.firstIndex(where: { $0.name == account }) else { return "no account" }
        let units = ledger.reduce(Int128(0)) { $0 + ($1.account.position == place ? $1.amount.units : 0) }
        return ExactDecimal(mantissa: units, scale: accounts[place].scale).description
    }

    /// Whether every transaction sums to zero in each unit, which is what conservation means.
    var isConserved: Bool {
        var sums: [String: Int128] = [:]
        for line in ledger { sums[accounts[line.account.position].asset, default: 0] += line.amount.units }
        return sums.values.allSatisfy { $0 == 0 }
    }

    func attributed(_ key: String) -> String {
        let place = ["price", "basis", "funding"].firstIndex(of: key)
        if let place { return attribution[place].description }
        return key == "liquidation" ? attribution[10].description : attribution[7].description
    }
}
