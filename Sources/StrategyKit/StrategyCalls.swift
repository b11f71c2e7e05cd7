public import Markets
public import Trading

/// The calls that the engine makes to one strategy, compiled with the strategy's own type.
///
/// ``Strategy/calls(_:)`` makes them where the strategy is defined, so that a call costs one jump and what it
/// does is inlined there, without witness tables, boxes and uniqueness checks on the strategy's state, which
/// is changed in place.
public final class StrategyCalls {
    @usableFromInline package typealias Desk = UnsafeMutablePointer<StrategyDesk>

    @usableFromInline package let started: (Desk) -> Void
    @usableFromInline package let updated: (UnsafePointer<OrderUpdate>, Desk) -> Void
    @usableFromInline package let accountUpdated: (AccountUpdate, Desk) -> Void
    @usableFromInline package let observed: (SeriesObservation, Desk) -> Void
    @usableFromInline package let bar: (UnsafePointer<Bar>, InstrumentIndex, Desk) -> Void
    @usableFromInline package let quote: (UnsafePointer<Quote>, InstrumentIndex, Desk) -> Void
    @usableFromInline package let trade: (UnsafePointer<TradeTick>, InstrumentIndex, Desk) -> Void
    @usableFromInline package let stepEnded: (Desk) -> Void
    /// A step's only observation, and the end of the step. By value: the caller has it in registers, and what
    /// is behind a pointer would be copied once more.
    @usableFromInline package let soleBar: (Bar, InstrumentIndex, Desk) -> Void
    @usableFromInline package let soleQuote: (Quote, InstrumentIndex, Desk) -> Void
    @usableFromInline let release: () -> Void

    /// Calls of a strategy that these own from now on.
    @inlinable
    init<S: Strategy>(_ strategy: S) {
        let place = UnsafeMutablePointer<S>.allocate(capacity: 1)
        place.initialize(to: strategy)
        started = { desk in
            var context = StrategyContext(desk: desk)
            place.pointee.started(&context)
        }
        updated = { update, desk in
            var context = StrategyContext(desk: desk)
            place.pointee.receive(update: update.pointee, &context)
        }
        accountUpdated = { update, desk in
            var context = StrategyContext(desk: desk)
            place.pointee.receive(account: update, &context)
        }
        observed = { observation, desk in
            var context = StrategyContext(desk: desk)
            place.pointee.receive(observation: observation, &context)
        }
        bar = { bar, instrument, desk in
            var context = StrategyContext(desk: desk)
            place.pointee.receive(bar: bar.pointee, of: instrument, &context)
        }
        quote = { quote, instrument, desk in
            var context = StrategyContext(desk: desk)
            place.pointee.receive(quote: quote.pointee, of: instrument, &context)
        }
        trade = { trade, instrument, desk in
            var context = StrategyContext(desk: desk)
            place.pointee.receive(trade: trade.pointee, of: instrument, &context)
        }
        stepEnded = { desk in
            var context = StrategyContext(desk: desk)
            place.pointee.stepEnded(&context)
        }
        soleBar = { bar, instrument, desk in
            var context = StrategyContext(desk: desk)
            place.pointee.receive(bar: bar, of: instrument, &context)
            place.pointee.stepEnded(&context)
        }
        soleQuote = { quote, instrument, desk in
            var context = StrategyContext(desk: desk)
            place.pointee.receive(quote: quote, of: instrument, &context)
            place.pointee.stepEnded(&context)
        }
        release = {
            place.deinitialize(count: 1)
            place.deallocate()
        }
    }

    deinit { release() }
}

extension Strategy {
    @inlinable
    public static func calls(_ setup: StrategySetup) throws(ParameterProblem) -> StrategyCalls {
        StrategyCalls(try Self(setup))
    }
}
