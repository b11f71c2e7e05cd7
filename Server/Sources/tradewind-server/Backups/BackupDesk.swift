internal import ControlPlane
internal import Deployment
internal import Events
internal import Glibc
internal import MarketData
internal import Operations
internal import Settings
internal import Storage
internal import TradewindCommands
internal import Units

/// Backups by the settings of this host.
struct BackupDesk {
    let folder: BackupFolder
    let retention: BackupRetention
    /// The database in place, absolute.
    let database: String
    private let loaded: LoadedSettings
    private let files: HostFiles

    /// - Throws: `CommandFailure` where the database is none that is copied as a file.
    init(_ loaded: LoadedSettings, workingDirectory: String) throws {
        let settings = loaded.settings
        func absolute(_ path: String) -> String {
            path.hasPrefix("/") ? path : workingDirectory + "/" + path
        }
        folder = BackupFolder(
            absolute(settings.backup.directory ?? settings.state.directory + "/backups"))
        retention = BackupRetention(
            latest: settings.backup.keepLatest, days: settings.backup.keepDaily,
            weeks: settings.backup.keepWeekly)
        do {
            database = try Stores.path(of: settings.database.url, workingDirectory: workingDirectory)
        } catch let error as StorageError {
            throw CommandFailure(error)
        }
        files = HostFiles(directory: workingDirectory)
        self.loaded = loaded
    }

    /// Makes a backup of an open store, and removes those that the rule does not keep.
    func make(
        of store: any MigratableStore, _ reason: BackupManifest.Reason
    ) async throws(DeploymentError) -> (backup: StoredBackup, removed: [String]) {
        let build = BuildStamp.ofProcess(version: ProductVersion.text)
        let maker = BackupMaker(
            folder, version: build.version, commit: build.commit, now: SystemClocks.now)
        let backup = try await maker.make(of: store, reason, with: companions())
        return (backup, try folder.prune(retention))
    }

    /// Makes a backup now, with an entry in the audit, and prints it.
    static func create(_ settings: SettingsOptions, _ context: ServerContext, asJSON: Bool) async throws {
        let loaded = try settings.load(.api, context)
        let desk = try BackupDesk(loaded, workingDirectory: context.workingDirectory)
        // A copy changes nothing: an older schema is that of a version which may be running.
        let exists = access(desk.database, F_OK) == 0
        try await AuditedStore.with(settings, context, signing: .whenPossible, asItIs: exists) { audited in
            let (backup, removed) = try await desk.make(of: audited.store, .asked)
            do {
                try await audited.audit.record(
                    AuditChange(
                        "backup.created", of: "backup", backup.name,
                        changes: .object([
                            JSONMember("last_event", .integer(Int(backup.manifest.lastEvent))),
                            JSONMember("removed", .list(removed.map { .string($0) })),
                        ])), by: audited.actor)
            } catch let error as StorageError {
                context.output.remark("warning: the backup is not in the audit: \(error.message)")
            }
            for name in removed { context.output.remark("removed \(name), as the settings say") }
            try context.output.result(
                asJSON
                    ? BackupOutput.json(backup).compact + "\n"
                    : "\(backup.path)\n\(BackupOutput.line(backup))\n")
        }
    }

    var restore: BackupRestore { BackupRestore(folder, database: database, now: SystemClocks.now) }

    /// What goes beside the database: the settings in effect and their file, both without secrets, and the
    /// index of the catalogue.
    private func companions() -> [BackupMaker.Companion] {
        let settings = SettingsCatalogue.current.declarations.map { setting in
            SettingJSON.object(setting, loaded.provenance[setting.key])
        }
        var found = [
            BackupMaker.Companion(
                name: "settings.json", content: Array((JSONLine.array(settings) + "\n").utf8))
        ]
        let redactor = Redactor()
        redactor.learn(loaded.knownSecrets)
        if case .bytes(let bytes) = files.read(loaded.settings.files.settings) {
            found.append(BackupMaker.Companion(name: "tradewind.yaml", content: redactor.redact(bytes)))
        }
        let index = loaded.settings.data.catalogue + "/" + Catalogue.indexFile
        if case .bytes(let bytes) = files.read(index) {
            found.append(BackupMaker.Companion(name: "catalogue-index", content: bytes))
        }
        return found
    }
}

extension CommandFailure {
    /// What a failure of a backup or a deployment means to a user: 65 for a backup that is none, 69 where
    /// something runs or does not, 74 for files, 78 for what must be mended first.
    init(_ error: DeploymentError) {
        let status: ExitStatus =
            switch error.code {
            case .file, .diskFull: .outputFailed
            case .backup: .badData
            case .preflight, .live: .wrongConfiguration
            case .running, .busy, .tool: .unavailable
            default: .failed
            }
        self.init(
            status, code: error.code.rawValue, message: error.message, file: error.path,
            remedy: error.remedy)
    }
}
