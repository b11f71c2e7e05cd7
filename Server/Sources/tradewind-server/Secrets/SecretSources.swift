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
    private let needed: [(owner: SecretOwner, credential: CredentialSettings)]
    private let schedule: RotationSchedule
    private let client: DirectHTTPClient

    /// The sources that the settings describe. Relative paths start from the working directory.
    ///
    /// - Parameter redactor: learns every value.
    init(_ loaded: LoadedSettings, _ context: ServerContext, redactor: Redactor = Redactor()) {
        let settings = loaded.settings
        redactor.learn(loaded.knownSecrets)
        needed = settings.neededCredentials
        descriptions = needed.map { $0.credential.description }
        schedule = RotationSchedule(settings.secrets)
        client = DirectHTTPClient(authorities: settings.secrets.vault.caFile)
        let transport = HTTPSecretTransport(
            client: client, time: .system, jitter: Jitter(SystemRandomNumbers()))
        var variables: [String: Secret] = [:]
        for (_, credential) in needed {
            for (name, secret) in credential.given {
                variables[credential.description.variable(for: name)] = secret
            }
        }
        let isStrict = settings.environment == .staging || settings.environment == .production
        let files = AnchoredFiles(
            base: FileSecretBackend(mustBePrivate: isStrict), directory: context.workingDirectory)
        chain = SecretChain(
            variables: variables,
            backends: [files, Self.vault(settings.secrets, transport, redactor)]
                + Self.aws(settings.secrets.aws, transport, context, redactor))
        self.redactor = redactor
        let state = context.absolute(settings.state.directory)
        audit = AuditFile(folder: state + "/audit")
        rotation = RotationRequest(stateFolder: state)
    }

    /// Closes connections to backends.
    func close() async throws { try await client.shutdown() }

    /// A credential that follows its source, for each owner that has one: some secret of it is given, or a
    /// backend is named.
    ///
    /// - Parameter audit: where readings and rotations are recorded.
    func serviceCredentials(audit: any AuditSink) -> ServiceCredentials {
        let (chain, redactor, rotation, schedule) = (chain, redactor, rotation, schedule)
        return ServiceCredentials(
            needed.filter { $0.credential.description.required.contains(where: $0.credential.isLocated) }
                .map { owner, credential in
                    (
                        owner,
                        RotatingCredential(
                            description: credential.description, resolver: chain, schedule: schedule,
                            jitter: Jitter(SystemRandomNumbers()), audit: audit, redactor: redactor,
                            rotationMark: { rotation.mark() })
                    )
                })
    }

    private static func vault(
        _ settings: SecretsSettings, _ transport: HTTPSecretTransport, _ redactor: Redactor
    ) -> any SecretBackend {
        guard let configuration = VaultConfiguration(settings) else {
            return AbsentBackend(
                kind: "vault",
                remedy: settings.vault.address == nil
                    ? "set secrets.vault.address"
                    : "set secrets.vault.token-file, or role-id with secret-id-file, or token")
        }
        return VaultBackend(
            configuration: configuration, transport: transport, time: .system, redactor: redactor)
    }

    private static func aws(
        _ settings: AWSSettings, _ transport: HTTPSecretTransport, _ context: ServerContext,
        _ redactor: Redactor
    ) -> [any SecretBackend] {
        guard let region = settings.region else {
            return ["aws-secrets-manager", "aws-kms"].map { kind in
                AbsentBackend(kind: kind, remedy: "set secrets.aws.region")
            }
        }
        let endpoint = settings.endpoint?.withoutParameters
        let keys = AWSCredentialChain(
            given: AWSCredentials(settings), environment: context.environment, region: region,
            endpoint: endpoint, transport: transport, time: .system, redactor: redactor)
        func service(_ name: String) -> AWSService {
            AWSService(
                name: name, region: region, endpoint: endpoint,
                credentials: { () throws(SecretError) in try await keys.current() }, transport: transport,
                time: .system)
        }
        return [
            SecretsManagerBackend(service: service("secretsmanager")), KMSBackend(service: service("kms")),
        ]
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

extension ServerContext {
    /// A path that starts from the working directory when it is relative.
    fileprivate func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(workingDirectory)/\(path)"
    }
}
