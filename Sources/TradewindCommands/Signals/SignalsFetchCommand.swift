internal import ArgumentParser
internal import Events
internal import Glibc
internal import MarketData
internal import Markets
internal import Research
internal import RunFiles
internal import StrategyKit
internal import Units

/// `tradewind signals fetch`: a model's answers, written as the series that a run then reads.
struct SignalsFetchCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "fetch",
        abstract: "Ask a model for a signal at each closed bar of a run, and write them as its series.",
        discussion: """
            For each bar within the run's window the model gets a POST of {symbol, instrument, timestamp, \
            timeframe, bars} and answers {signal, confidence, stop_loss, take_profit, sd}. The answers \
            become the CSV file that the run file names under signals, or that --output names: the backtest \
            reads the file and never asks, so that it can be repeated. The file is written whole or not at \
            all.

            A bearer token is taken from the environment variable \(SignalsFetchCommand.tokenVariable).
            """)

    static let tokenVariable = "TRADEWIND_SIGNALS_TOKEN"

    @OptionGroup var runFile: RunFileOptions

    @Option(
        name: .long,
        help: ArgumentHelp("Where the model answers: http://127.0.0.1:8000/predict", valueName: "url")
    )
    var endpoint: String

    @Option(name: .long, help: "File to write, in place of the one that the run file names under signals.")
    var output: String?

    @Option(name: .long, help: "Bars that the model sees each time, the last one included, 1 to 1000.")
    var history = 1

    @Option(name: .long, help: "Most seconds that one answer may take, 0.01 to 600.")
    var timeout = 10.0

    @Option(name: .long, help: "How often a question is asked again after a timeout or an error, 0 to 20.")
    var retries = 3

    @OptionGroup var format: OutputFormat

    func validate() throws {
        if !(1...1_000).contains(history) {
            throw ValidationError("--history must be 1 to 1000, not \(history)")
        }
        if !(0.01...600).contains(timeout) {
            throw ValidationError("--timeout must be 0.01 to 600 seconds, not \(timeout)")
        }
        if !(0...20).contains(retries) { throw ValidationError("--retries must be 0 to 20, not \(retries)") }
    }

    func run(_ context: CommandContext) throws {
        let address: EndpointAddress
        do throws(EndpointProblem) {
            address = try EndpointAddress(endpoint)
        } catch {
            throw CommandFailure(.usage, code: "usage", message: "--endpoint: \(error)")
        }
        let token = try token()
        let run = try runFile.load(context)
        let target = try target(of: run)
        let bars = try RunSeriesLoader(files: context.files, strategies: context.strategies)
            .series(.bars, of: target.instrument, run)
        let client = InferenceClient(
            address, token: token, seconds: timeout, retries: retries, wait: SignalsFetchCommand.wait)
        let fetched = try fetch(run, target.instrument, bars, client, context)
        try context.files.replace(target.path, with: fetched.text)
        try context.output.result(
            format.json
                ? fetched.json(target.path, target.instrument, address)
                : "\(fetched.rows) signals of \(target.instrument) written to \(target.path)\n"
                    + "next: tradewind backtest \(runFile.file)\n")
    }

    private func token() throws(CommandFailure) -> String? {
        guard let text = getenv(SignalsFetchCommand.tokenVariable).map({ String(cString: $0) }), !text.isEmpty
        else { return nil }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw CommandFailure(
                .wrongConfiguration, code: "token",
                message:
                    "\(SignalsFetchCommand.tokenVariable) holds what no token does: spaces, line ends or "
                    + "letters beyond ASCII", remedy: "set it to the token alone")
        }
        return text
    }

    private static func wait(_ seconds: Double) { _ = usleep(UInt32(min(seconds, 60) * 1e6)) }

    /// Whose signals, and where they go.
    private func target(of run: RunFile) throws(CommandFailure) -> (instrument: InstrumentID, path: String) {
        let found: (instrument: InstrumentID, path: String?)? =
            switch run.data {
            case .files(let files):
                files.first { $0.spec.kind == .signals }.map { ($0.instrument, $0.path) }
            case .catalogue(let reference):
                reference.choices.first { $0.kind == .signals }.map { ($0.instrument, nil) }
            }
        let place = run.place(of: "data")
        guard let found else {
            throw CommandFailure(
                .wrongConfiguration, code: "run-file", message: "the run reads no series of signals",
                file: place.file, line: place.line,
                remedy: "add {instrument: \"binance:perp:BTCUSDT\", signals: signals.csv} to its data")
        }
        guard let path = output ?? found.path else {
            throw CommandFailure(
                .usage, code: "usage", message: "the run takes its signals from a catalogue",
                remedy: "name a file with --output, then import it with tradewind data import")
        }
        if path.hasSuffix(".gz") {
            throw CommandFailure(
                .usage, code: "usage", message: "\(path) would be compressed, and plain CSV is written",
                remedy: "name a file that ends in .csv")
        }
        return (found.instrument, path)
    }

    private func fetch(
        _ run: RunFile, _ instrument: InstrumentID, _ series: MarketSeries, _ client: InferenceClient,
        _ context: CommandContext
    ) throws -> FetchedSignals {
        guard case .bars(let bars, let timeframe) = series.columns else { return FetchedSignals() }
        let first = run.plan.start.map { bars.openTime.lowerBound(of: $0.nanoseconds) } ?? 0
        let end = run.plan.end.map { bars.openTime.lowerBound(of: $0.nanoseconds) } ?? bars.openTime.count
        var fetched = FetchedSignals()
        try context.output.followed { progress in
            for row in first..<max(first, end) {
                progress(Double(row - first) / Double(max(1, end - first)), instrument.description)
                let time = Instant(nanoseconds: bars.closeTime[row])
                let question = InferenceClient.Question(
                    instrument: instrument, time: time,
                    timeframe: timeframe,
                    bars: (max(0, row - history + 1)...row).map { series.bar($0) },
                    priceScale: series.priceScale, volumeScale: series.quantityScale)
                do throws(InferenceFailure) {
                    fetched.append(try client.ask(question), at: time)
                } catch { throw failure(error, time, asked: fetched.rows) }
            }
        }
        if fetched.rows == 0 {
            let place = run.place(of: "window")
            throw CommandFailure(
                .badData, code: "no-bars", message: "no bar of \(instrument) lies within the run's window",
                file: place.file, line: place.line, remedy: "check window.start and window.end")
        }
        return fetched
    }

    private func failure(_ failure: InferenceFailure, _ time: Instant, asked: Int) -> CommandFailure {
        CommandFailure(
            failure.isTransient ? .unavailable : .badData,
            code: failure.isTransient ? "model-unavailable" : "model-answer",
            message: "the model at \(endpoint), asked for \(time) after \(asked) answers: \(failure)",
            remedy: failure.isTransient
                ? "start it, raise --timeout or --retries, and run the command again: nothing was written"
                : "mend the model's answer; nothing was written")
    }
}

/// The answers as the text of a CSV file.
struct FetchedSignals {
    private(set) var text = "timestamp,signal,confidence,stop_loss,take_profit,sd\n"
    private(set) var rows = 0
    private var counts = [Int](repeating: 0, count: MarketSignal.Direction.allCases.count)
    private var span: (first: Instant, last: Instant)?

    mutating func append(_ signal: MarketSignal, at time: Instant) {
        func cell(_ number: ExactDecimal) -> String { number.isZero ? "" : number.description }
        text += "\(time),\(signal.direction.name),\(signal.confidence),\(cell(signal.stopLoss)),"
        text += "\(cell(signal.takeProfit)),\(cell(signal.deviation))\n"
        rows += 1
        if let place = MarketSignal.Direction.allCases.firstIndex(of: signal.direction) { counts[place] += 1 }
        span = (span?.first ?? time, time)
    }

    /// The object that `--json` prints.
    func json(_ path: String, _ instrument: InstrumentID, _ address: EndpointAddress) -> String {
        let names = MarketSignal.Direction.allCases.map(\.name)
        return JSONText.object([
            JSONMember("file", .string(path)), JSONMember("instrument", .string(instrument.description)),
            JSONMember("endpoint", .string(address.description)), JSONMember("rows", .integer(rows)),
            JSONMember("first", .time(span?.first)), JSONMember("last", .time(span?.last)),
            JSONMember("signals", .object(zip(names, counts).map { JSONMember($0, .integer($1)) })),
        ]).pretty
    }
}
