internal import ArgumentParser
internal import Events
internal import Glibc
internal import TradewindCommands

/// `tradewind-server run-backtest`: one run of the service, in a process of its own.
///
/// Prints JSON lines: `{"prices": {...}}` of each instrument, `{"progress": {...}}` and `{"orders": [...]}`
/// now and then, and at the end
/// `{"result": {...}}` or `{"error": {...}}`. Its log goes to standard error, from where the service takes it
/// into its own. It ends when its standard input does: the service holds the other end.
struct RunBacktestCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "run-backtest", abstract: "Execute one run of the service.", shouldDisplay: false)

    @Argument(help: "The run file.")
    var file: String
    @Option(help: "Folder to write the results to.")
    var output: String
    @Option(help: "Folder of the catalogue, in place of data.catalogue.")
    var data: String?
    @Option(name: .customLong("run-id"), help: "How the execution is called.")
    var runID: String
    @Option(name: .customLong("correlation-id"), help: "The work that the run belongs to.")
    var correlationID: String?
    @Option(name: .customLong("trace-id"), help: "The trace that the run belongs to.")
    var traceID: String?
    @Option(help: "Milliseconds between two reports.")
    var interval: UInt64 = 1_000

    func validate() throws {
        if !(1...3_600_000).contains(interval) {
            throw ValidationError("--interval is 1 to 3600000 milliseconds")
        }
    }

    func run(_ context: ServerContext) async throws {
        // Requests are answered first.
        _ = nice(10)
        RunBacktestCommand.endWithInput()
        let log = RunLog(runID: runID, correlationID: correlationID, traceID: traceID)
        defer { log.close() }
        log.begins()
        let output = context.output
        do throws(CommandFailure) {
            func tell(_ what: String, _ value: JSONText) throws(CommandFailure) {
                try output.result(JSONText.object([JSONMember(what, value)]).compact + "\n")
            }
            let summary = try RunDesk().execute(
                file, catalogue: data, folder: self.output, runID: runID, interval: interval * 1_000_000,
                prices: { prices in
                    for one in prices { try tell("prices", one) }
                },
                report: { try tell("progress", $0) }, orders: { try tell("orders", .list($0)) })
            try tell("result", summary)
            log.ends(summary)
        } catch {
            log.fails(error)
            try output.result(
                JSONText.object([JSONMember("error", RunBacktestCommand.json(error))]).compact + "\n")
            throw ExitCode(error.exitStatus.rawValue)
        }
    }

    private static func json(_ failure: CommandFailure) -> JSONText {
        let problems = failure.problems.map { problem in
            JSONText.object([
                JSONMember("code", .string(problem.code)), JSONMember("message", .string(problem.message)),
                JSONMember("remedy", problem.remedy.map { .string($0) } ?? .null),
            ])
        }
        let first = failure.problems[0]
        return .object([
            JSONMember("code", .string(first.code)), JSONMember("message", .string(first.message)),
            JSONMember("remedy", first.remedy.map { .string($0) } ?? .null),
            JSONMember("problems", .list(problems)),
        ])
    }

    /// Ends the process when nobody holds the other end of its standard input.
    private static func endWithInput() {
        var thread = pthread_t()
        let result = pthread_create(
            &thread, nil,
            { _ in
                var byte: UInt8 = 0
                while true {
                    let count = read(STDIN_FILENO, &byte, 1)
                    if count == 0 || (count < 0 && errno != EINTR) { _exit(130) }
                }
            }, nil)
        if result == 0 { pthread_detach(thread) }
    }
}
