/// Where a secret was found.
public enum SecretOrigin: Hashable, Sendable, CustomStringConvertible {
    /// It came with a request and lives in memory only.
    case request
    /// The variable of this name in the process environment.
    case environment(variable: String)
    /// A backend of this kind (`file`, `vault`, `aws-secrets-manager`, `aws-kms`), at this path.
    case backend(kind: String, path: String)

    public var description: String {
        switch self {
        case .request: "request"
        case .environment(let variable): "environment \(variable)"
        case .backend(let kind, let path): "\(kind) \(path)"
        }
    }

    /// The kind alone, one word: `request`, `environment` or the kind of the backend.
    public var kind: String {
        switch self {
        case .request: "request"
        case .environment: "environment"
        case .backend(let kind, _): kind
        }
    }
}
