internal import Markets
internal import StrategyKit
internal import Trading
internal import Units

/// Calls one strategy. A class per strategy type, so that a step costs one dynamic call and the strategy's
/// state is changed in place, without boxes and uniqueness checks.
class StrategyRunner {
    func start(_ desk: UnsafeMutablePointer<StrategyDesk>) {}
    func receive(_ update: OrderUpdate, _ desk: UnsafeMutablePointer<StrategyDesk>) {}
    func receive(_ update: AccountUpdate, _ desk: UnsafeMutablePointer<StrategyDesk>) {}

    /// Hands over one step's observations, then ends the step.
    func step(
        _ bars: EventQueue<ObservedBar>, _ quotes: EventQueue<ObservedQuote>,
        _ trades: EventQueue<ObservedTrade>, _ desk: UnsafeMutablePointer<StrategyDesk>
    ) {}

    /// Hands over one step's values of series; before ``step(_:_:_:_:)`` of the same time.
    func receive(_ observations: [SeriesObservation], _ desk: UnsafeMutablePointer<StrategyDesk>) {}

    /// A runner of a strategy made from a setup. Throws what the strategy refuses.
    static func make<S: Strategy>(
        _ type: S.Type, _ setup: StrategySetup
    ) throws(ParameterProblem) -> StrategyRunner {
        TypedStrategyRunner(try S(setup))
    }
}

/// Calls a strategy of one type.
final class TypedStrategyRunner<S: Strategy>: StrategyRunner {
    private let strategy: UnsafeMutablePointer<S>

    init(_ strategy: S) {
        self.strategy = UnsafeMutablePointer<S>.allocate(capacity: 1)
        self.strategy.initialize(to: strategy)
    }

    deinit {
        strategy.deinitialize(count: 1)
        strategy.deallocate()
    }

    override func start(_ desk: UnsafeMutablePointer<StrategyDesk>) {
        var context = StrategyContext(desk: desk)
        strategy.pointee.started(&context)
    }

    override func receive(_ update: OrderUpdate, _ desk: UnsafeMutablePointer<StrategyDesk>) {
        var context = StrategyContext(desk: desk)
        strategy.pointee.receive(update: update, &context)
    }

    override func receive(_ update: AccountUpdate, _ desk: UnsafeMutablePointer<StrategyDesk>) {
        var context = StrategyContext(desk: desk)
        strategy.pointee.receive(account: update, &context)
    }

    override func step(
        _ bars: EventQueue<ObservedBar>, _ quotes: EventQueue<ObservedQuote>,
        _ trades: EventQueue<ObservedTrade>, _ desk: UnsafeMutablePointer<StrategyDesk>
    ) {
        var context = StrategyContext(desk: desk)
        for observed in bars.values {
            strategy.pointee.receive(
                bar: observed.bar, of: InstrumentIndex(Int(observed.instrument)), &context)
        }
        for observed in quotes.values {
            strategy.pointee.receive(
                quote: observed.quote, of: InstrumentIndex(Int(observed.instrument)), &context)
        }
        for observed in trades.values {
            strategy.pointee.receive(
                trade: observed.trade, of: InstrumentIndex(Int(observed.instrument)), &context)
        }
        strategy.pointee.stepEnded(&context)
    }

    override func receive(
        _ observations: [SeriesObservation], _ desk: UnsafeMutablePointer<StrategyDesk>
    ) {
        var context = StrategyContext(desk: desk)
        for observation in observations { strategy.pointee.receive(observation: observation, &context) }
    }
}
