internal import MarketData
internal import Research
internal import RunFiles

extension CommandFailure {
    /// The failure that an error of the libraries means to a user; nil for an error that is not known here.
    init?(translating error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as RunFileError: self.init(error)
        case let error as FileError: self.init(error)
        case let error as MarketDataError: self.init(error)
        case let error as ImportError: self.init(error)
        case let error as ResultReadError: self.init(.badData, problems: [FailureProblem(error)])
        default: return nil
        }
    }

    /// Everything that is wrong in a run file: exit code 78.
    init(_ error: RunFileError) {
        self.init(
            .wrongConfiguration,
            problems: error.problems.map {
                FailureProblem(
                    code: "run-file", message: $0.sentence, file: $0.place.file, line: $0.place.line,
                    remedy: $0.remedy
                        ?? "correct it; every key and what it may be: tradewind config schema run")
            })
    }

    /// A file operation: exit code 65 for input, 74 for output.
    init(_ error: FileError) {
        self.init(
            ExitStatus(rawValue: error.exitCode) ?? .failed,
            code: error.operation == .read ? "input" : "output", message: error.message,
            file: error.path, remedy: error.remedy)
    }

    /// An import that changed nothing: exit code 65, or 74 when its output could not be written.
    init(_ error: ImportError) {
        let status = error.problems.contains { $0.exitCode == 74 } ? ExitStatus.outputFailed : .badData
        self.init(status, problems: error.problems.map(FailureProblem.init))
    }

    /// Data that cannot be used: exit code 65, or 74 for output.
    init(_ error: MarketDataError) {
        self.init(ExitStatus(rawValue: error.exitCode) ?? .badData, problems: [FailureProblem(error)])
    }
}

extension FailureProblem {
    /// What a recorded result that cannot be used means to a user.
    init(_ error: ResultReadError) {
        self.init(
            code: "result", message: error.message, file: error.path, line: error.line, remedy: error.remedy)
    }

    /// What an error about data means to a user.
    init(_ error: MarketDataError) {
        self.init(
            code: error.code, message: error.message, file: error.file, line: error.line,
            remedy: error.remedy)
    }
}
