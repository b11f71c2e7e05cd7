/// Where a process runs. Only settings differ between environments: no other code asks which one it is in.
public enum DeploymentEnvironment: String, CaseIterable, Sendable {
    /// A person's machine: safe defaults for everything but secrets, `.env` is read.
    case local
    /// Continuous integration: nobody to ask, nothing kept.
    case ci
    /// Like production, with other keys and other money.
    case staging
    /// Real money. Nothing required may come from a default.
    case production

    /// The environment of a name, in any letter case; `dev` and `development` are local, `test` is ci, `prod`
    /// is production. `nil` for every other name.
    public init?(name: String) {
        switch name.lowercased() {
        case "local", "dev", "development": self = .local
        case "ci", "test": self = .ci
        case "staging": self = .staging
        case "production", "prod": self = .production
        default: return nil
        }
    }
}

extension DeploymentEnvironment {
    /// Whether the schema of the database may be changed in both directions without asking: nobody else
    /// depends on what is kept here.
    public var allowsUnguardedMigrations: Bool { self == .local || self == .ci }
}
