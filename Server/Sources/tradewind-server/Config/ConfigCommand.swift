internal import ArgumentParser
internal import Settings
internal import TradewindCommands

/// `tradewind config check|show|explain`, and the schema of the settings file.
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "The settings: which are in effect, from where, and what is wrong.",
        subcommands: [
            ConfigCheckCommand.self, ConfigShowCommand.self, ConfigExplainCommand.self,
            ConfigSchemaCommand.self,
        ])
}

/// `--service`, on commands that look at settings without running a service.
struct ServiceOption: ParsableArguments {
    @Option(
        name: .customLong("service"),
        help: ArgumentHelp(
            "The service that is to run; without it what all services need must be there.",
            discussion: "One of \(ServiceKind.allCases.map(\.rawValue).joined(separator: ", "))."),
        transform: ServiceOption.read)
    var kind: ServiceKind?

    @Sendable private static func read(_ text: String) throws -> ServiceKind {
        if let kind = ServiceKind(rawValue: text) { return kind }
        throw ValidationError("services are \(ServiceKind.allCases.map(\.rawValue).joined(separator: ", "))")
    }
}

/// `tradewind config check`.
struct ConfigCheckCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check the settings; every problem at once.",
        discussion: """
            Reads what a service would read and starts nothing. Exit code 78 when something is wrong. \
            Deployment and continuous integration run it first.
            """)

    @OptionGroup var service: ServiceOption
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        let loaded = try settings.load(service.kind, context)
        let given = loaded.provenance.values.count { $0.origin != .builtIn }
        if format.json {
            try context.output.result(
                JSONLine.object([
                    ("ok", "true"), ("environment", JSONEscape.quoted(loaded.environment.rawValue)),
                    ("service", service.kind.map { JSONEscape.quoted($0.rawValue) } ?? "null"),
                    ("settings", "\(loaded.provenance.count)"), ("given", "\(given)"),
                    ("notes", JSONLine.array(loaded.notes.map(JSONEscape.quoted))),
                ]) + "\n")
            return
        }
        let whose = service.kind.map { "for \($0.rawValue)" } ?? "for all services"
        try context.output.result(
            "the settings are right \(whose) in \(loaded.environment.rawValue): \(given) of "
                + "\(loaded.provenance.count) are given\n")
    }
}

/// `tradewind config show`.
struct ConfigShowCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print the settings in effect and where they came from; no secret is printed.")

    @Argument(help: "Only this section or setting: api, venues.binance, api.port.")
    var name: String?
    @Flag(help: "Only the settings that some place gives.")
    var given = false
    @OptionGroup var service: ServiceOption
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        let loaded = try settings.load(service.kind, context)
        let catalogue = SettingsCatalogue.current
        let shown = catalogue.declarations.filter { setting in
            let isWanted = name.map { setting.key == $0 || setting.key.hasPrefix($0 + ".") } ?? true
            return isWanted
                && (!given || loaded.provenance[setting.key].map { $0.origin != .builtIn } ?? false)
        }
        if let name,
            !catalogue.declarations.contains(where: { $0.key == name || $0.key.hasPrefix(name + ".") })
        {
            throw CommandFailure(unknownSetting: name)
        }
        let text = format.json ? json(shown, loaded) : table(shown, loaded)
        try context.output.result(text)
    }

    private func table(_ settings: [SettingDeclaration], _ loaded: LoadedSettings) -> String {
        let rows = settings.map { setting -> (String, String, String) in
            let provenance = loaded.provenance[setting.key]
            let shown = provenance?.shown
            return (setting.key, shown ?? "-", shown == nil ? "" : provenance.map { "\($0.origin)" } ?? "")
        }
        let first = rows.map(\.0.count).max() ?? 0
        let second = min(44, rows.map(\.1.count).max() ?? 0)
        return rows.map { row in
            func padded(_ text: String, _ width: Int) -> String {
                text + String(repeating: " ", count: max(0, width - text.count))
            }
            let line = padded(row.0, first) + "  " + padded(row.1, second) + "  " + row.2
            return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
        }.joined()
    }

    private func json(_ settings: [SettingDeclaration], _ loaded: LoadedSettings) -> String {
        let entries = settings.map { setting in
            SettingJSON.object(setting, loaded.provenance[setting.key])
        }
        return JSONLine.object([
            ("environment", JSONEscape.quoted(loaded.environment.rawValue)),
            ("settings", JSONLine.array(entries)),
            ("notes", JSONLine.array(loaded.notes.map(JSONEscape.quoted))),
        ]) + "\n"
    }
}

/// `tradewind config explain`.
struct ConfigExplainCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Explain one setting: meaning, variable, what is allowed, value and origin.",
        discussion: "Works with broken settings too. Without a name it lists all settings.")

    @Argument(help: "The setting, or its environment variable: api.port or TRADEWIND_API__PORT.")
    var name: String?
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        let survey = SettingsLoader.survey(service: nil, sources: settings.sources(context))
        guard let name else {
            try context.output.result(format.json ? listJSON(survey) : list())
            return
        }
        guard let explanation = SettingsExplanation(of: name, in: survey.settings) else {
            throw CommandFailure(unknownSetting: name)
        }
        guard format.json else {
            try context.output.result(explanation.text)
            return
        }
        try context.output.result(SettingJSON.object(explanation.declaration, explanation.provenance) + "\n")
    }

    private func list() -> String {
        let settings = SettingsCatalogue.current.declarations
        let width = settings.map(\.key.count).max() ?? 0
        return settings.map { setting in
            setting.key + String(repeating: " ", count: width - setting.key.count) + "  \(setting.summary)\n"
        }.joined()
    }

    private func listJSON(_ survey: SettingsSurvey) -> String {
        let entries = SettingsCatalogue.current.declarations.map { setting in
            SettingJSON.object(setting, survey.settings.provenance[setting.key])
        }
        return JSONLine.object([("settings", JSONLine.array(entries))]) + "\n"
    }
}

/// `tradewind config schema`.
struct ConfigSchemaCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON Schema of the settings file tradewind.yaml.",
        discussion: """
            An editor that knows YAML checks and completes the file with it. Secrets are not in it. The \
            schemas of run files and results are printed by `tradewind config schema run` and its like.
            """)

    /// What the schema describes; `tradewind` prints those of everything else.
    enum Subject: String, ExpressibleByArgument, CaseIterable {
        case settings
    }

    @Argument(help: "settings: the settings file, tradewind.yaml.")
    var subject: Subject = .settings

    // The schema is JSON already, so --json only decides how a failure is printed.
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        try context.output.result(SettingsSchema.text() + "\n")
    }
}

extension CommandFailure {
    /// A setting that does not exist was asked for; exit code 64.
    fileprivate init(unknownSetting name: String) {
        let catalogue = SettingsCatalogue.current
        let near = catalogue.nearestKey(to: name) ?? catalogue.nearestVariable(to: name)
        self.init(
            .usage, code: "unknown-setting", message: "there is no setting of that name",
            remedy: near.map { "did you mean \($0)?" } ?? "config explain lists all settings")
    }
}
