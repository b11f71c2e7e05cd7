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
        default: return nil
        }
    }
}
