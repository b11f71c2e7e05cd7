/// A rule between settings, or between a setting and the host, that no single value can show.
public struct SettingsRule: Sendable {
    /// Its name, kebab-case, for the reference and the tests.
    public let name: String
    /// What it demands, one sentence.
    public let sentence: String
    /// What it finds.
    let check: @Sendable (RuleContext) -> [SettingsProblem]

    init(
        _ name: String, _ sentence: String, check: @escaping @Sendable (RuleContext) -> [SettingsProblem]
    ) {
        (self.name, self.sentence, self.check) = (name, sentence, check)
    }

    /// All rules, in the order of the reference.
    public static let all: [SettingsRule] =
        ModeRule.all + AccessRules.all + StorageRules.all + VenueRules.all + SecretRules.all
        + RelationRules.all + LogArchiveRules.all
}

/// What a rule looks at.
final class RuleContext {
    let settings: ServerSettings
    let service: ServiceKind?
    let files: any SettingsFiles
    let askedMode: ExecutionMode?
    private let state: ReadingState

    init(
        settings: ServerSettings, state: ReadingState, service: ServiceKind?, files: any SettingsFiles,
        askedMode: ExecutionMode?
    ) {
        (self.settings, self.state, self.service) = (settings, state, service)
        (self.files, self.askedMode) = (files, askedMode)
    }

    var environment: DeploymentEnvironment { settings.environment }
    /// Whether real users or real money may be behind it.
    var isHardened: Bool { environment == .staging || environment == .production }

    /// Where the value of a setting came from; nil when it is the built-in one.
    func origin(_ key: String) -> SettingOrigin? {
        state.provenance[key].flatMap { $0.origin == .builtIn ? nil : $0.origin }
    }

    /// Whether some place gives a setting.
    func isGiven(_ key: String) -> Bool { origin(key) != nil }

    /// Whether a setting has a value that cannot be used; rules then have nothing to say about it.
    func isBroken(_ key: String) -> Bool { state.isBroken(key) }

    /// Whether none of some settings has a value that cannot be used: comparing them then makes sense.
    func areSound(_ keys: String...) -> Bool { !keys.contains(where: isBroken) }

    /// Whether the service that is to run reads a setting.
    func isRead(_ key: String) -> Bool {
        guard let service else { return true }
        return SettingsCatalogue.current[key]?.services.contains(service) ?? true
    }

    /// A contradiction, at the place of the setting that it is best mended at.
    func contradiction(_ key: String, _ message: String, remedy: String) -> SettingsProblem {
        SettingsProblem(.contradiction, key: key, message, at: origin(key), remedy: remedy)
    }

    /// A setting that is needed because of others; none when it is there in a broken form, or not read.
    func missing(_ key: String, because reason: String) -> [SettingsProblem] {
        guard isRead(key), !isBroken(key), let declaration = SettingsCatalogue.current[key] else { return [] }
        return [.missing(declaration, because: reason)]
    }
}
