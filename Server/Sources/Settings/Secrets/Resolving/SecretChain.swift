internal import Units

/// The order in which secrets are looked for: with the request, in the process environment, in the backend.
///
/// It is asked secret by secret, so that one may be overridden in the environment; a backend is not asked
/// when nothing is left for it. An empty variable counts as absent.
public struct SecretChain: SecretResolver {
    private let variables: [String: Secret]
    private let backends: [String: any SecretBackend]

    /// A chain over the values of environment variables, by their names, and the backends, which are found by
    /// their kind. Values that the settings read from elsewhere, as `.env` in local, stand under the same
    /// names.
    public init(variables: [String: Secret], backends: [any SecretBackend]) {
        self.variables = variables
        self.backends = Dictionary(backends.map { ($0.kind, $0) }) { first, _ in first }
    }

    public func resolve(
        _ description: CredentialDescription, request: [String: Secret] = [:]
    ) async throws(SecretError) -> Credential {
        let found = await locate(description, request: request)
        guard let problem = found.problems.first else { return found.credential }
        // What is wrong with a source as a whole is said once.
        let isOfSource = problem.source != nil && found.problems.allSatisfy { $0.message == problem.message }
        if found.problems.count == 1 || isOfSource { throw problem }
        let names = found.problems.compactMap { $0.secret?.name }.joined(separator: ", ")
        throw SecretError(
            problem.code, source: problem.source,
            message: "\(description.owner) lacks \(names): \(problem.message)", remedy: problem.remedy)
    }

    /// What was found of a credential, and what was not.
    public struct Finding: Sendable {
        /// What was found, possibly not all that is required.
        public let credential: Credential
        /// One problem for each secret that was not, in the order of the description.
        public let problems: [SecretError]
    }

    /// Looks for all secrets of a credential and tells of each that is not there.
    public func locate(
        _ description: CredentialDescription, request: [String: Secret] = [:]
    ) async -> Finding {
        var entries: [String: Credential.Entry] = [:]
        for name in description.required {
            entries[name] = local(name, of: description, request: request)
        }
        let open = description.required.filter { entries[$0] == nil }
        var version = SecretVersion(
            entries.values.contains { $0.origin == .request } ? "request" : "environment")
        var lease: SecretLease?
        var storedAt: Instant?
        var problems: [SecretError] = []
        if !open.isEmpty {
            do throws(SecretError) {
                guard let reference = description.backend else { throw noBackend(open[0], description) }
                let payload = try await backend(reference).fetch(path: reference.path)
                version = payload.version
                (lease, storedAt) = (payload.lease, payload.storedAt)
                for name in open {
                    do throws(SecretError) {
                        entries[name] = try entry(name, of: description, in: payload, reference)
                    } catch {
                        problems.append(error)
                    }
                }
            } catch {
                problems = open.map { name in
                    SecretError(
                        error.code, secret: SecretReference(owner: description.owner, name: name),
                        source: error.source, message: error.message,
                        remedy: description.backend == nil
                            ? noBackend(name, description).remedy : error.remedy)
                }
            }
        }
        let credential = Credential(
            owner: description.owner, entries: entries, version: version, lease: lease, storedAt: storedAt)
        return Finding(credential: credential, problems: problems)
    }

    /// The mark of the backend that is asked for this credential; `nil` when none is, or it has no marks.
    public func mark(_ description: CredentialDescription) throws(SecretError) -> String? {
        guard let reference = description.backend,
            description.required.contains(where: { local($0, of: description, request: [:]) == nil })
        else { return nil }
        return try backend(reference).mark(path: reference.path)
    }

    /// Whether anything of the credential can change while the process runs.
    public func mayChange(_ description: CredentialDescription) -> Bool {
        description.backend != nil
            && description.required.contains { local($0, of: description, request: [:]) == nil }
    }

    /// Asks the backend of the credential to prolong its lease.
    public func renew(
        _ lease: SecretLease, of description: CredentialDescription
    ) async throws(SecretError) -> SecretLease? {
        guard let reference = description.backend else { return nil }
        return try await backend(reference).renew(lease)
    }

    private func local(
        _ name: String, of description: CredentialDescription, request: [String: Secret]
    ) -> Credential.Entry? {
        if let secret = request[name], !secret.isEmpty {
            return Credential.Entry(secret: secret, origin: .request)
        }
        let variable = description.variable(for: name)
        if let secret = variables[variable], !secret.isEmpty {
            return Credential.Entry(secret: secret, origin: .environment(variable: variable))
        }
        return nil
    }

    private func backend(_ reference: BackendReference) throws(SecretError) -> any SecretBackend {
        guard let backend = backends[reference.adapter] else {
            let known = backends.keys.sorted().joined(separator: ", ")
            throw SecretError(
                .misconfigured, source: "\(reference.adapter) \(reference.path)",
                message: "there is no secret backend \(reference.adapter)",
                remedy: known.isEmpty ? "set up a backend of secrets" : "use one of: \(known)")
        }
        return backend
    }

    private func entry(
        _ name: String, of description: CredentialDescription, in payload: SecretPayload,
        _ reference: BackendReference
    ) throws(SecretError) -> Credential.Entry {
        let prefix = reference.key.map { "\($0)." } ?? ""
        let underscored = String(name.map { $0 == "-" ? "_" : $0 })
        let candidates = reference.fieldMapping[name].map { [$0] } ?? [name, underscored]
        let source = "\(reference.adapter) \(reference.path)"
        let secret = SecretReference(owner: description.owner, name: name)
        for candidate in candidates {
            guard let value = payload.fields[prefix + candidate] else { continue }
            guard !value.isEmpty else {
                throw SecretError(
                    .malformed, secret: secret, source: source,
                    message: "the field \(prefix)\(candidate) is empty", remedy: "store the \(name) there")
            }
            return Credential.Entry(
                secret: value, origin: .backend(kind: reference.adapter, path: reference.path))
        }
        throw SecretError(
            .missing, secret: secret, source: source,
            message: "has no field \(prefix)\(candidates[0])",
            remedy: "store it there, or name the field that holds it in the field mapping for \(name)")
    }

    private func noBackend(_ name: String, _ description: CredentialDescription) -> SecretError {
        SecretError(
            .missing, secret: SecretReference(owner: description.owner, name: name),
            message: "is set neither in the environment nor in a backend",
            remedy:
                "set \(description.variable(for: name)), or name a secret backend for \(description.owner)")
    }
}
