import Markets
import StrategyKit
import Synchronization
import Trading
import TradingEngine
import Units

/// One call that a strategy got, and what its context showed then.
enum Heard: Hashable, Sendable {
    case started
    case bar(Bar, InstrumentIndex)
    case quote(Quote, InstrumentIndex)
    case trade(TradeTick, InstrumentIndex)
    case observation(SeriesObservation)
    case update(OrderUpdate)
    case stepEnded

    /// The kind of call, for lists of them.
    var name: String {
        switch self {
        case .started: "started"
        case .bar(_, let index): "bar \(index.position)"
        case .quote(_, let index): "quote \(index.position)"
        case .trade(_, let index): "trade \(index.position)"
        case .observation(let row): "\(row.kind.rawValue) \(row.name)"
        case .update(let update): "order \(update.order.id.number) \(update.order.status.name)"
        case .stepEnded: "step ended"
        }
    }
}

/// Records every call of one strategy and acts by a script.
final class Script: Sendable {
    typealias Action = @Sendable (Heard, inout StrategyContext) -> Void

    private let heard = Mutex<[Heard]>([])
    let action: Action

    init(_ action: @escaping Action = { _, _ in }) { self.action = action }

    /// Calls since the last time it was asked.
    func take() -> [Heard] {
        heard.withLock { heard in
            defer { heard = [] }
            return heard
        }
    }

    /// Names of the calls since the last time it was asked.
    func takeNames() -> [String] { take().map(\.name) }

    func hear(_ call: Heard, _ context: inout StrategyContext) {
        heard.withLock { $0.append(call) }
        action(call, &context)
    }

    /// Scripts by key, as an engine makes its strategies from types alone.
    private static let scripts = Mutex<[Script]>([])

    /// A book that follows this script.
    func book(_ name: String = "scripted", capital: ExactDecimal = ExactDecimal(100_000)) -> EngineBook {
        let key = Script.scripts.withLock { scripts in
            scripts.append(self)
            return scripts.count - 1
        }
        let (parameters, _) = Parameters.resolve(
            [NamedParameter("script", .number(ExactDecimal(key)))],
            schema: ScriptedStrategy.descriptor.parameters)
        return EngineBook(
            name: name, strategy: ScriptedStrategy.self, parameters: parameters, capital: capital)
    }

    static func script(_ key: Int) -> Script { scripts.withLock { $0[key] } }
}

struct ScriptedStrategy: Strategy {
    static let descriptor = StrategyDescriptor(
        name: "scripted", summary: "Follows a script of a test.",
        parameters: [ParameterDescription("script", .integer(0...1_000_000), summary: "Which.")],
        barHistory: 3)

    private let script: Script

    init(_ setup: StrategySetup) throws(ParameterProblem) {
        script = Script.script(try setup.parameters.integer("script"))
    }

    mutating func started(_ context: inout StrategyContext) { script.hear(.started, &context) }
    mutating func receive(bar: Bar, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        script.hear(.bar(bar, instrument), &context)
    }
    mutating func receive(quote: Quote, of instrument: InstrumentIndex, _ context: inout StrategyContext) {
        script.hear(.quote(quote, instrument), &context)
    }
    mutating func receive(trade: TradeTick, of instrument: InstrumentIndex, _ context: inout StrategyContext)
    {
        script.hear(.trade(trade, instrument), &context)
    }
    mutating func receive(observation: SeriesObservation, _ context: inout StrategyContext) {
        script.hear(.observation(observation), &context)
    }
    mutating func receive(update: OrderUpdate, _ context: inout StrategyContext) {
        script.hear(.update(update), &context)
    }
    mutating func stepEnded(_ context: inout StrategyContext) { script.hear(.stepEnded, &context) }
}
