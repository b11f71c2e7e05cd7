/// One setting: everything that parsing, checking, the commands and the reference page know about it.
public struct SettingDeclaration: Hashable, Sendable {
    /// Its name, `section.name` in kebab-case: `api.port`, `venues.binance.api-key`.
    public let key: String
    /// What its value looks like.
    public let shape: SettingShape
    /// The value when nothing gives one, as it would be written; nil when there is none.
    public let fallback: String?
    /// Where it must be given.
    public let requirement: SettingRequirement
    /// Which of several values counts.
    public let precedence: SettingPrecedence
    /// The services that read it.
    public let services: Set<ServiceKind>
    /// What it means, with its unit, in one or two sentences.
    public let summary: String

    /// The environment variable: `TRADEWIND_API__PORT`.
    public var environmentVariable: String { SettingKey.environmentVariable(for: key) }
    /// The section: all of the key but its last part; empty for a key without one.
    public var section: String { SettingKey.section(of: key) }
}

/// Where a setting must be given, so that its built-in value does not count.
public enum SettingRequirement: String, Hashable, Sendable, CaseIterable {
    /// Nowhere: the built-in value is safe, or nothing is a value too.
    case never
    /// In ci, staging and production.
    case outsideLocal
    /// In staging and production.
    case stagingAndProduction

    /// Whether it must be given in an environment.
    public func applies(in environment: DeploymentEnvironment) -> Bool {
        switch self {
        case .never: false
        case .outsideLocal: environment != .local
        case .stagingAndProduction: environment == .staging || environment == .production
        }
    }
}

/// Which value counts when several places give one.
public enum SettingPrecedence: String, Hashable, Sendable {
    /// That of the first place: command line, environment, `.env`, settings file, environment file.
    case first
    /// The lowest of all places: for limits, where a looser value in one place must not undo a tighter one.
    case lowest
    /// All places must say the same.
    case agreement
}

/// A service, as a process that reads settings.
public enum ServiceKind: String, Hashable, Sendable, CaseIterable, Comparable {
    /// `serve`: the HTTP API.
    case api
    /// `worker`: jobs.
    case worker
    /// `scheduler`: jobs at their times.
    case scheduler
    /// `paper` and `live`: a run against venues.
    case trading
    /// `start`, `stop`, `restart`, `status`: the supervisor on this host.
    case supervisor

    public static func < (left: ServiceKind, right: ServiceKind) -> Bool {
        let all = ServiceKind.allCases
        return (all.firstIndex(of: left) ?? 0) < (all.firstIndex(of: right) ?? 0)
    }
}
