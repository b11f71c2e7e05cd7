internal import Events
internal import Storage
internal import TradewindCommands

extension CommandFailure {
    /// What a failure of storage means to a user: 65 for a database that is damaged, 69 where trying again
    /// may help, 74 where nothing can be written, 78 where the schema and the program do not fit.
    init(_ error: StorageError) {
        let status: ExitStatus =
            switch error.code {
            case .corrupt, .absent: .badData
            case .busy, .overloaded, .timeout: .unavailable
            case .diskFull, .unavailable: .outputFailed
            case .unsupported, .migrationsPending, .schemaNewer, .migrationChanged: .wrongConfiguration
            case .migrationRefused: .usage
            default: .failed
            }
        self.init(
            status, code: error.code.rawValue, message: error.message, file: nil, remedy: error.remedy)
    }

    /// A log that is not what was written; exit code 65.
    init(_ broken: EventChainBreak, in location: String) {
        self.init(
            .badData, code: "event-log", message: "\(location): \(broken)",
            remedy: """
                stop the services, keep this file, and put a backup in its place; what happened after the \
                backup is in the files of the runs
                """)
    }
}
