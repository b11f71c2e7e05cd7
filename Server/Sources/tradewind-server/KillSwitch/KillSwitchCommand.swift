internal import ArgumentParser
internal import ControlPlane
internal import Events
internal import Logging
internal import Operations
internal import Settings
internal import Storage
internal import TradewindCommands

/// `tradewind kill-switch`.
struct KillSwitchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill-switch", abstract: "Stop all trading at once, or let it go on.",
        discussion: """
            Works on the database itself, whether the service runs or not, and needs no token: a running \
            service follows within a tenth of a second. Once engaged it stays so, also after a restart, \
            until somebody releases it. Each use is written to the event log and to the audit.
            """,
        subcommands: [
            KillSwitchEngageCommand.self, KillSwitchReleaseCommand.self, KillSwitchStatusCommand.self,
        ])
}

/// `tradewind kill-switch engage`.
struct KillSwitchEngageCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "engage", abstract: "Stop all trading.",
        discussion: "Engaging it again keeps the first reason, and is recorded as well.")

    @Option(help: "Why, for people: 3 to 256 characters.")
    var reason: String
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func validate() throws { try KillSwitchDesk.check(reason) }

    func run(_ context: ServerContext) async throws {
        try await KillSwitchDesk.with(settings, context) { desk in
            let outcome = try await desk.control.engage(reason: reason, by: desk.actor)
            try desk.tell(outcome, asJSON: format.json)
        }
    }
}

/// `tradewind kill-switch release`.
struct KillSwitchReleaseCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "release", abstract: "Let trading go on.")

    @Option(help: "Why, for people: 3 to 256 characters.")
    var reason: String
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func validate() throws { try KillSwitchDesk.check(reason) }

    func run(_ context: ServerContext) async throws {
        try await KillSwitchDesk.with(settings, context) { desk in
            let outcome = try await desk.control.release(reason: reason, by: desk.actor)
            try desk.tell(outcome, asJSON: format.json)
        }
    }
}

/// `tradewind kill-switch status`.
struct KillSwitchStatusCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say whether trading is stopped.",
        discussion: "Exit code 0 when it is released, 1 when it is engaged.")

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        var isEngaged = true
        try await KillSwitchDesk.with(settings, context) { desk in
            let state = await desk.control.refresh()
            isEngaged = state.isEngaged
            try context.output.result(
                format.json ? state.json.compact + "\n" : KillSwitchDesk.text(state) + "\n")
        }
        if isEngaged { throw ExitCode(ExitStatus.failed.rawValue) }
    }
}

/// What the commands of the kill switch have in common: the store, the audit, and who acts.
struct KillSwitchDesk {
    let control: KillSwitchControl
    let actor: AuditActor
    private let output: CommandOutput

    /// Opens the store, hands the desk over, and closes it.
    ///
    /// - Throws: `CommandFailure`.
    static func with(
        _ options: SettingsOptions, _ context: ServerContext, _ body: (KillSwitchDesk) async throws -> Void
    ) async throws {
        let loaded = try options.load(nil, context)
        let signature = try await UsersDesk.signature(loaded, context)
        do {
            let store = try await StoreStart.open(
                loaded.settings, workingDirectory: context.workingDirectory)
            do {
                let name = context.environment["USER"] ?? context.environment["LOGNAME"] ?? "unknown"
                try await body(
                    KillSwitchDesk(
                        control: KillSwitchControl(
                            store: store, audit: AuditTrail(store: store, signature: signature),
                            logger: Logger(label: "kill-switch") { _ in SwiftLogNoOpLogHandler() }),
                        actor: AuditActor(
                            id: "command:\(name)", kind: "command", name: name,
                            correlationID: EventID.random().description), output: context.output))
            } catch {
                try await store.close()
                throw error
            }
            try await store.close()
        } catch let error as StorageError {
            throw CommandFailure(error)
        }
    }

    static func check(_ reason: String) throws {
        let length = KillSwitchState.reasonLength
        let isClean = !reason.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
        if length.contains(reason.count) && isClean { return }
        throw ValidationError(
            "--reason has \(length.lowerBound) to \(length.upperBound) characters, none of them a control")
    }

    func tell(_ outcome: KillSwitchControl.Outcome, asJSON: Bool) throws {
        if asJSON {
            let members = outcome.state.json.members ?? []
            let json = JSONText.object(members + [JSONMember("changed", .flag(outcome.isChanged))])
            try output.result(json.compact + "\n")
        } else {
            try output.result((outcome.isChanged ? "" : "as before: ") + Self.text(outcome.state) + "\n")
        }
    }

    static func text(_ state: KillSwitchState) -> String {
        let word = state.isEngaged ? "engaged: all trading is stopped" : "released: trading may go on"
        guard let actor = state.actor, let time = state.time, let reason = state.reason else { return word }
        return "\(word)\n  by \(actor) at \(time): \(reason)"
    }
}
