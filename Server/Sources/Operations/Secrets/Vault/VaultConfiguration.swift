public import Settings

/// Where a HashiCorp Vault or an OpenBao server is, and who we are to it.
public struct VaultConfiguration: Sendable {
    /// How we prove who we are.
    public enum Login: Sendable {
        /// A token that somebody gave us. It is renewed while it may be.
        case token(Secret)
        /// A file in which an agent keeps a fresh token; read again when the token is refused.
        case tokenFile(path: String)
        /// The AppRole method, mounted at `mount` (usually `approle`). A new token is got when the old one
        /// ends.
        case appRole(mount: String, roleID: Secret, secretID: Secret)
        /// The same with a file that holds the secret id, read for each login.
        case appRoleFile(mount: String, roleID: Secret, path: String)
    }

    /// Scheme, host and port, as in `https://vault.internal:8200`.
    public let address: String
    /// The namespace, of Vault Enterprise and OpenBao.
    public let namespace: String?
    /// Where the key-value engine, version 2, is mounted; usually `secret`.
    public let mount: String
    /// How we prove who we are.
    public let login: Login
    /// Our token is renewed this long before its end, or after two thirds of it when that is earlier.
    public let tokenMargin: Duration

    /// A server. A slash at the end of the address and around the mount is dropped.
    public init(
        address: String, namespace: String? = nil, mount: String = "secret", login: Login,
        tokenMargin: Duration = .seconds(30)
    ) {
        self.tokenMargin = tokenMargin
        self.address = String(address.reversed().drop { $0 == "/" }.reversed())
        self.namespace = namespace
        self.mount = VaultPath.trimmed(mount)
        self.login = login
    }

    /// The server that the settings describe; nil when they name no address or no way to log in.
    public init?(_ settings: SecretsSettings) {
        let vault = settings.vault
        guard let address = vault.address?.withoutParameters, let login = Login(vault) else { return nil }
        self.init(
            address: address, namespace: vault.namespace, mount: vault.mount, login: login,
            tokenMargin: settings.leaseMargin)
    }
}

extension VaultConfiguration.Login {
    /// The way to log in that the settings give; nil when they give none.
    init?(_ settings: VaultSettings) {
        let role = settings.roleID.map { Secret($0) }
        if let path = settings.tokenFile {
            self = .tokenFile(path: path)
        } else if let role, let secret = settings.secretID {
            self = .appRole(mount: settings.appRoleMount, roleID: role, secretID: secret)
        } else if let role, let path = settings.secretIDFile {
            self = .appRoleFile(mount: settings.appRoleMount, roleID: role, path: path)
        } else if let token = settings.token {
            self = .token(token)
        } else {
            return nil
        }
    }
}

/// Paths within Vault.
enum VaultPath {
    static func trimmed(_ path: String) -> String {
        String(path.drop { $0 == "/" }.reversed().drop { $0 == "/" }.reversed())
    }

    /// The path with each segment percent-encoded; throws for one that would lead elsewhere.
    static func encoded(_ path: String, source: String) throws(SecretError) -> String {
        let segments = trimmed(path).split(separator: "/", omittingEmptySubsequences: false)
        for segment in segments where segment.isEmpty || segment == "." || segment == ".." {
            throw SecretError(
                .misconfigured, source: source, message: "the path \(path) has an empty or dotted segment",
                remedy: "write the path of the secret as in trading/binance")
        }
        return segments.map { PercentEncoding.encoded(String($0)) }.joined(separator: "/")
    }
}
