/// Reads the settings of a service from all sources at once.
///
/// The order, nearest first: command line, process environment, `.env` (in local only), the settings file,
/// the file of the environment, built-in values. Limits are the exception: of several, the lowest counts.
public enum SettingsLoader {
    /// Reads and checks.
    ///
    /// - Parameters:
    ///   - service: the service that is to run: only what it reads must be given. Nil checks for all
    ///   services.
    ///   - mode: the kind of run that the process is started for, when it is started for one.
    ///   - sources: what is read.
    /// - Throws: everything that is wrong, in one error that holds no secret.
    public static func load(
        service: ServiceKind?, mode: ExecutionMode? = nil, sources: SettingsSources
    ) throws(SettingsProblems) -> LoadedSettings {
        let survey = survey(service: service, mode: mode, sources: sources)
        if let problems = survey.problems { throw problems }
        return survey.settings
    }

    /// Reads and checks, and hands out what there is even when something is wrong with it: to explain, never
    /// to run.
    public static func survey(
        service: ServiceKind?, mode: ExecutionMode? = nil, sources: SettingsSources
    ) -> SettingsSurvey {
        var pass = LoadingPass(sources: sources)
        let environment = pass.readSources()
        let state = ReadingState(
            values: pass.layers.values, environment: environment, service: service, variables: pass.variables)
        let settings = ServerSettings(SettingsReader(state), environment: environment)
        let context = RuleContext(
            settings: settings, state: state, service: service, files: sources.files, askedMode: mode)
        let found = SettingsRule.all.flatMap { $0.check(context) }
        let problems = pass.layers.problems + pass.problems + state.problems + found
        let secrets = pass.secretTexts()
        let mask = SecretMask(secrets)
        let loaded = LoadedSettings(
            settings: settings, service: service, provenance: state.provenance.mapValues { $0.masked(mask) },
            notes: (pass.notes + state.notes).map(mask.apply), knownSecrets: secrets.map { Secret($0) })
        return SettingsSurvey(
            settings: loaded,
            problems: problems.isEmpty ? nil : SettingsProblems(problems.map { $0.masked(mask) }))
    }
}

/// Settings as they are, right or wrong.
public struct SettingsSurvey: Sendable {
    /// What was read; where something is wrong, a built-in value or a blank stands for it.
    public let settings: LoadedSettings
    /// What is wrong; nil when nothing is.
    public let problems: SettingsProblems?
}

/// One reading of all sources.
private struct LoadingPass {
    let sources: SettingsSources
    var layers = SettingsLayers()
    var problems: [SettingsProblem] = []
    var notes: [String] = []

    init(sources: SettingsSources) { self.sources = sources }

    /// The variables that settings may name.
    var variables: [String: String] { layers.otherVariables.merging(sources.environment) { $1 } }

    /// Reads all sources, in their order.
    ///
    /// - Returns: where the process runs.
    mutating func readSources() -> DeploymentEnvironment {
        layers.add(arguments: sources.arguments)
        layers.add(environment: sources.environment)
        let (settingsFile, isNamed) = path("files.settings", FilesSettings.defaultSettings)
        let yaml = readYAML(settingsFile, mustExist: isNamed, purpose: "the settings file")
        // `.env` counts before the settings file, yet whether it counts is known only with the latter.
        var ahead = layers
        let shownFile = Disclosure.guarded(settingsFile)
        if let yaml { ahead.add(yaml: yaml, path: shownFile) }
        let stated = ahead.values["environment"] ?? []
        if environment(of: stated) ?? .local == .local {
            readDotenv()
        } else if case .bytes = sources.files.read(DotenvFile.name) {
            notes.append(
                "\(DotenvFile.name) is not read in \(environment(of: stated)?.rawValue ?? ""): only in local")
        }
        if let yaml { layers.add(yaml: yaml, path: shownFile) }
        let outside = (layers.values["environment"] ?? []).filter { !$0.isDotenv }
        let environment = self.environment(of: outside) ?? .local
        let (folder, _) = path("files.environments", FilesSettings.defaultEnvironments)
        let file = (folder.hasSuffix("/") ? folder : folder + "/") + environment.rawValue + ".yaml"
        let mustExist = environment == .staging || environment == .production
        if let yaml = readYAML(file, mustExist: mustExist, purpose: "the file of the environment") {
            layers.add(yaml: yaml, path: Disclosure.guarded(file))
        }
        layers.refuseFileSettings()
        checkAgreement(environment)
        return environment
    }

    /// A path that only the command line and the environment can give.
    private func path(_ key: String, _ fallback: String) -> (path: String, isNamed: Bool) {
        guard case .text(let text)? = layers.values[key]?.first?.content else { return (fallback, false) }
        return (text, true)
    }

    private func environment(of values: [WrittenValue]) -> DeploymentEnvironment? {
        for value in values {
            if case .text(let text) = value.content, let environment = DeploymentEnvironment(name: text) {
                return environment
            }
        }
        return nil
    }

    /// All places that name the environment must name the same one; `.env` can name local alone.
    private mutating func checkAgreement(_ environment: DeploymentEnvironment) {
        let values = layers.values["environment"] ?? []
        let first = values.first { !$0.isDotenv && self.environment(of: [$0]) == environment }
        for value in values {
            guard let other = self.environment(of: [value]), other != environment else { continue }
            let reason =
                first.map { "by \($0.origin)" } ?? "as long as no place but \(DotenvFile.name) names it"
            problems.append(
                SettingsProblem(
                    .contradiction, key: "environment",
                    "it is \(other.rawValue) here and \(environment.rawValue) \(reason)", at: value.origin,
                    remedy: value.isDotenv
                        ? "\(DotenvFile.name) counts in local only: set TRADEWIND_ENVIRONMENT in the "
                            + "process environment"
                        : "make both the same, or give it once"))
        }
    }

    private mutating func readYAML(_ path: String, mustExist: Bool, purpose: String) -> SettingsYAML? {
        let name = Disclosure.guarded(path)
        switch sources.files.read(path) {
        case .bytes(let bytes): return SettingsYAML(bytes, path: name)
        case .unreadable(let reason):
            problems.append(
                SettingsProblem(
                    .file, "\(purpose) cannot be read: \(reason)", about: name,
                    remedy: "make it readable for this user"))
        case .absent where mustExist:
            problems.append(
                SettingsProblem(
                    .file, "\(purpose) is absent", about: name,
                    remedy:
                        "put it there, or name its place by TRADEWIND_FILES__SETTINGS or "
                        + "TRADEWIND_FILES__ENVIRONMENTS"
                ))
        case .absent: break
        }
        return nil
    }

    private mutating func readDotenv() {
        switch sources.files.read(DotenvFile.name) {
        case .absent: return
        case .unreadable(let reason):
            problems.append(
                SettingsProblem(
                    .file, "it cannot be read: \(reason)", about: DotenvFile.name,
                    remedy: "make it readable for this user"))
        case .bytes(let bytes):
            layers.add(dotenv: DotenvFile(bytes), path: DotenvFile.name)
            if let facts = sources.files.facts(DotenvFile.name), facts.isOpenToOthers {
                notes.append(
                    "\(DotenvFile.name) can be read by others (mode \(facts.modeText)): run chmod 600 "
                        + "\(DotenvFile.name)"
                )
            }
        }
    }

    /// Every text that is, or may be meant as, a secret: the values of secrets, the passwords of URLs.
    func secretTexts() -> [String] {
        var texts: Set<String> = []
        for (key, values) in layers.values {
            guard let shape = SettingsCatalogue.current[key]?.shape else { continue }
            for value in values {
                let text = value.flattened
                if shape.isSecret { texts.insert(text) }
                if let password = Placeholder.password(in: text) {
                    texts.insert(password)
                    if let decoded = PercentText.decode(password) { texts.insert(decoded) }
                }
            }
        }
        return texts.sorted()
    }
}

extension SettingsProblem {
    /// The problem without any of the secrets of a mask in its texts.
    fileprivate func masked(_ mask: SecretMask) -> SettingsProblem {
        SettingsProblem(
            code, key: key, mask.apply(message), at: origin, about: subject.map(mask.apply),
            remedy: mask.apply(remedy))
    }
}

extension SettingProvenance {
    fileprivate func masked(_ mask: SecretMask) -> SettingProvenance {
        if origin == .builtIn { return self }
        return SettingProvenance(
            origin: origin, shown: shown.map(mask.apply),
            overridden: overridden.map { Overridden(origin: $0.origin, shown: mask.apply($0.shown)) })
    }
}
