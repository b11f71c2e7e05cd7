internal import ArgumentParser
internal import ControlPlane
internal import Deployment
internal import Events
internal import Settings
internal import Storage
internal import TradewindCommands

/// `tradewind backup`.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Make, list and prove backups.",
        discussion: """
            A backup is a folder: the database as one verified file, the settings without secrets, the index \
            of the catalogue, and checksums. It is made while services run.
            """,
        subcommands: [
            BackupCreateCommand.self, BackupListCommand.self, BackupVerifyCommand.self,
            BackupDrillCommand.self,
        ])
}

/// `tradewind backup create`.
struct BackupCreateCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a backup now.",
        discussion: """
            Services go on meanwhile. Older backups go by the rule of the settings backup.keep-latest, \
            backup.keep-daily and backup.keep-weekly.
            """)

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        try await BackupDesk.create(settings, context, asJSON: format.json)
    }
}

/// `tradewind backup list`.
struct BackupListCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List backups, the oldest first.")

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        let desk = try BackupDesk(
            try settings.loadInEmergency(context), workingDirectory: context.workingDirectory)
        let backups = try desk.folder.list { context.output.remark("warning: \($0)") }
        if format.json {
            let list = JSONText.object([JSONMember("backups", .list(backups.map(BackupOutput.json)))])
            try context.output.result(list.compact + "\n")
        } else if backups.isEmpty {
            try context.output.result("there is no backup in \(desk.folder.path) yet\n")
        } else {
            try context.output.result(backups.map { BackupOutput.line($0) + "\n" }.joined())
        }
    }
}

/// `tradewind backup verify`.
struct BackupVerifyCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check that every file of a backup is as it was written.",
        discussion:
            "Exit code 65 when it is not. tradewind backup drill proves more: that it can be restored.")

    @Argument(help: "The name of the backup; the latest when not given.")
    var name: String?
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        let desk = try BackupDesk(
            try settings.loadInEmergency(context), workingDirectory: context.workingDirectory)
        let backup = try desk.folder.find(name)
        try desk.folder.checkSums(of: backup)
        try context.output.result(
            format.json
                ? JSONText.object([
                    JSONMember("ok", .flag(true)), JSONMember("backup", BackupOutput.json(backup)),
                ])
                .compact + "\n"
                : "\(BackupOutput.line(backup)): every file is as it was written\n")
    }
}

/// `tradewind backup drill`.
struct BackupDrillCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "drill", abstract: "Prove that a backup can be restored, and say how long that takes.",
        discussion: """
            Restores the backup into a folder of its own, checks its pages, follows the hash chain of its \
            events from end to end, compares it with the database in place, and removes it again. Nothing \
            that runs is touched.
            """)

    @Argument(help: "The name of the backup; the latest when not given.")
    var name: String?
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        let desk = try BackupDesk(
            try settings.loadInEmergency(context), workingDirectory: context.workingDirectory)
        let report = try await desk.restore.drill(name)
        try context.output.result(
            format.json
                ? BackupOutput.json(report).compact + "\n" : BackupOutput.text(report, proved: true))
    }
}

/// `tradewind restore`.
struct RestoreCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup in place of the database.",
        discussion: """
            The services must be stopped. The backup is restored beside the database and compared with its \
            manifest before it takes the place; the database that was there is kept in a folder replaced-... \
            beside it.
            """)

    @Argument(help: "The name of the backup; the latest when not given.")
    var name: String?
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        let loaded = try settings.loadInEmergency(context)
        let desk = try BackupDesk(loaded, workingDirectory: context.workingDirectory)
        let report = try await desk.restore.restore(name)
        try context.output.result(
            format.json
                ? BackupOutput.json(report).compact + "\n" : BackupOutput.text(report, proved: false))
        // An older schema stays as it is: the version that fits it may be the one that is started next.
        do {
            try await AuditedStore.with(settings, context, signing: .whenPossible, asItIs: true) { audited in
                try await audited.audit.record(
                    AuditChange(
                        "backup.restored", of: "backup", report.backup.name,
                        changes: .object([
                            JSONMember("last_event", .integer(Int(report.lastEvent))),
                            JSONMember("lost_events", .optional(report.lostEvents.map { Int($0) })),
                        ])), by: audited.actor)
            }
        } catch let failure as CommandFailure {
            context.output.remark("warning: the restore is not in the audit: \(failure.problems[0].message)")
        }
    }
}
