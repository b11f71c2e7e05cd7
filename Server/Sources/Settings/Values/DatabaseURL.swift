/// Where the database is: a file of SQLite, or a PostgreSQL server.
public struct DatabaseURL: Hashable, Sendable, CustomStringConvertible {
    /// The engine and its address.
    public enum Address: Hashable, Sendable {
        /// A file; a relative path starts from the working directory.
        case sqlite(path: String)
        /// A server.
        case postgres(PostgresAddress)
    }

    /// A PostgreSQL server and one of its databases.
    public struct PostgresAddress: Hashable, Sendable {
        /// The host, or the folder of its Unix socket.
        public let host: String
        /// The port; 5432 unless given.
        public let port: Int
        /// The role to log in as; nil when none is given.
        public let user: String?
        /// The database.
        public let database: String
        /// How the connection is protected: `disable`, `allow`, `prefer`, `require`, `verify-ca`,
        /// `verify-full`; nil when the URL does not say.
        public let sslMode: String?
        /// Seconds to wait for a connection; nil when the URL does not say.
        public let connectTimeoutSeconds: Int?
    }

    /// The engine and its address.
    public let address: Address
    /// The password that stood in the URL, if any.
    public let password: URLPassword?

    /// The values of `sslmode`, weakest first.
    public static let sslModes = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"]

    /// Reads `sqlite:///relative`, `sqlite:////absolute`,
    /// `postgres://user:password@host:port/name?sslmode=...`. The driver suffix of other tools, as in
    /// `postgresql+asyncpg://`, is accepted and means nothing.
    ///
    /// - Throws: what is wrong, as a clause; it never holds any of the text.
    public init(_ text: String) throws(DatabaseURLError) {
        guard let separator = text.firstRange(of: "://") else { throw DatabaseURLError("it has no scheme") }
        let scheme = text[..<separator.lowerBound].lowercased()
        let base = scheme.split(separator: "+", maxSplits: 1).first.map(String.init) ?? ""
        let rest = text[separator.upperBound...]
        switch base {
        case "sqlite":
            guard rest.first == "/", rest.count > 1 else {
                throw DatabaseURLError("a path follows after three slashes, or four for an absolute one")
            }
            guard !rest.contains("?"),
                rest.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
            else {
                throw DatabaseURLError("the path of a file takes no parameters and no control characters")
            }
            address = .sqlite(path: String(rest.dropFirst()))
            password = nil
        case "postgres", "postgresql":
            guard let url = ServiceURL(base + String(text[separator.lowerBound...])) else {
                throw DatabaseURLError(
                    "it is not a URL; percent-encode special characters of user and password")
            }
            address = .postgres(try PostgresAddress(url))
            password = url.password
        default:
            throw DatabaseURLError("its scheme is not one of sqlite, postgres, postgresql")
        }
    }

    /// A file of SQLite.
    init(blankPath path: String) { (address, password) = (.sqlite(path: path), nil) }

    /// The URL of a text; nil when it is none. See ``init(_:)`` for the reason.
    static func read(_ text: String) -> DatabaseURL? {
        do {
            return try DatabaseURL(text)
        } catch {
            return nil
        }
    }

    /// The URL for people, without password.
    public var description: String {
        switch address {
        case .sqlite(let path): return "sqlite:///" + Disclosure.guarded(path)
        case .postgres(let server):
            var text = "postgres://"
            if let user = server.user {
                text += Disclosure.guarded(user) + (password == nil ? "@" : ":<secret>@")
            }
            text += "\(Disclosure.guarded(server.host)):\(server.port)/\(Disclosure.guarded(server.database))"
            return text + (server.sslMode.map { "?sslmode=\($0)" } ?? "")
        }
    }
}

/// Why a text is no URL of a database.
public struct DatabaseURLError: Error, Hashable, Sendable {
    /// The reason, a clause; it holds nothing of the text.
    public let reason: String

    init(_ reason: String) { self.reason = reason }
}

extension DatabaseURL.PostgresAddress {
    fileprivate init(_ url: ServiceURL) throws(DatabaseURLError) {
        let known = ["sslmode", "connect_timeout", "application_name", "host", "port"]
        for parameter in url.parameters where !known.contains(parameter.name) {
            if ["sslrootcert", "sslcert", "sslkey"].contains(parameter.name) {
                throw DatabaseURLError(
                    "certificates are given by database.ca-file, database.certificate-file and "
                        + "database.key-file"
                )
            }
            throw DatabaseURLError("its parameters are not among \(known.joined(separator: ", "))")
        }
        let socket = url["host"]
        guard !url.host.isEmpty || socket?.hasPrefix("/") == true else {
            throw DatabaseURLError("it names no host")
        }
        let name = PercentText.decode(url.path.dropFirst())
        guard let name, !name.isEmpty, !name.contains("/") else {
            throw DatabaseURLError("it names no database")
        }
        if let mode = url["sslmode"], !DatabaseURL.sslModes.contains(mode) {
            throw DatabaseURLError(
                "its sslmode is not one of \(DatabaseURL.sslModes.joined(separator: ", "))")
        }
        let port = url["port"].map { Int($0) } ?? url.port ?? 5432
        guard let port, (1...65_535).contains(port) else { throw DatabaseURLError("its port is not one") }
        if let text = url["connect_timeout"], Int(text).map((1...600).contains) != true {
            throw DatabaseURLError("its connect_timeout is not 1 to 600 seconds")
        }
        self.init(
            host: url.host.isEmpty ? socket ?? "" : url.host, port: port, user: url.user, database: name,
            sslMode: url["sslmode"], connectTimeoutSeconds: url["connect_timeout"].flatMap { Int($0) })
    }
}
