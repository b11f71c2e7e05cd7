/// Settings that were found to be right, with where each came from.
public struct LoadedSettings: Sendable {
    /// The settings.
    public let settings: ServerSettings
    /// The service they were checked for; nil for all services.
    public let service: ServiceKind?
    /// Where the value of each setting came from, by key. Settings without a value are there too.
    public let provenance: [String: SettingProvenance]
    /// Remarks that are no errors, each a sentence: an open `.env`, a looser limit that does not count.
    public let notes: [String]
    /// The values of all secrets in the sources, for a redactor to know from the first line on.
    public let knownSecrets: [Secret]

    /// Where the process runs.
    public var environment: DeploymentEnvironment { settings.environment }
}

extension LoadedSettings {
    /// Whether a run of a mode may be executed by this process.
    ///
    /// - Throws: one problem that names where the process's own mode comes from.
    public func admit(_ mode: ExecutionMode) throws(SettingsProblems) {
        let origin = provenance["execution.mode"]?.origin
        guard let problem = ModeRule.problem(asked: mode, allowed: settings.execution.mode, origin) else {
            return
        }
        throw SettingsProblems([problem])
    }
}
