public import Events
internal import MarketData
internal import Markets
internal import Research
internal import RunFiles
internal import Strategies
public import StrategyKit
public import Units

/// What services do with runs: describe what may be asked for, check what was, and execute it.
///
/// The same reading, checks and results as those of `tradewind backtest`.
public struct RunDesk: Sendable {
    let files: any FolderStore
    /// The strategies that runs may name.
    public let strategies: StrategyRegistry

    /// A desk over the files of this machine.
    ///
    /// - Parameter strategies: strategies beside the built-in ones; one with the name of a built-in one
    ///   replaces it.
    public init(strategies: [any Strategy.Type] = []) {
        self.strategies = StrategyRegistry(BuiltInStrategies.all + strategies)
        files = PosixFileStore()
    }

    /// The JSON Schema of a run file.
    public var runSchema: JSONText { JSONSchema.runFile(strategies: strategies.descriptors) }

    /// The schema of a run file that a client sends: as ``runSchema``, but its data are those of the service
    /// when it names none.
    public var clientSchema: JSONText {
        guard case .object(let members) = runSchema else { return runSchema }
        return .object(
            members.map { member in
                guard member.key == "required", let names = member.value.items else { return member }
                return JSONMember("required", .list(names.filter { $0 != .string("data") }))
            })
    }

    /// What strategies are, for people and forms: name, summary, exposure, needs, the JSON Schema of the
    /// parameters and their defaults.
    public var cards: [StrategyCard] { strategies.descriptors.map { StrategyCard($0) } }

    /// Checks a run.
    ///
    /// - Parameters:
    ///   - text: the run file; JSON is YAML.
    ///   - catalogue: the folder that takes the place of `data.catalogue`.
    /// - Throws: ``RunProblems``, everything that is wrong at once: the file, and that the catalogue holds
    ///   the series that it asks for.
    public func check(_ text: String, catalogue: String) throws(RunProblems) -> CheckedRun {
        let content = FileBytes(copying: Array(text.utf8))
        let run: RunFile
        do throws(RunFileError) {
            run = try content.withBytes { (bytes) throws(RunFileError) in
                try RunFile(bytes: bytes, path: "run", catalogue: catalogue, strategies: strategies)
            }
        } catch {
            throw RunProblems(problems: error.problems.map(RunProblem.init))
        }
        guard case .catalogue(let reference) = run.data else {
            throw RunProblems(problems: [
                RunProblem(
                    key: "data", message: "a service takes its data from its catalogue, not from files",
                    remedy: "leave data out, or name series of the catalogue under data.series")
            ])
        }
        do {
            let opened = try Catalogue.open(reference.path, files: files)
            let chosen = try CatalogueSelection(catalogue: opened, reference: reference, run: run).choose()
            if !chosen.problems.isEmpty {
                throw CommandFailure(chosen.status, problems: chosen.problems)
            }
        } catch {
            let failure =
                CommandFailure(translating: error)
                ?? CommandFailure(.badData, code: "catalogue", message: "the catalogue cannot be read")
            throw RunProblems(
                problems: failure.problems.map {
                    RunProblem(key: "data", message: $0.message, remedy: $0.remedy)
                })
        }
        return CheckedRun(
            name: run.plan.name, strategies: run.plan.strategies.map(\.strategy),
            shareClass: run.plan.shareClass.symbol, capital: run.plan.capital, start: run.plan.start,
            end: run.plan.end)
    }
}

/// The facts of a run that was checked.
public struct CheckedRun: Hashable, Sendable {
    /// Name of the run, for people.
    public let name: String
    /// Registered names of its strategies.
    public let strategies: [String]
    /// The asset in which equity is counted.
    public let shareClass: String
    /// Initial capital in it.
    public let capital: ExactDecimal
    /// First moment of trading; nil is the first of the data.
    public let start: Instant?
    /// First moment no more traded; nil is after the last of the data.
    public let end: Instant?
}

/// One thing that is wrong in a run that somebody asked for.
public struct RunProblem: Hashable, Sendable {
    /// Path of the key, as `parameters.fast`; empty when it is about the run as a whole.
    public let key: String
    /// What was found and what is allowed, one sentence.
    public let message: String
    /// What to do, where the message does not say it.
    public let remedy: String?

    /// A problem.
    public init(key: String, message: String, remedy: String? = nil) {
        (self.key, self.message, self.remedy) = (key, message, remedy)
    }

    init(_ problem: RunFileProblem) {
        self.init(key: problem.key, message: problem.message, remedy: problem.remedy)
    }
}

/// Everything that is wrong in a run that somebody asked for.
public struct RunProblems: Error, Hashable, Sendable, CustomStringConvertible {
    /// The problems; never empty.
    public let problems: [RunProblem]

    /// Problems.
    public init(problems: [RunProblem]) { self.problems = problems }

    public var description: String {
        problems.map { $0.key.isEmpty ? $0.message : "\($0.key): \($0.message)" }.joined(separator: "; ")
    }
}
