internal import ArgumentParser
internal import RunFiles

/// What a search over parameters is told: the ranges, what is best, and how many threads it has.
struct GridOptions: ParsableArguments {
    @Option(
        name: .long, parsing: .singleValue,
        help: ArgumentHelp("A parameter to vary, as fast=5..24.", valueName: "name=values"))
    var grid: [String] = []

    @Option(name: .long, help: "What the best point is best in: sharpe, total_return, calmar, ...")
    var objective: String?

    @Option(name: .long, help: "Threads to run on; one for each processor when left out.")
    var cores: Int?

    private static let mostCores = 1024

    func validate() throws {
        if let cores, !(1...Self.mostCores).contains(cores) {
            throw ValidationError("--cores must be 1 to \(Self.mostCores), not \(cores)")
        }
    }

    /// The threads to run on.
    var threads: ProcessThreads { ProcessThreads(cores) }

    /// What the options change in the run file.
    ///
    /// - Parameters:
    ///   - section: the section of the run file that `others` belong to.
    ///   - others: further options by their names, with what was given for them.
    /// - Throws: every `--grid` that names no values.
    func changes(
        _ section: String, _ others: [(name: String, value: String?)]
    ) throws(CommandFailure) -> [RunFileSetting] {
        var changes: [RunFileSetting] = []
        var problems: [FailureProblem] = []
        for text in grid {
            if let change = RunFileSetting(text, prefix: "sweep.parameters.", option: "--grid") {
                changes.append(change)
            } else {
                problems.append(
                    FailureProblem(
                        code: "usage", message: "--grid \"\(text)\" is not name=values",
                        remedy: "write for example --grid fast=5..24 --grid slow=30..125:5"))
            }
        }
        if !problems.isEmpty { throw CommandFailure(.usage, problems: problems) }
        if let objective {
            changes.append(RunFileSetting(key: "sweep.objective", value: objective, option: "--objective"))
        }
        for (name, value) in others {
            guard let value else { continue }
            changes.append(RunFileSetting(key: "\(section).\(name)", value: value, option: "--\(name)"))
        }
        return changes
    }
}
