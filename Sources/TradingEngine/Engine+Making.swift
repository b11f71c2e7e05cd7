internal import StrategyKit

extension Engine {
    /// The strategies of a run, as the engine calls them; throws what one has against its parameters or run.
    static func makeStrategies(_ setup: EngineSetup) throws(EngineError) -> [StrategyCalls] {
        var made: [StrategyCalls] = []
        for book in setup.books {
            let strategySetup = StrategySetup(
                parameters: book.parameters, instruments: setup.instruments, series: setup.series,
                shareClass: setup.shareClass)
            do throws(ParameterProblem) {
                made.append(try book.strategy.calls(strategySetup))
            } catch { throw .strategyRefused(book: book.name, problem: error) }
        }
        return made
    }
}
