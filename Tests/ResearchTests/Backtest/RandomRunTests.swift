import Accounting
import Markets
import Research
import Simulation
import StrategyKit
import Testing
import Units

/// What holds of every run, over thousands of small random ones.
@Suite struct RandomRunTests {
    @Test func theBooksOfEveryRunAgreeWithItsFillsExactly() throws {
        var (fills, makers) = (0, 0)
        for seed in 0..<UInt64(2_000) {
            var shape = RandomRun.Shape()
            shape.strategies = 1...3
            let run = RandomRun(seed: seed, shape: shape)
            let result = try run.run()
            let books = IndependentBooks(result)
            #expect(result.attributionResidual.description == "0", "seed \(seed)")
            #expect(result.finalEquity == books.equity(result, run.raw), "seed \(seed)")
            #expect(books.wrongFee == nil, "seed \(seed): \(books.wrongFee ?? "")")
            let sum = result.attribution.reduce(Int128(0)) {
                $0 + (try! $1.mantissa(at: Scale(28), rounding: .down))
            }
            let change =
                try result.finalEquity.mantissa(at: Scale(28), rounding: .down)
                - (try result.initialEquity.mantissa(at: Scale(28), rounding: .down))
            #expect(sum == change, "seed \(seed)")
            fills += result.fillCount
            makers += result.fills.filter { $0.cause == "limit" }.count
            #expect(result.fillCount == result.fills.count)
        }
        #expect(
            fills > 4_000 && makers > 500, "the runs are worth making: \(fills) fills, \(makers) of limits")
    }

    @Test func runsOverCrossPairsLeaveNoResidual() throws {
        var fills = 0
        for seed in 0..<UInt64(400) {
            var shape = RandomRun.Shape()
            shape.crossPairs = true
            let result = try RandomRun(seed: seed, shape: shape).run()
            #expect(result.attributionResidual.description == "0", "seed \(seed)")
            fills += result.fillCount
        }
        #expect(fills > 800, "\(fills)")
    }

    @Test func equalInputsGiveOneLogWhateverTheOrderOfSeriesAndWhateverIsKept() throws {
        for seed in 0..<UInt64(300) {
            var shape = RandomRun.Shape()
            shape.strategies = 1...2
            let run = RandomRun(seed: seed, shape: shape)
            let first = try run.run()
            let again = try run.run(run.series.reversed(), keepsRecords: false)
            #expect(first.logHash == again.logHash, "seed \(seed)")
            #expect(first.finalEquity == again.finalEquity && first.fees == again.fees, "seed \(seed)")
            #expect(
                first.fillCount == again.fillCount && first.tradeCount == again.tradeCount, "seed \(seed)")
            #expect(first.attribution == again.attribution && first.steps == again.steps, "seed \(seed)")
            #expect(first.inputsStem == again.inputsStem && again.fills.isEmpty)
        }
    }

    @Test func theSeedDecidesOnlyWhatIsDrawn() throws {
        var (drawn, differing) = (0, 0)
        for seed in 0..<UInt64(300) {
            var run = RandomRun(seed: seed)
            let first = try run.run()
            run.plan.seed += 1
            let other = try run.run()
            var draws = false
            if case .uniform = run.plan.execution.orderLatency { draws = true }
            if case .uniform = run.plan.execution.reportLatency { draws = true }
            if draws {
                drawn += 1
                #expect(first.logHash != other.logHash)
                if first.fills != other.fills { differing += 1 }
            } else {
                #expect(first.logHash == other.logHash && first.fills == other.fills, "seed \(seed)")
            }
        }
        #expect(drawn > 40 && differing > 15, "\(differing) of \(drawn) differ")
    }

    /// A change of this constant is a change of the log's bytes, and must be wanted. The same in debug and
    /// release.
    ///
    /// The run is one of two random traders over bars, quotes and trades. The hash covers every byte: the
    /// inputs in words (market lines included), the binary form of each record, the order of steps and
    /// reports, and what the traders ask for, which they draw anew at every bar and at every news of an
    /// order. So it moves when strategies hear of more: it was f9511f13... until a cancel or amend of an
    /// order that has ended was told to its strategy (`refuse` of the engine). That news taken away gives
    /// the old hash again. What working buys reserve changes nothing in this run.
    @Test func theLogOfOneRunIsPinned() throws {
        var shape = RandomRun.Shape()
        shape.strategies = 2...2
        let result = try RandomRun(seed: 18, shape: shape).run()
        #expect(result.fillCount >= 4)
        #expect(
            result.logHash.description == "f783fabebbaa4d9c294dbeae243ee49c3bd8a8c8a781a5ec1d51c84b532b1503")
    }
}
