import Foundation
import Research
import Testing
import Units

/// Figures of seeded returns against quantstats 0.0.86, empyrical-reloaded 0.7.1 and scipy, as printed by
/// `Tests/Reference/return_figures.py` into the file beside it.
@Suite struct ReturnReferenceTests {
    struct Line {
        let seed: UInt64
        let periods: Int
        let periodsPerYear: Double
        let figure: String
        let value: Double
        let source: String

        init(_ text: Substring) throws {
            let fields = text.split(separator: ",")
            seed = try #require(UInt64(fields[0]))
            periods = try #require(Int(fields[1]))
            periodsPerYear = try #require(Double(fields[2]))
            (figure, source) = (String(fields[3]), String(fields[5]))
            value = try #require(Double(fields[4]))
        }
    }

    private static let folder = URL(fileURLWithPath: #filePath + "/../../../Reference").standardized.path

    private static func lines(_ text: String) throws -> [Line] {
        try text.split(separator: "\n").dropFirst().map { try Line($0) }
    }

    private static func committed() throws -> [Line] {
        try lines(String(contentsOfFile: folder + "/return_figures.csv", encoding: .utf8))
    }

    /// The returns of a seed and those of its benchmark, as the script makes them.
    private func series(_ seed: UInt64, _ count: Int) -> (own: [Double], other: [Double]) {
        var random = SplitMix64(seed: seed)
        func four() -> Double {
            (0..<4).reduce(0) { sum, _ in sum + Double(random.next() % 2_001) - 1_000 }
        }
        var (own, other): ([Double], [Double]) = ([], [])
        for _ in 0..<count {
            let market = four() / 100_000
            let noise = four() / 200_000
            own.append(
                seed % 2 == 1
                    ? 0.001 + 900 * noise * noise * noise + 0.25 * market
                    : 0.0008 + 0.5 * market + noise)
            other.append(0.0004 + market)
        }
        return (own, other)
    }

    /// Drawdown and Calmar ratio stand in the curve: a step a day, equity with 15 digits.
    private func curve(_ returns: [Double]) -> EquityCurve {
        let unit = 1e15
        var recorder = EquityRecorder(
            scale: Scale(15), start: Instant(day: 19_000), initialEquity: Int128(unit), initialCash: 0)
        var growth = 1.0
        for (day, value) in returns.enumerated() {
            growth *= 1 + value
            recorder.append(
                time: Instant(day: 19_001 + day).nanoseconds, equity: Int128((growth * unit).rounded()),
                cash: 0, netFlows: 0)
        }
        return recorder.finish()
    }

    private func figures(_ line: Line) throws -> [String: Double?] {
        let (own, other) = series(line.seed, line.periods)
        let figures = ReturnStatistics(returns: own, periodsPerYear: line.periodsPerYear)
        let beside = BenchmarkStatistics(
            returns: own, benchmark: other, periodsPerYear: line.periodsPerYear)
        let deepest = try #require(curve(own).drawdown.deepest)
        let deflated = DeflatedSharpe(figures, trials: 7 * Int(line.seed), variance: 0.002)
        return [
            "total_return": figures.totalReturn, "annualized_return": figures.annualizedReturn,
            "volatility": figures.volatility, "sharpe": figures.sharpe, "sortino": figures.sortino,
            "max_drawdown": deepest, "calmar": figures.annualizedReturn.map { $0 / deepest },
            "expected_shortfall": figures.expectedShortfall, "tail_ratio": figures.tailRatio,
            "skewness": figures.skewness, "kurtosis": figures.kurtosis,
            "probabilistic_sharpe": figures.probabilisticSharpe, "best": figures.best,
            "worst": figures.worst, "positive_periods": figures.positivePeriods, "beta": beside.beta,
            "alpha": beside.alpha, "correlation": beside.correlation,
            "information_ratio": beside.informationRatio, "tracking_error": beside.trackingError,
            "deflated_sharpe": deflated?.value,
        ]
    }

    @Test func figuresAgreeWithTheReferenceToTwelveDigits() throws {
        var checked: Set<String> = []
        for line in try Self.committed() where line.periods > 0 {
            let value = try #require(try figures(line)[line.figure], "\(line.figure)")
            let number = try #require(value, "\(line.figure) of seed \(line.seed)")
            // Equity has 15 digits: a drawdown has three fewer where it is a thousandth.
            let room = line.figure == "max_drawdown" || line.figure == "calmar" ? 2e-12 : 1e-12
            #expect(abs(number - line.value) <= room * max(1e-3, abs(line.value)), "\(line): \(number)")
            checked.insert(line.figure)
        }
        #expect(checked.count == 21)
    }

    @Test func theNormalDistributionAgreesWithScipyInBothTails() throws {
        var checked = 0
        for line in try Self.committed() where line.periods == 0 {
            let words = line.figure.split(separator: " ")
            let argument = try #require(Double(words[1]))
            let value =
                words[0] == "cumulative"
                ? NormalDistribution.cumulative(argument)
                : try #require(NormalDistribution.quantile(argument))
            #expect(abs(value - line.value) <= 1e-12 * abs(line.value), "\(line): \(value)")
            checked += 1
        }
        #expect(checked == 39)
        #expect(NormalDistribution.quantile(0) == nil && NormalDistribution.quantile(1) == nil)
        #expect(NormalDistribution.quantile(.nan) == nil)
    }

    @Test func cumulativeAndQuantileAreInverse() throws {
        var random = SplitMix64(seed: 3)
        for _ in 0..<5_000 {
            let share = random.unitDouble()
            let back = NormalDistribution.cumulative(try #require(NormalDistribution.quantile(share)))
            #expect(abs(back - share) <= 4e-16 + 1e-14 * share)
        }
    }

    /// The file is what the script prints with the packages of today; needs PyPI, so `--long` only.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["TRADEWIND_TEST_LONG"] == "1"))
    func theCommittedFiguresAreThoseOfTheScript() throws {
        let place = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { _ = try? FileManager.default.removeItem(atPath: place) }
        let script = """
            python3 -m venv '\(place)' >&2
            '\(place)/bin/pip' -q install quantstats==0.0.86 empyrical-reloaded==0.7.1 scipy >&2 || exit 3
            PYTHONDONTWRITEBYTECODE=1 exec '\(place)/bin/python' '\(Self.folder)/return_figures.py'
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", script]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let printed = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        if process.terminationStatus == 3 {
            print("skipped: the reference packages cannot be installed here")
            return
        }
        #expect(process.terminationStatus == 0)
        let (fresh, committed) = (try Self.lines(printed), try Self.committed())
        #expect(fresh.count == committed.count)
        for (a, b) in zip(fresh, committed) {
            #expect(a.figure == b.figure && a.seed == b.seed && a.source == b.source)
            #expect(abs(a.value - b.value) <= 1e-12 * max(1e-3, abs(b.value)), "\(a) \(b)")
        }
    }
}
