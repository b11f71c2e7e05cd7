/// What was asked for on the command line.
struct BenchmarkArguments {
    /// Groups of figures, in the order in which they are measured: processes first, as a child's peak memory
    /// starts at that of its parent.
    enum Group: String, CaseIterable {
        case processes
        case sweep
        case walkForward = "walk-forward"
        case basis
        case staking
        case neutral
        case `import`
        case bars
        case quotes
    }

    static let usage = """
        USAGE: benchmarks [GROUP]... [--json] [--check] [--binary PATH]

        Measures Tradewind beside plain loops that do the same arithmetic over the same columns, in turn.

          GROUP          processes, sweep, walk-forward, basis, staking, neutral, import,
                         bars or quotes;
                         all of them when none is named
          --json         one JSON object instead of a table
          --check        exit with 1 when a ratio misses its limit; absolute figures are never judged
          --binary PATH  the release binary of tradewind that `processes` and `sweep` start
                         (default: .build/release/tradewind)

        `benchmarks profile [bars|quotes] [RUNS [ROWS]]` only runs the engine, for a profiler.

        """

    var groups: [Group] = []
    var isJSON = false
    var checks = false
    var binary = ".build/release/tradewind"

    init(_ arguments: some Sequence<String>) throws {
        var rest = arguments.makeIterator()
        while let argument = rest.next() {
            switch argument {
            case "--json": isJSON = true
            case "--check": checks = true
            case "--binary":
                guard let path = rest.next() else {
                    throw BenchmarkError("--binary needs a path; see --help", exitCode: 64)
                }
                binary = path
            default:
                guard let group = Group(rawValue: argument) else {
                    throw BenchmarkError("unknown argument '\(argument)'; see --help", exitCode: 64)
                }
                groups.append(group)
            }
        }
        groups = Group.allCases.filter { groups.isEmpty || groups.contains($0) }
    }
}
