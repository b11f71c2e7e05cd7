/// Who needs secrets: a venue, or a part of the services.
public enum SecretOwner: Hashable, Sendable, CustomStringConvertible {
    /// The API: the token of machine clients, `token`.
    case api
    /// Who may use the API: `signing-keys` and `audit-key`.
    case auth
    /// The database: `password`.
    case database
    /// The chain: `rpc-url` and `private-key`.
    case chain
    /// A venue: `api-key`, `api-secret` and, where it has one, `passphrase`.
    case venue(VenueName)

    /// Its name in messages, health and the audit: `api`, `binance`.
    public var description: String {
        switch self {
        case .api: "api"
        case .auth: "auth"
        case .database: "database"
        case .chain: "chain"
        case .venue(let name): name.rawValue
        }
    }

    /// The section of its settings: `api`, `venues.binance`.
    var section: String {
        if case .venue(let name) = self { return "venues.\(name.rawValue)" }
        return description
    }
}

extension ServerSettings {
    /// The secrets of every owner, needed or not.
    public var credentials: [(owner: SecretOwner, credential: CredentialSettings)] {
        [
            (.api, api.credential), (.auth, auth.credential), (.database, database.credential),
            (.chain, chain.credential),
        ]
            + VenueName.allCases.compactMap { name in
                venues[name].map { (.venue(name), $0.credential) }
            }
    }

    /// The secrets that this configuration asks for: those of the venues in use, in their order, of the
    /// chain in use, and of each other owner that needs one here or has one somewhere.
    public var neededCredentials: [(owner: SecretOwner, credential: CredentialSettings)] {
        let inUse = venues.inUse.map { (owner: SecretOwner.venue($0.name), credential: $0.credential) }
        let others = credentials.filter { owner, credential in
            switch owner {
            case .venue: false
            case .chain: chain.network != nil
            case .api, .auth, .database: !credential.description.required.isEmpty
            }
        }
        return inUse + others.filter { $0.owner == .chain } + others.filter { $0.owner != .chain }
    }
}
