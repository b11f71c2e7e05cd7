internal import ControlPlane
internal import MarketData
internal import Operations
internal import Settings
internal import Storage
internal import TradewindCommands

extension CommandFailure {
    /// What the failure of a start means to a user: the number of its cause, and the step in its text.
    init(start failure: StartFailure) {
        switch failure.cause {
        case let problems as SettingsProblems: self.init(problems)
        case let shortfall as MarketDataShortfall:
            self.init(
                .badData,
                problems: shortfall.missing.map {
                    FailureProblem(
                        code: "market-data", message: $0, file: shortfall.directory,
                        remedy: "import it: tradewind data import DESCRIPTION --source DIR --catalogue "
                            + "\(shortfall.directory); or correct data.instruments, data.start and data.end")
                })
        case let shortfall as SecretShortfall:
            self.init(
                shortfall.items.allSatisfy(\.error.isTransient) ? .unavailable : .wrongConfiguration,
                problems: shortfall.items.map {
                    FailureProblem(
                        code: "secret-\($0.error.code.rawValue)", message: $0.sentence,
                        remedy: $0.error.remedy)
                })
        case let error as MarketDataError:
            self.init(
                .badData, code: error.code, message: error.message, file: error.file, remedy: error.remedy)
        case let error as ControlPlaneError:
            self.init(.unavailable, code: error.code.rawValue, message: "\(error)", remedy: error.remedy)
        case let error as DashboardProblem:
            self.init(
                .wrongConfiguration, code: "dashboard", message: error.message, file: error.path,
                remedy: error.remedy)
        case let error as StorageError: self.init(error)
        case let error as CommandFailure: self = error
        default:
            self.init(
                .failed, code: "start", message: "\(failure)", remedy: "tradewind doctor checks this host")
        }
    }
}
