internal import ArgumentParser
internal import Operations
internal import Settings
internal import TradewindCommands

/// `tradewind secrets`.
struct SecretsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secrets", abstract: "Say where each secret comes from; read rotated ones now.",
        subcommands: [SecretsCheckCommand.self, SecretsRotateCommand.self])
}

/// `tradewind secrets check`.
struct SecretsCheckCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "List each needed secret: where it is found, its version, age and lease.",
        discussion: """
            Reads every source now, and never shows a value. Exit code 0 when every secret is there, 78 when \
            one is missing or its source is set up wrongly, 69 when a source does not answer.
            """)

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        let sources = SecretSources(SecretsSurvey.settings(settings, context), context)
        let report = await SecretsReport(reading: sources, remark: context.output.remark)
        try await sources.close()
        try context.output.result(sources.redactor.redact(report.rendered(asJSON: format.json)))
        if let status = report.failure { throw ExitCode(status.rawValue) }
    }
}

/// `tradewind secrets rotate`.
struct SecretsRotateCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate", abstract: "Read every secret again, here and in the running services.",
        discussion: """
            Says by version what has changed since the audit's last record of it; values are never shown. \
            Running services read their secrets before their next request. Exit codes as of secrets check.
            """)

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        let sources = SecretSources(SecretsSurvey.settings(settings, context), context)
        let before = sources.audit.lastVersions()
        let report = await SecretsReport(reading: sources, before: before, remark: context.output.remark)
        try await sources.close()
        do throws(AuditError) {
            try sources.rotation.ask()
        } catch {
            throw CommandFailure(
                .outputFailed, code: "state", message: error.description, remedy: "see to the folder of state"
            )
        }
        try context.output.result(sources.redactor.redact(report.rendered(asJSON: format.json)))
        if let status = report.failure { throw ExitCode(status.rawValue) }
    }
}

/// The settings as they are, right or wrong: a missing key must not keep the command from saying which are
/// missing.
private enum SecretsSurvey {
    static func settings(_ options: SettingsOptions, _ context: ServerContext) -> LoadedSettings {
        let survey = SettingsLoader.survey(service: nil, sources: options.sources(context))
        if survey.problems != nil {
            context.output.remark("note: the settings are wrong; tradewind config check says what")
        }
        return survey.settings
    }
}
