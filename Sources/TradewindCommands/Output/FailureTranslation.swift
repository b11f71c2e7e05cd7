internal import MarketData
internal import RunFiles

extension CommandFailure {
    /// The failure that an error of the libraries means to a user; nil for an error that is not known here.
    init?(translating error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as RunFileError:
            self.init(
                .wrongConfiguration,
                problems: error.problems.map {
                    FailureProblem(
                        code: "run-file", message: $0.sentence, file: $0.place.file, line: $0.place.line,
                        remedy: $0.remedy)
                })
        case let error as FileError:
            self.init(
                ExitStatus(rawValue: error.exitCode) ?? .failed,
                code: error.operation == .read ? "input" : "output", message: error.message,
                file: error.path, remedy: error.remedy)
        case let error as MarketDataError:
            self.init(ExitStatus(rawValue: error.exitCode) ?? .failed, problems: [FailureProblem(error)])
        case let error as ImportError:
            let status = error.problems.lazy.compactMap { ExitStatus(rawValue: $0.exitCode) }.max {
                $0.rawValue < $1.rawValue
            }
            self.init(status ?? .badData, problems: error.problems.map(FailureProblem.init))
        default: return nil
        }
    }
}

extension FailureProblem {
    /// What an error about data means to a user.
    init(_ error: MarketDataError) {
        self.init(
            code: error.code, message: error.message, file: error.file, line: error.line,
            remedy: error.remedy)
    }
}
