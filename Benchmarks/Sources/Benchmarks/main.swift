import Glibc

/// Measures what was asked for; gives the exit code.
func measure(_ arguments: BenchmarkArguments) throws -> Int32 {
    var figures: [Figure] = []
    for group in arguments.groups {
        switch group {
        case .processes: figures += try ProcessBenchmarks(binary: arguments.binary).figures()
        case .sweep: figures += try SweepBenchmarks(binary: arguments.binary).figures()
        case .walkForward: figures += try WalkForwardBenchmarks.figures()
        case .basis: figures += try BasisBenchmarks.figures()
        case .staking: figures += try StakingBenchmarks.figures()
        case .neutral: figures += try NeutralBenchmarks.figures()
        case .import: figures += try ImportBenchmarks.figures()
        case .bars: figures += try EngineBenchmarks.bars()
        case .quotes: figures += try EngineBenchmarks.quotes()
        }
    }
    print(arguments.isJSON ? FigureText.json(figures) : FigureText.table(figures), terminator: "")
    return arguments.checks && !figures.allSatisfy(\.isWithinLimit) ? 1 : 0
}

/// `profile [bars|quotes] [RUNS [ROWS]]`.
func profile(_ arguments: ArraySlice<String>) throws {
    let numbers = arguments.compactMap { Int($0) }
    try EngineBenchmarks.profile(
        quotes: arguments.contains("quotes"), runs: numbers.first ?? 1,
        rows: numbers.dropFirst().first ?? 200_000)
}

do {
    let words = CommandLine.arguments.dropFirst()
    if words.contains("--help") || words.contains("-h") {
        print(BenchmarkArguments.usage, terminator: "")
    } else if words.first == "profile" {
        try profile(words.dropFirst())
    } else {
        exit(try measure(try BenchmarkArguments(words)))
    }
} catch {
    let line = Array("benchmarks: \(error)\n".utf8)
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
    exit((error as? BenchmarkError)?.exitCode ?? 1)
}
