internal import ControlPlane
internal import Deployment
internal import Events
internal import Glibc
internal import Settings
internal import Storage
internal import TradewindCommands
internal import Units

/// The database of the settings, as a deployment guards it.
struct HostDatabase: DeploymentDatabase {
    let options: SettingsOptions
    let context: ServerContext
    let loaded: LoadedSettings
    let desk: BackupDesk

    init(_ options: SettingsOptions, _ loaded: LoadedSettings, _ context: ServerContext) throws {
        (self.options, self.loaded, self.context) = (options, loaded, context)
        desk = try BackupDesk(loaded, workingDirectory: context.workingDirectory)
    }

    func schema() async throws(DeploymentError) -> [String]? {
        guard access(desk.database, F_OK) == 0 else { return nil }
        return try await open { store in
            try await MigrationRunner(store).status().filter { $0.state != .pending }.map(\.title)
        }
    }

    func backUp(_ reason: BackupManifest.Reason) async throws(DeploymentError) -> String? {
        guard access(desk.database, F_OK) == 0 else { return nil }
        let desk = desk
        return try await open { try await desk.make(of: $0, reason).backup.name }
    }

    func restore(_ backup: String) async throws(DeploymentError) -> Int64? {
        try await desk.restore.restore(backup).lostEvents
    }

    func record(_ record: DeploymentRecord) async throws(DeploymentError) {
        let row = StoredDeployment(
            id: record.id, action: record.action, environment: record.environment, actor: record.actor,
            startedAt: Instant(iso8601: record.startedAt) ?? .epoch,
            milliseconds: Int64((record.seconds * 1000).rounded()), from: record.from, to: record.to,
            backup: record.backup, result: record.result.rawValue, reason: record.reason)
        do {
            try await AuditedStore.with(options, context, signing: .whenPossible, asItIs: true) { audited in
                let (audit, actor) = (audited.audit, audited.actor)
                try await audited.store.write { transaction in
                    guard try transaction.session.hasTable("deployments"),
                        try transaction.deployments.insert(row)
                    else { return }
                    try audit.record(
                        AuditChange(
                            "deployment.\(row.action)", of: "deployment", row.id,
                            changes: .object([
                                JSONMember("from", .optional(row.from)), JSONMember("to", .optional(row.to)),
                                JSONMember("reason", .optional(row.reason)),
                            ]), outcome: row.result == "done" ? .done : .failed),
                        by: actor, in: transaction)
                }
            }
        } catch let failure as CommandFailure {
            throw DeploymentError(
                .file, failure.problems[0].message, remedy: failure.problems[0].remedy ?? "see the message")
        } catch {
            throw DeploymentError(.file, "\(error)", path: desk.database, remedy: "see the message")
        }
    }

    private func open<Result: Sendable>(
        _ body: (any MigratableStore) async throws -> Result
    ) async throws(DeploymentError) -> Result {
        do {
            let store = try await StoreStart.connect(
                loaded.settings, workingDirectory: context.workingDirectory, creating: false)
            do {
                let result = try await body(store)
                try await store.close()
                return result
            } catch {
                try await store.close()
                throw error
            }
        } catch let error as DeploymentError {
            throw error
        } catch let error as StorageError {
            throw DeploymentError(.backup, error.message, path: error.file, remedy: error.remedy)
        } catch {
            throw DeploymentError(.backup, "\(error)", path: desk.database, remedy: "see the message")
        }
    }
}
