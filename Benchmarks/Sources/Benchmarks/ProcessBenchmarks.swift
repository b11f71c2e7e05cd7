import Glibc

/// Figures of the release binary as users start it: files on the disk, process start to end.
struct ProcessBenchmarks {
    private static let runs = 20
    private static let smallCount = 1_000
    private static let largeCount = 5_000_000
    /// Seven columns of eight bytes.
    private static let bytesPerBar = 56

    private let binary: String
    private let folder: TemporaryFolder

    /// - Parameter binary: the release binary of tradewind.
    init(binary: String) throws {
        guard access(binary, X_OK) == 0 else {
            throw BenchmarkError(
                "\(binary) is absent: build it with swift build --configuration release, "
                    + "or name it with --binary")
        }
        self.binary = binary
        folder = try TemporaryFolder()
    }

    /// Start-up, a short backtest and the memory of a long one.
    func figures() throws -> [Figure] {
        let nothing = try ChildProcess.medianSeconds(runs: Self.runs, "/bin/true", [])
        let help = try ChildProcess.medianSeconds(runs: Self.runs, binary, ["--help"])
        let short = try prepareRun(Self.smallCount, "short")
        let backtest = try ChildProcess.medianSeconds(runs: Self.runs, binary, short)
        let long = try prepareRun(Self.largeCount, "long")
        let memory = try ChildProcess(binary, long).peakMemory
        let columns = Double(Self.largeCount * Self.bytesPerBar) / 1_048_576
        return [
            Figure(
                "help", "tradewind --help", unit: "ms", value: help * 1e3, beside: "start of /bin/true",
                plain: nothing * 1e3),
            Figure(
                "short_backtest", "backtest of 1,000 bars, start to report", unit: "ms",
                value: backtest * 1e3, beside: "start of /bin/true", plain: nothing * 1e3),
            Figure(
                "memory", "peak memory, backtest of 5 million bars", unit: "MiB", value: memory,
                beside: "the columns themselves", plain: columns),
        ]
    }

    /// Imports so many bars and writes a run file; gives the arguments that run it.
    private func prepareRun(_ count: Int, _ name: String) throws -> [String] {
        try folder.write("\(name).csv") { try BarText.write(bars: count, $0) }
        let file = "\(name).csv"
        try write(
            "\(name)-data.yaml",
            """
            name: benchmark
            series:
              - {file: \(file), instrument: "bench:spot:BTCUSDT", kind: bars, timeframe: 1m}
            """)
        try write(
            "\(name).yaml",
            """
            name: \(name)
            strategy: sma-cross
            parameters: {fast: 10, slow: 30, quantity: 1}
            capital: {amount: 100000000, asset: USDT}
            data: {catalogue: \(name)-catalogue}
            execution:
              commission: {basis-points: 10}
            """)
        _ = try ChildProcess(
            binary,
            [
                "data", "import", folder.file("\(name)-data.yaml"), "--source", folder.path, "--catalogue",
                folder.file("\(name)-catalogue"),
            ])
        return ["backtest", folder.file("\(name).yaml"), "--output", folder.file("\(name)-results")]
    }

    private func write(_ name: String, _ text: String) throws {
        try folder.write(name) { try $0(Array((text + "\n").utf8)) }
    }
}
