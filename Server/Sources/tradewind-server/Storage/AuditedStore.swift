internal import ControlPlane
internal import Events
internal import Operations
internal import Settings
internal import Storage
internal import TradewindCommands

/// The store as a command uses it that changes what is kept: with the audit, and who acts.
struct AuditedStore {
    let store: any MigratableStore
    let audit: AuditTrail
    /// The person at the machine, as the system names them.
    let actor: AuditActor

    /// Whether what is recorded must be signed, where the settings have a key for it.
    enum Signing {
        /// Nothing is done without the key.
        case required
        /// The work cannot wait: without the key it is recorded unsigned, and a warning says so; settings
        /// that have nothing to do with storage may be wrong.
        case whenPossible
        /// Nothing is recorded, and nothing changed: as with the one before.
        case unneeded
    }

    /// Opens the store, hands it over, and closes it.
    ///
    /// - Parameter asItIs: whether an older schema is left as it is.
    /// - Throws: `CommandFailure`, and what `body` throws.
    static func with(
        _ options: SettingsOptions, _ context: ServerContext, signing: Signing = .required,
        asItIs: Bool = false,
        _ body: (AuditedStore) async throws -> Void
    ) async throws {
        let loaded =
            signing == .required ? try options.load(nil, context) : try options.loadInEmergency(context)
        let signature = try await signature(loaded, context, signing)
        do {
            let store =
                asItIs
                ? try await StoreStart.connect(
                    loaded.settings, workingDirectory: context.workingDirectory, creating: false)
                : try await StoreStart.open(loaded.settings, workingDirectory: context.workingDirectory)
            do {
                let name = context.environment["USER"] ?? context.environment["LOGNAME"] ?? "unknown"
                try await body(
                    AuditedStore(
                        store: store, audit: AuditTrail(store: store, signature: signature),
                        actor: AuditActor(
                            id: "command:\(name)", kind: "command", name: name,
                            correlationID: EventID.random().description)))
            } catch {
                try await store.close()
                throw error
            }
            try await store.close()
        } catch let error as StorageError {
            throw CommandFailure(error)
        }
    }

    /// What signs the audit, as the settings say; nil where no key is needed.
    private static func signature(
        _ loaded: LoadedSettings, _ context: ServerContext, _ signing: Signing
    ) async throws -> AuditSignature? {
        let description = loaded.settings.auth.credential.description
        guard signing != .unneeded, description.required.contains("audit-key") else { return nil }
        let sources = SecretSources(loaded, context)
        let found = await sources.chain.locate(description)
        try await sources.close()
        if let entry = found.credential.entries["audit-key"] { return AuditSignature(key: entry.secret) }
        guard loaded.environment != .local else { return nil }
        let problem = found.problems.first
        let message = "the key of the audit cannot be read: \(problem?.message ?? "it is not there")"
        if signing == .whenPossible {
            context.output.remark("warning: \(message); this is recorded without a signature")
            return nil
        }
        throw CommandFailure(
            .unavailable, code: "audit-key", message: message,
            remedy: problem?.remedy ?? "tradewind secrets check says where it is looked for")
    }
}
