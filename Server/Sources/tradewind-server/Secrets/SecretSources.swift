internal import FoundationEssentials
internal import Operations
internal import Settings
internal import Units

/// The secrets that the settings ask for, and the chain that finds them: wiring only.
struct SecretSources {
    /// What is needed, owner by owner.
    let descriptions: [CredentialDescription]
    let chain: SecretChain
    let redactor: Redactor
    let audit: AuditFile
    let rotation: RotationRequest
    private let client: DirectHTTPClient

    /// The sources that the settings describe. Relative paths start from the working directory.
    init(_ loaded: LoadedSettings, _ context: ServerContext) {
        let settings = loaded.settings
        let redactor = Redactor()
        redactor.learn(loaded.knownSecrets)
        let credentials = Self.credentials(settings)
        descriptions = credentials.map { $0.description }
        client = DirectHTTPClient(authorities: settings.secrets.vault.caFile)
        let transport = HTTPSecretTransport(client: client, time: .system, jitter: Jitter(SystemGenerator()))
        var variables: [String: Secret] = [:]
        for credential in credentials {
            for (name, secret) in credential.given {
                variables[credential.description.variable(for: name)] = secret
            }
        }
        let isStrict = settings.environment == .staging || settings.environment == .production
        let backends: [any SecretBackend] = [
            AnchoredFiles(
                base: FileSecretBackend(mustBePrivate: isStrict), directory: context.workingDirectory),
            Self.vault(settings.secrets.vault, transport, redactor),
            Self.secretsManager(settings.secrets.aws, transport, context),
            Self.keyManagement(settings.secrets.aws, transport, context),
        ]
        chain = SecretChain(variables: variables, backends: backends)
        self.redactor = redactor
        let state = context.absolute(settings.state.directory)
        audit = AuditFile(folder: state + "/audit")
        rotation = RotationRequest(stateFolder: state)
    }

    /// Closes connections to backends.
    func close() async throws { try await client.shutdown() }

    /// The secrets that this configuration needs: those of the venues in use and of the chain in use, and all
    /// others that are given somewhere.
    private static func credentials(_ settings: ServerSettings) -> [CredentialSettings] {
        var all = settings.venues.inUse.map(\.credential)
        if settings.chain.network != nil { all.append(settings.chain.credential) }
        let others = [settings.api.credential, settings.auth.credential, settings.database.credential]
        for credential in others where credential.description.required.contains(where: credential.isLocated) {
            all.append(credential)
        }
        return all
    }

    private static func vault(
        _ settings: VaultSettings, _ transport: HTTPSecretTransport, _ redactor: Redactor
    ) -> any SecretBackend {
        guard let address = settings.address?.address else {
            return AbsentBackend(kind: "vault", remedy: "set secrets.vault.address")
        }
        let login: VaultConfiguration.Login
        if let path = settings.tokenFile {
            login = .tokenFile(path: path)
        } else if let role = settings.roleID, let secret = settings.secretID {
            login = .appRole(mount: "approle", roleID: Secret(role), secretID: secret)
        } else if let role = settings.roleID, let path = settings.secretIDFile {
            do throws(SecretError) {
                let secret = try FileSecretBackend(mustBePrivate: false).text(path: path)
                login = .appRole(mount: "approle", roleID: Secret(role), secretID: secret)
            } catch {
                return AbsentBackend(kind: "vault", remedy: "\(error)")
            }
        } else if let token = settings.token {
            login = .token(token)
        } else {
            return AbsentBackend(
                kind: "vault",
                remedy:
                    "set secrets.vault.token-file, or role-id with secret-id-file, or token"
            )
        }
        return VaultBackend(
            configuration: VaultConfiguration(
                address: address, namespace: settings.namespace, mount: settings.mount, login: login),
            transport: transport, time: .system, redactor: redactor)
    }

    private static func service(
        _ name: String, _ settings: AWSSettings, _ transport: HTTPSecretTransport, _ context: ServerContext
    ) -> AWSService? {
        guard let region = settings.region else { return nil }
        let environment = context.environment
        return AWSService(
            name: name, region: region, endpoint: settings.endpoint?.address,
            credentials: { () throws(SecretError) in
                if let id = settings.accessKeyID, let secret = settings.secretAccessKey {
                    return AWSCredentials(
                        accessKeyID: id, secretAccessKey: secret, sessionToken: settings.sessionToken)
                }
                return try AWSCredentials(environment: environment)
            }, transport: transport, time: .system)
    }

    private static func secretsManager(
        _ settings: AWSSettings, _ transport: HTTPSecretTransport, _ context: ServerContext
    ) -> any SecretBackend {
        guard let service = service("secretsmanager", settings, transport, context) else {
            return AbsentBackend(kind: "aws-secrets-manager", remedy: "set secrets.aws.region")
        }
        return SecretsManagerBackend(service: service)
    }

    private static func keyManagement(
        _ settings: AWSSettings, _ transport: HTTPSecretTransport, _ context: ServerContext
    ) -> any SecretBackend {
        guard let service = service("kms", settings, transport, context) else {
            return AbsentBackend(kind: "aws-kms", remedy: "set secrets.aws.region")
        }
        return KMSBackend(service: service)
    }
}

/// A backend that the settings do not set up; every question says what is lacking.
private struct AbsentBackend: SecretBackend {
    let kind: String
    let remedy: String

    func fetch(path: String) async throws(SecretError) -> SecretPayload {
        throw SecretError(
            .misconfigured, source: "\(kind) \(path)", message: "the backend is not set up", remedy: remedy)
    }
}

/// Files whose relative paths start from the working directory of the command.
private struct AnchoredFiles: SecretBackend {
    let base: FileSecretBackend
    let directory: String

    var kind: String { base.kind }

    func fetch(path: String) async throws(SecretError) -> SecretPayload {
        try await base.fetch(path: anchored(path))
    }

    func mark(path: String) throws(SecretError) -> String? { try base.mark(path: anchored(path)) }

    private func anchored(_ path: String) -> String { path.hasPrefix("/") ? path : "\(directory)/\(path)" }
}

/// The random numbers of the system, for waits.
private struct SystemGenerator: RandomNumberGenerator, Sendable {
    func next() -> UInt64 {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }
}

extension ServiceURL {
    /// Scheme, host, port and path, as a client takes them.
    fileprivate var address: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(scheme)://\(name)" + (port.map { ":\($0)" } ?? "") + path
    }
}

extension ServerContext {
    /// A path that starts from the working directory when it is relative.
    fileprivate func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(workingDirectory)/\(path)"
    }
}
