/// The secrets of one owner: those that stand in the environment or in `.env`, and where the others are kept.
public struct CredentialSettings: Sendable {
    /// Which secrets are needed, and the backend that keeps them, as the resolver takes it.
    public let description: CredentialDescription
    /// The values that the settings themselves hold, by name.
    public let given: [String: Secret]

    /// Whether a secret is given, or a backend is named that should have it. Whether it does, the resolver
    /// tells.
    public func isLocated(_ name: String) -> Bool { given[name] != nil || description.backend != nil }
}

/// A kind of place where secrets are kept.
public enum SecretBackendKind: String, Hashable, Sendable, CaseIterable {
    /// A file of JSON, as an agent renders it.
    case file
    /// The key-value store, version 2, of HashiCorp Vault or OpenBao.
    case vault
    /// AWS Secrets Manager.
    case awsSecretsManager = "aws-secrets-manager"
    /// A file encrypted by a key of AWS KMS.
    case awsKMS = "aws-kms"
}

/// A secret of an owner, as a section declares it.
struct SecretSetting {
    let name: String
    var minimumBytes = 1
    var required = SettingRequirement.never
    let summary: String
}

extension SettingsReader {
    /// The secrets of a section, with the settings that say where they are kept.
    ///
    /// - Parameters:
    ///   - owner: whose they are, for messages and the audit.
    ///   - needed: the names that the owner cannot do without, where their requirement applies.
    func credential(owner: String, _ secrets: [SecretSetting], needed: [String]) -> CredentialSettings {
        let backend = secretBackend(secrets.map(\.name))
        var given: [String: Secret] = [:]
        for setting in secrets {
            given[setting.name] = secret(
                setting.name, minimumBytes: setting.minimumBytes, required: setting.required,
                isElsewhere: backend != nil, setting.summary)
        }
        let required = requiredNames(secrets, given: given, backend: backend, needed: needed)
        // The variable of the first name, without the name, is what all of them begin with.
        let prefix = SettingKey.environmentVariable(for: section) + "_"
        return CredentialSettings(
            description: CredentialDescription(
                owner: owner, required: required, environmentPrefix: prefix, backend: backend),
            given: given)
    }

    /// The names that must be there: those that are given, all of them where a backend is to have them, and
    /// otherwise those that are needed in this environment.
    private func requiredNames(
        _ secrets: [SecretSetting], given: [String: Secret], backend: BackendReference?, needed: [String]
    ) -> [String] {
        secrets.filter { setting in
            if given[setting.name] != nil || backend != nil { return true }
            guard needed.contains(setting.name) else { return false }
            // Rules demand what no environment does by itself: the keys of a venue in use.
            return setting.required == .never || state.environment.map(setting.required.applies) ?? true
        }.map(\.name)
    }

    private func secretBackend(_ names: [String]) -> BackendReference? {
        let kind = optional(
            "secret-backend", .choice(SecretBackendKind.file),
            "Where the secrets of this section are kept when the environment does not hold them.")
        let path = optional(
            "secret-path", .text,
            "Where in the backend: path of the file or the Vault secret, id of the AWS secret.")
        let variable = optional(
            "secret-path-env", .variableName,
            "The environment variable that holds the path, in the place of secret-path.")
        let nested = optional(
            "secret-key", .text, "The field under which the fields stand, where the backend nests them.")
        let mapping = optional(
            "field-mapping", .map,
            "The backend's name for each secret that it does not call by its own name here.")
        for name in (mapping ?? [:]).keys.sorted() where !names.contains(name) {
            state.report(
                .unknownKey, section + ".field-mapping",
                "\(Disclosure.name(name)) is no secret of this section; these are "
                    + "\(names.joined(separator: ", "))",
                remedy: "name one of them, or take it out")
        }
        guard let place = backendPath(kind, path, variable), let kind else { return nil }
        return BackendReference(
            adapter: kind.rawValue, path: place, key: nested, fieldMapping: mapping ?? [:])
    }

    private func backendPath(_ kind: SecretBackendKind?, _ path: String?, _ variable: String?) -> String? {
        if path != nil && variable != nil {
            state.report(
                .contradiction, section + ".secret-path", "the path is given twice, also by secret-path-env",
                remedy: "keep one of secret-path and secret-path-env")
        }
        var place = path
        if let variable, path == nil {
            place = state.variables[variable].flatMap { $0.isEmpty ? nil : $0 }
            if place == nil, state.environment != nil {
                state.report(
                    .missing, section + ".secret-path-env",
                    "the environment variable \(Disclosure.name(variable)) is not set",
                    remedy: "set it to the path of the secrets, or give secret-path")
            }
        }
        guard state.environment != nil else { return nil }
        if kind == nil, path != nil || variable != nil {
            state.report(
                .missing, section + ".secret-backend", "a path is given, but not in which backend",
                remedy:
                    "set it to one of \(SecretBackendKind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        if kind != nil, path == nil, variable == nil, !state.isBroken(section + ".secret-path") {
            state.report(
                .missing, section + ".secret-path", "a backend is named, but not where in it the secrets are",
                remedy: "set secret-path or secret-path-env")
        }
        return place
    }
}

extension ReadingState {
    /// Notes a problem with a setting, at the place its value came from.
    func report(_ code: SettingsProblem.Code, _ key: String, _ message: String, remedy: String) {
        let origin = provenance[key].flatMap { $0.origin == .builtIn ? nil : $0.origin }
        problems.append(SettingsProblem(code, key: key, message, at: origin, remedy: remedy))
    }

    /// Whether a problem with a setting is known already.
    func isBroken(_ key: String) -> Bool { problems.contains { $0.key == key } }
}
