internal import Deployment
internal import Operations
internal import Settings
internal import TradewindCommands

extension CommandFailure {
    /// The failure that an error of the server's libraries means to a user; nil for an error that is not
    /// known here.
    init?(translatingServer error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as SupervisionError: self.init(error)
        case let error as DeploymentError: self.init(error)
        case let error as LogArchiveError: self.init(error)
        case let problems as SettingsProblems: self.init(problems)
        default: return nil
        }
    }
}
