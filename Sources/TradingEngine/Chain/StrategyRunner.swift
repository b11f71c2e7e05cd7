internal import Markets
internal import StrategyKit
internal import Units

/// Calls one strategy. A class per strategy type, so that a step costs one dynamic call and the strategy's
/// state is changed in place, without boxes and uniqueness checks.
class StrategyRunner {
    func start(_ desk: UnsafeMutablePointer<StrategyDesk>) {}
    func receive(_ update: OrderUpdate, _ desk: UnsafeMutablePointer<StrategyDesk>) {}

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

    override func step(
        _ bars: EventQueue<ObservedBar>, _ quotes: EventQueue<ObservedQuote>,
        _ trades: EventQueue<ObservedTrade>, _ desk: UnsafeMutablePointer<StrategyDesk>
    ) {
        var context = StrategyContext(desk: desk)
        var index = 0
        while index < bars.count {
            let observed = bars.place(index)
            strategy.pointee.receive(
                bar: observed.pointee.bar, of: InstrumentIndex(Int(observed.pointee.instrument)), &context)
            index += 1
        }
        index = 0
        while index < quotes.count {
            let observed = quotes.place(index)
            strategy.pointee.receive(
                quote: observed.pointee.quote, of: InstrumentIndex(Int(observed.pointee.instrument)), &context
            )
            index += 1
        }
        index = 0
        while index < trades.count {
            let observed = trades.place(index)
            strategy.pointee.receive(
                trade: observed.pointee.trade, of: InstrumentIndex(Int(observed.pointee.instrument)), &context
            )
            index += 1
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
