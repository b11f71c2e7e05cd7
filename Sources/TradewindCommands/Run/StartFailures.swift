internal import MarketData
internal import Markets
internal import Research
internal import RunFiles
internal import StrategyKit

/// What keeps a run from starting, for its user: each with the place in the run file.
struct StartFailures {
    let run: RunFile

    /// One problem of a run file or its data.
    func problem(_ problem: StartProblem) -> FailureProblem {
        switch problem.subject {
        case .series(let need):
            made(
                problem, at: place(of: need), "missing-series",
                "give series that are known at window.start and last until window.end")
        case .data:
            made(
                problem, at: run.place(of: "data"), "missing-series",
                "give the series under data; declare what they do not tell under instruments")
        case .capital:
            made(
                problem, at: run.place(of: "capital"), "run-file",
                "change the capital, or choose a strategy that takes it")
        case .flows:
            made(
                problem, at: run.place(of: "flows"), "run-file",
                "list flows within the window of a run of one strategy that lends or stakes")
        case .parameters:
            made(
                problem, at: run.place(of: "parameters"), "run-file",
                "correct it; every key and what it may be: tradewind config schema run")
        }
    }

    /// The failure of a run that was refused: 65 where its data are at fault, 78 where only its file is.
    func failure(_ problems: [StartProblem]) -> CommandFailure {
        let lacksData = problems.contains { problem in
            switch problem.subject {
            case .series, .data: true
            case .capital, .flows, .parameters: false
            }
        }
        return CommandFailure(
            lacksData ? .badData : .wrongConfiguration, problems: problems.map { self.problem($0) })
    }

    private func made(
        _ problem: StartProblem, at place: SourcePlace, _ code: String, _ remedy: String
    ) -> FailureProblem {
        FailureProblem(
            code: code, message: problem.message, file: place.file, line: place.line, remedy: remedy)
    }

    /// The line that names a series; that of all data where none does.
    private func place(of need: SeriesNeed) -> SourcePlace {
        let own: SourcePlace? =
            switch run.data {
            case .files(let files):
                files.first { $0.instrument == need.instrument && $0.spec.kind == need.kind }?.place
            case .catalogue(let reference):
                reference.choices.first {
                    $0.instrument == need.instrument && ($0.kind ?? need.kind) == need.kind
                }?.place
            }
        return own ?? run.place(of: "data")
    }
}
