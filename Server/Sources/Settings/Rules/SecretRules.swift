/// The backends of secrets.
enum SecretRules {
    static let all = [vault, vaultOnce, aws, files]

    /// Every owner of secrets, with the section of its settings.
    static func owners(_ settings: ServerSettings) -> [(section: String, credential: CredentialSettings)] {
        settings.credentials.map { ($0.owner.section, $0.credential) }
    }

    private static func users(of kinds: [SecretBackendKind], _ settings: ServerSettings) -> [String] {
        owners(settings).compactMap { owner in
            guard let adapter = owner.credential.description.backend?.adapter else { return nil }
            return kinds.contains { $0.rawValue == adapter } ? owner.section : nil
        }
    }

    private static let vault = SettingsRule(
        "vault-login",
        """
        When a section keeps its secrets in vault, secrets.vault.address is given, and a token, a \
        token-file, or role-id with secret-id or secret-id-file.
        """
    ) { context in
        let users = users(of: [.vault], context.settings)
        guard let user = users.first else { return [] }
        let vault = context.settings.secrets.vault
        let reason = "\(user).secret-backend is vault"
        var problems = vault.address == nil ? context.missing("secrets.vault.address", because: reason) : []
        // A value that cannot be used has its own problem; it is not missing.
        func isThere(_ name: String) -> Bool { context.isBroken("secrets.vault.\(name)") }
        let hasToken = vault.token != nil || vault.tokenFile != nil || isThere("token") || isThere("role-id")
        let hasSecretID =
            vault.secretID != nil || vault.secretIDFile != nil || isThere("secret-id")
        if !hasToken && vault.roleID == nil {
            problems += context.missing(
                "secrets.vault.token-file", because: "\(reason), and no role-id is given either")
        }
        if !hasToken && vault.roleID != nil && !hasSecretID {
            problems += context.missing("secrets.vault.secret-id-file", because: "role-id is given")
        }
        return problems
    }

    private static let vaultOnce = SettingsRule(
        "vault-once",
        "One way to log in to Vault is given: not a token and its file, a secret id and its file, or token "
            + "and role."
    ) { context in
        let vault = context.settings.secrets.vault
        var problems: [SettingsProblem] = []
        if vault.token != nil && vault.tokenFile != nil {
            problems.append(
                context.contradiction(
                    "secrets.vault.token", "the token is given here and by token-file",
                    remedy: "keep one of them"))
        }
        if vault.secretID != nil && vault.secretIDFile != nil {
            problems.append(
                context.contradiction(
                    "secrets.vault.secret-id", "the secret id is given here and by secret-id-file",
                    remedy: "keep one of them"))
        }
        if vault.roleID != nil && (vault.token != nil || vault.tokenFile != nil) {
            problems.append(
                context.contradiction(
                    "secrets.vault.role-id", "a role is given beside a token",
                    remedy: "keep one way to log in"))
        }
        return problems
    }

    private static let aws = SettingsRule(
        "aws-region",
        """
        When a section keeps its secrets in AWS, secrets.aws.region is given; an access-key-id comes with \
        its secret-access-key.
        """
    ) { context in
        let aws = context.settings.secrets.aws
        var problems: [SettingsProblem] = []
        if let user = users(of: [.awsSecretsManager, .awsKMS], context.settings).first, aws.region == nil {
            problems += context.missing("secrets.aws.region", because: "\(user).secret-backend is of AWS")
        }
        if aws.accessKeyID != nil && aws.secretAccessKey == nil {
            problems += context.missing("secrets.aws.secret-access-key", because: "access-key-id is given")
        }
        if aws.accessKeyID == nil && aws.secretAccessKey != nil {
            problems += context.missing("secrets.aws.access-key-id", because: "secret-access-key is given")
        }
        return problems
    }

    private static let files = SettingsRule(
        "secret-files-private",
        "Outside local, every file with secrets that a setting names is there and closed to other users."
    ) { context in
        guard context.environment != .local else { return [] }
        var files: [(key: String, path: String)] = []
        let vault = context.settings.secrets.vault
        if let path = vault.tokenFile { files.append(("secrets.vault.token-file", path)) }
        if let path = vault.secretIDFile { files.append(("secrets.vault.secret-id-file", path)) }
        for owner in owners(context.settings) {
            guard let backend = owner.credential.description.backend else { continue }
            guard
                backend.adapter == SecretBackendKind.file.rawValue
                    || backend.adapter == SecretBackendKind.awsKMS.rawValue
            else { continue }
            let isDirect = context.isGiven(owner.section + ".secret-path")
            files.append((owner.section + (isDirect ? ".secret-path" : ".secret-path-env"), backend.path))
        }
        return files.filter { context.isRead($0.key) }
            .compactMap { PrivateFile.problem(with: $0.path, $0.key, 0o007, context) }
    }
}
