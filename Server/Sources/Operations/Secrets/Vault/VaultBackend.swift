internal import Events
public import Settings
internal import Units

/// Secrets in the key-value engine, version 2, of HashiCorp Vault or OpenBao.
///
/// A path is that of the secret under the mount, as in `trading/binance`; its version is the version number.
/// A path that begins with a slash is taken as it stands under `/v1`, for engines that hand out secrets with
/// a lease, as `/database/creds/trading`. Our token is renewed in time; with AppRole or a token file a new
/// one is got when it ends or is refused. Questions at the same time share one login.
public actor VaultBackend: SecretBackend {
    private let configuration: VaultConfiguration
    private let transport: any SecretTransport
    private let time: SecretTime
    private let redactor: Redactor
    private var token: VaultToken?
    private var login: Task<Result<VaultToken, SecretError>, Never>?

    /// A server reached by `transport`. The redactor learns every token.
    public init(
        configuration: VaultConfiguration, transport: any SecretTransport, time: SecretTime,
        redactor: Redactor
    ) {
        self.configuration = configuration
        self.transport = transport
        self.time = time
        self.redactor = redactor
    }

    public nonisolated var kind: String { "vault" }

    public func fetch(path: String) async throws(SecretError) -> SecretPayload {
        let source = "vault \(path)"
        let isRaw = path.hasPrefix("/")
        let encoded = try VaultPath.encoded(path, source: source)
        let question = isRaw ? encoded : "\(configuration.mount)/data/\(encoded)"
        let response = try await ask("GET", question, body: nil, source: source)
        guard response.status == 200 else { throw failure(response, source: source) }
        let envelope = try VaultAnswer.decode(VaultAnswer.Envelope.self, response.body, source: source)
        let all = try response.body.withBytes { body throws(SecretError) in
            try SecretFields.decode(json: body, source: source, lists: .left)
        }
        let prefix = isRaw ? "data." : "data.data."
        var fields: [String: Secret] = [:]
        for (name, value) in all where name.hasPrefix(prefix) {
            fields[String(name.dropFirst(prefix.count))] = value
        }
        let lease = lease(envelope)
        let version = envelope.data?.metadata?.version.map { String($0) } ?? lease?.id ?? "unversioned"
        return SecretPayload(
            fields: fields, version: SecretVersion(version), lease: lease,
            storedAt: envelope.data?.metadata?.storedAt.flatMap { Instant(iso8601: $0) })
    }

    public func renew(_ lease: SecretLease) async throws(SecretError) -> SecretLease? {
        guard lease.isRenewable else { return nil }
        let source = "vault lease \(lease.id)"
        let body = Secret(bytes: JSONText.object([JSONMember("lease_id", .string(lease.id))]).bytes)
        let response = try await ask("PUT", "sys/leases/renew", body: body, source: source)
        guard response.status == 200 else { throw failure(response, source: source) }
        return self.lease(try VaultAnswer.decode(VaultAnswer.Envelope.self, response.body, source: source))
    }

    private func lease(_ envelope: VaultAnswer.Envelope) -> SecretLease? {
        guard let id = envelope.lease, !id.isEmpty, let seconds = envelope.duration, seconds > 0
        else { return nil }
        return SecretLease(id: id, duration: .seconds(seconds), isRenewable: envelope.renewable ?? false)
    }

    /// Asks with our token; when it is refused, once more with a new one if we can get one.
    private func ask(
        _ method: String, _ path: String, body: Secret?, source: String
    ) async throws(SecretError) -> SecretHTTPResponse {
        let token = try await validToken(source: source)
        let response = try await send(method, path, body: body, token: token.secret, source: source)
        guard response.status == 403, canLogIn else { return response }
        if self.token?.secret.matches(token.secret) ?? false { self.token = nil }
        let fresh = try await validToken(source: source)
        guard !fresh.secret.matches(token.secret) else { return response }
        return try await send(method, path, body: body, token: fresh.secret, source: source)
    }

    private var canLogIn: Bool {
        if case .token = configuration.login { return false }
        return true
    }

    /// A token that is not over, renewed or new where needed.
    private func validToken(source: String) async throws(SecretError) -> VaultToken {
        if let token, !token.isDue(at: time.uptime(), margin: configuration.tokenMargin) { return token }
        if let login { return try await login.value.get() }
        let old = token
        let login = Task { await self.renewOrLogIn(old, source: source) }
        self.login = login
        let result = await login.value
        self.login = nil
        switch result {
        case .success(let token):
            self.token = token
            redactor.learn(token.secret)
            return token
        case .failure(let error):
            // A token that could not be renewed serves to its end.
            if let old, !old.isOver(at: time.uptime()) { return old }
            throw error
        }
    }

    private func renewOrLogIn(
        _ old: VaultToken?, source: String
    ) async -> Result<VaultToken, SecretError> {
        do throws(SecretError) {
            if let old, old.isRenewable, !old.isOver(at: time.uptime()) {
                do throws(SecretError) {
                    return .success(try await renewed(old, source: source))
                } catch {
                    if !canLogIn { throw error }
                }
            }
            return .success(try await newToken(source: source))
        } catch {
            return .failure(error)
        }
    }

    private func renewed(_ old: VaultToken, source: String) async throws(SecretError) -> VaultToken {
        let response = try await send(
            "POST", "auth/token/renew-self", body: Secret("{}"), token: old.secret, source: source)
        guard response.status == 200 else { throw failure(response, source: source) }
        return try authorised(response, source: source)
    }

    private func newToken(source: String) async throws(SecretError) -> VaultToken {
        switch configuration.login {
        case .token(let secret):
            return try await lookedUp(secret, source: source)
        case .tokenFile(let path):
            let secret = try FileSecretBackend(mustBePrivate: false).text(path: path)
            return try await lookedUp(secret, source: source)
        case .appRole(let mount, let roleID, let secretID):
            return try await loggedIn(mount, roleID, secretID, source: source)
        case .appRoleFile(let mount, let roleID, let path):
            let secretID = try FileSecretBackend(mustBePrivate: false).text(path: path)
            return try await loggedIn(mount, roleID, secretID, source: source)
        }
    }

    private func loggedIn(
        _ mount: String, _ roleID: Secret, _ secretID: Secret, source: String
    ) async throws(SecretError) -> VaultToken {
        redactor.learn(secretID)
        let body = roleID.withText { role in
            secretID.withText { secret in
                Secret(
                    bytes: JSONText.object([
                        JSONMember("role_id", .string(role)), JSONMember("secret_id", .string(secret)),
                    ])
                    .bytes)
            }
        }
        let path = "auth/\(try VaultPath.encoded(mount, source: source))/login"
        let response = try await send("POST", path, body: body, token: nil, source: source)
        switch response.status {
        case 200: return try authorised(response, source: source)
        case 400, 401, 403:
            throw SecretError(
                .refused, source: source,
                message: "refuses the AppRole login at \(mount) with status \(response.status)"
                    + redactor.redact(VaultAnswer.problems(response.body)),
                remedy: "see that the role id and the secret id are right and not used up")
        case 404:
            throw SecretError(
                .misconfigured, source: source, message: "has no AppRole login at \(mount)",
                remedy: "set secrets.vault.approle-mount to where it is mounted")
        default: throw failure(response, source: source)
        }
    }

    private func authorised(
        _ response: SecretHTTPResponse, source: String
    ) throws(SecretError) -> VaultToken {
        let answer = try VaultAnswer.decode(VaultAnswer.Login.self, response.body, source: source).auth
        return VaultToken(
            secret: Secret(answer.token), givenAt: time.uptime(),
            duration: answer.duration > 0 ? .seconds(answer.duration) : nil,
            isRenewable: answer.renewable)
    }

    /// How long a token that was handed to us lasts, as Vault says.
    private func lookedUp(_ secret: Secret, source: String) async throws(SecretError) -> VaultToken {
        let response = try await send(
            "GET", "auth/token/lookup-self", body: nil, token: secret, source: source)
        guard response.status == 200 else { throw failure(response, source: source) }
        let answer = try VaultAnswer.decode(VaultAnswer.TokenLookup.self, response.body, source: source).data
        return VaultToken(
            secret: secret, givenAt: time.uptime(),
            duration: answer.ttl > 0 ? .seconds(answer.ttl) : nil, isRenewable: answer.renewable ?? false)
    }

    private func send(
        _ method: String, _ path: String, body: Secret?, token: Secret?, source: String
    ) async throws(SecretError) -> SecretHTTPResponse {
        var headers = [("X-Vault-Request", "true")]
        if let namespace = configuration.namespace { headers.append(("X-Vault-Namespace", namespace)) }
        if body != nil { headers.append(("Content-Type", "application/json")) }
        let request = SecretHTTPRequest(
            method: method, url: "\(configuration.address)/v1/\(path)", headers: headers,
            secretHeaders: token.map { [("X-Vault-Token", $0)] } ?? [], body: body)
        return try await transport.send(request, source: source)
    }

    private func failure(_ response: SecretHTTPResponse, source: String) -> SecretError {
        let words = redactor.redact(VaultAnswer.problems(response.body))
        switch response.status {
        case 401, 403:
            return SecretError(
                .refused, source: source,
                message: "refuses to be read with status \(response.status)\(words)",
                remedy:
                    "give the token, or the AppRole, a policy that may read it, or a token that is still good"
            )
        case 404:
            return SecretError(
                .missing, source: source, message: "does not exist or its latest version is deleted\(words)",
                remedy: "write it with: vault kv put -mount=\(configuration.mount) ...")
        default:
            return SecretError(
                .unavailable, source: source, message: "answers with status \(response.status)\(words)",
                remedy: "see the log of the Vault server; it may be sealed or standing by")
        }
    }
}
