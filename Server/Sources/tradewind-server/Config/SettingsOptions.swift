internal import ArgumentParser
internal import Settings
internal import TradewindCommands

/// `--set key=value`, on every command that reads settings.
struct SettingsOptions: ParsableArguments {
    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Give a setting, before all other sources: --set api.port=8001. May be repeated. Never for "
                + "secrets.",
            valueName: "key=value"))
    var values: [String] = []

    /// The settings of a service, checked.
    ///
    /// - Parameters:
    ///   - service: the service that is to run; nil checks for all of them.
    ///   - mode: the kind of run that the process is started for, when it is started for one.
    /// - Throws: one failure with everything that is wrong; exit code 78.
    func load(
        _ service: ServiceKind?, mode: ExecutionMode? = nil, _ context: ServerContext
    ) throws -> LoadedSettings {
        let loaded = try SettingsLoader.load(service: service, mode: mode, sources: sources(context))
        for note in loaded.notes { context.output.remark("note: " + note) }
        return loaded
    }

    /// The settings for what cannot wait until they are right, as stopping all trading.
    ///
    /// What is wrong is told as a warning, unless it leaves in doubt which storage is meant: that is refused.
    ///
    /// - Throws: one failure with everything that is wrong; exit code 78.
    func loadInEmergency(_ context: ServerContext) throws -> LoadedSettings {
        let survey = SettingsLoader.survey(service: nil, sources: sources(context))
        guard let found = survey.problems else { return survey.settings }
        let isStorageKnown = found.problems.allSatisfy { problem in
            guard let key = problem.key, problem.code != .unknownKey else { return false }
            return key != "environment" && !key.hasPrefix("database.") && !key.hasPrefix("files.")
        }
        guard isStorageKnown else { throw found }
        for problem in found.problems { context.output.remark("warning: \(problem)") }
        return survey.settings
    }

    /// What settings are read from in a context.
    func sources(_ context: ServerContext) -> SettingsSources {
        SettingsSources(
            arguments: values, environment: context.environment,
            files: HostFiles(directory: context.workingDirectory))
    }
}

extension CommandFailure {
    /// Everything that is wrong with the settings; exit code 78.
    init(_ error: SettingsProblems) {
        self.init(
            .wrongConfiguration,
            problems: error.problems.map { problem in
                FailureProblem(
                    code: problem.code.rawValue, message: problem.sentence, file: problem.file,
                    line: problem.line,
                    remedy: problem.remedy)
            })
    }
}
