internal import Operations
internal import TradewindCommands

extension CommandFailure {
    /// What supervision could not do: exit code 74 for files, 69 for processes, 1 for what runs already.
    init(_ error: SupervisionError) {
        let status: ExitStatus
        switch error.code {
        case .cannotWrite, .cannotRead: status = .outputFailed
        case .corrupted: status = .wrongConfiguration
        case .cannotStart: status = .unavailable
        default: status = .failed
        }
        self.init(
            status, code: error.code.rawValue, message: error.message, file: error.path, remedy: error.remedy)
    }
}
