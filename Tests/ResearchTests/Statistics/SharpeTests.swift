import Research
import Testing
import Units

/// Probabilistic and deflated Sharpe ratio by the examples of their papers and by simulation.
@Suite struct SharpeTests {
    /// Bailey and López de Prado 2014, numerical example: a Sharpe ratio of 2.5 a year over 1,250 days,
    /// skewness -3, kurtosis 10; the trials' variance is 1/2 a year.
    @Test func theExampleOfThePaperComesOut() throws {
        let day = 2.5 / 250.0.squareRoot()
        for (trials, threshold, expected) in [(100, 0.1132, 0.9004), (46, nil, 0.9505)]
            as [(Int, Double?, Double)]
        {
            let level = try #require(DeflatedSharpe.expectedMaximum(trials: trials, variance: 0.5 / 250))
            if let threshold { #expect(abs(level - threshold) < 5e-5) }
            let probability = try #require(
                ProbabilisticSharpe(sharpe: day, threshold: level, periods: 1_250, skewness: -3, kurtosis: 10)
            )
            #expect(abs(probability.value - expected) < 5e-5, "\(probability.value)")
        }
        // With normal returns the paper has 0.9505 for 88 trials.
        let level = try #require(DeflatedSharpe.expectedMaximum(trials: 88, variance: 0.5 / 250))
        let normal = try #require(
            ProbabilisticSharpe(sharpe: day, threshold: level, periods: 1_250, skewness: 0, kurtosis: 3))
        #expect(abs(normal.value - 0.9505) < 5e-4, "\(normal.value)")
    }

    /// With the number of periods that it asks for, a probability is the confidence.
    @Test func theMinimumTrackRecordGivesTheConfidence() throws {
        let short = try #require(
            ProbabilisticSharpe(sharpe: 0.1, threshold: 0.02, periods: 50, skewness: -0.7, kurtosis: 6))
        let needed = try #require(short.minimumPeriods(confidence: 0.95))
        // Written out: 1 + (1 + 0.07 + 1.25 * 0.01) * (1.6448536269514722 / 0.08)^2.
        #expect(abs(needed - 458.617_310_790_4) < 1e-6, "\(needed)")
        let long = try #require(
            ProbabilisticSharpe(
                sharpe: 0.1, threshold: 0.02, periods: Int(needed.rounded()), skewness: -0.7, kurtosis: 6))
        #expect(abs(long.value - 0.95) < 1e-3)
        #expect(short.minimumPeriods(confidence: 1) == nil)
        let below = try #require(
            ProbabilisticSharpe(sharpe: 0.01, threshold: 0.02, periods: 50, skewness: 0, kurtosis: 3))
        #expect(below.minimumPeriods() == nil && below.value < 0.5)
    }

    /// The expected maximum is that of drawing: 4,000 times the best of 50 normal numbers.
    @Test func theExpectedMaximumIsThatOfDraws() throws {
        var random = SplitMix64(seed: 11)
        var sum = 0.0
        for _ in 0..<4_000 {
            let best = (0..<50).compactMap { _ in NormalDistribution.quantile(random.unitDouble()) }.max()
            sum += try #require(best)
        }
        let expected = try #require(DeflatedSharpe.expectedMaximum(trials: 50, variance: 1))
        #expect(abs(sum / 4_000 - expected) < 0.04, "\(sum / 4_000) \(expected)")
    }

    /// The best of 400 strategies without skill looks good and is not believed; a planted edge is.
    @Test func theBestOfManyWithoutSkillIsRejected() throws {
        var random = SplitMix64(seed: 5)
        func trial(_ edge: Double) -> ReturnStatistics {
            let returns = (0..<500).map { _ in
                0.01 * (NormalDistribution.quantile(random.unitDouble()) ?? 0) + edge
            }
            return ReturnStatistics(returns: returns, periodsPerYear: 365)
        }
        let trials = (0..<400).map { _ in trial(0) }
        let sharpes = TrialSharpes(trials.map(\.sharpePerPeriod))
        let best = try #require(trials.max { ($0.sharpe ?? 0) < ($1.sharpe ?? 0) })
        #expect((best.probabilisticSharpe ?? 0) > 0.99)
        let deflated = try #require(DeflatedSharpe(best, trials: sharpes))
        #expect(deflated.value < 0.95 && deflated.trials == 400)
        let skilled = try #require(DeflatedSharpe(trial(0.003), trials: sharpes))
        #expect(skilled.value > 0.99)
        let single = try #require(DeflatedSharpe(best, trials: 1, variance: 0))
        #expect(single.value == best.probabilisticSharpe)
    }

    @Test func trialsAreCountedInConstantMemoryAsInOnePass() {
        var random = SplitMix64(seed: 2)
        let sharpes = (0..<1_000).map { _ in random.unitDouble() - 0.3 }
        let counted = TrialSharpes(sharpes + [nil])
        let all = sharpes + [0]
        let mean = all.reduce(0, +) / 1_001
        let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1_000
        #expect(counted.count == 1_001 && abs(counted.mean - mean) < 1e-13)
        #expect(abs(counted.variance - variance) < 1e-13)
        #expect(TrialSharpes([0.5]).variance == 0 && TrialSharpes().count == 0)
    }

    @Test func whatIsNotDefinedIsNil() {
        let flat = ReturnStatistics(returns: [0, 0, 0, 0], periodsPerYear: 365)
        #expect(flat.probabilisticSharpe == nil && DeflatedSharpe(flat, trials: 3, variance: 1) == nil)
        let three = ReturnStatistics(returns: [0.1, 0.2, 0.1], periodsPerYear: 365)
        #expect(three.skewness != nil && three.kurtosis == nil && three.probabilisticSharpe == nil)
        let some = ReturnStatistics(returns: [0.1, 0.2, 0.1, -0.1, 0.3], periodsPerYear: 365)
        #expect(some.probabilisticSharpe != nil)
        #expect(DeflatedSharpe(some, trials: 0, variance: 1) == nil)
        #expect(DeflatedSharpe(some, trials: 3, variance: -1) == nil)
        #expect(DeflatedSharpe(some, trials: 3, variance: .nan) == nil)
        #expect(ProbabilisticSharpe(sharpe: 1, periods: 1, skewness: 0, kurtosis: 3) == nil)
        #expect(ProbabilisticSharpe(sharpe: 1, periods: 9, skewness: 3, kurtosis: 3) == nil)
        let nothing = BenchmarkStatistics(returns: [0.1, nil], benchmark: [0.1, 0.2], periodsPerYear: 365)
        #expect(nothing.beta == nil && nothing.totalReturn == nil)
        let copy = BenchmarkStatistics(
            returns: [0.1, 0.2, -0.1], benchmark: [0.1, 0.2, -0.1], periodsPerYear: 365)
        #expect(copy.informationRatio == nil && copy.trackingError == 0)
        #expect(abs((copy.beta ?? 0) - 1) < 1e-15 && abs(copy.alpha ?? 1) < 1e-13)
        // A benchmark that differs by a rounding is a copy too.
        let close = BenchmarkStatistics(
            returns: [0.1, 0.2, -0.1], benchmark: [(0.1 as Double).nextUp, 0.2, -0.1], periodsPerYear: 365)
        #expect(close.informationRatio == nil && (close.trackingError ?? 0) > 0)
        let still = BenchmarkStatistics(
            returns: [0.1, 0.2, -0.1], benchmark: [0.1, 0.1, 0.1], periodsPerYear: 365)
        #expect(still.beta == nil && still.alpha == nil && still.correlation == nil)
    }
}
