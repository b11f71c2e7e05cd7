internal import ArgumentParser
internal import ControlPlane
internal import Events
internal import Operations
internal import Settings
internal import Storage
internal import TradewindCommands
internal import Units

/// `tradewind logs archive`.
struct LogsArchiveCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive", abstract: "Archive the logs of finished days now, or list what is archived.",
        discussion: """
            The service does this each night when logs.archive.destination names a folder or a bucket. What \
            is archived already is not archived again; lines that came later go into a further file of their \
            day. The service may run meanwhile.
            """)

    @Option(
        help: ArgumentHelp("Only this day, in UTC.", valueName: "YYYY-MM-DD"), transform: Self.readDay)
    var day: Int?
    @Flag(help: "List the files of the archive instead.")
    var list = false
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    @Sendable private static func readDay(_ text: String) throws -> Int {
        if text.utf8.count == 10, let day = Instant(iso8601: text)?.day { return day }
        throw ValidationError("days are written as 2026-11-20")
    }

    func run(_ context: ServerContext) async throws {
        let loaded = try settings.loadInEmergency(context)
        let today = SystemClocks.now().day
        if let day, day >= today, !list {
            throw CommandFailure(
                .usage, code: "usage", message: "\(LogArchiver.dayText(day)) is not over yet in UTC",
                remedy: "name a day before \(LogArchiver.dayText(today))")
        }
        if !list { try check(loaded) }
        let isListing = list
        try await AuditedStore.with(settings, context, signing: list ? .unneeded : .whenPossible) { audited in
            if isListing {
                let day = day
                let files = try await audited.store.read { try $0.logArchives.list(day: day) }
                return try context.output.result(listed(files))
            }
            let desk = try LogArchiveDesk(
                loaded.settings, store: audited.store, environment: context.environment,
                workingDirectory: context.workingDirectory, redactor: Redactor())
            do {
                try await archive(desk.archiver, before: today, audited, context)
            } catch {
                try await desk.close()
                throw error
            }
            try await desk.close()
        }
    }

    /// A destination that cannot be is refused before anything is opened, also where the rest may wait.
    private func check(_ loaded: LoadedSettings) throws(CommandFailure) {
        let archive = loaded.settings.logs.archive
        guard archive.isEnabled && archive.place == nil else { return }
        throw CommandFailure(
            .wrongConfiguration, code: "log-archive-destination",
            message: "logs.archive.destination names neither a folder nor a bucket that can be",
            remedy: "write a path, or s3://bucket/prefix")
    }

    private func archive(
        _ archiver: LogArchiver, before today: Int, _ audited: AuditedStore, _ context: ServerContext
    ) async throws {
        let report: LogArchiver.Report
        do throws(LogArchiveError) {
            report = try await archiver.archive(before: today, only: day) { file in
                context.output.remark("archived \(file.name)")
            }
        } catch {
            try await record(failure: error, of: archiver.place, audited)
            throw error
        }
        for file in report.files {
            try await audited.audit.record(
                AuditChange(
                    "logs.archived", of: "log-archive", LogArchiver.dayText(file.day),
                    changes: .object([
                        JSONMember("file", .string(file.name)), JSONMember("lines", .integer(file.lines)),
                        JSONMember("destination", .string(file.destination)),
                    ])), by: audited.actor)
        }
        if format.json {
            let json = JSONText.object([
                JSONMember("destination", .string(archiver.place)),
                JSONMember("archived", .list(report.files.map(Self.json))),
            ])
            return try context.output.result(json.compact + "\n")
        }
        let lines = report.files.map { Self.line($0) + "\n" }.joined()
        let nothing = day.map { "nothing new of \(LogArchiver.dayText($0))" } ?? "nothing new"
        try context.output.result(
            report.files.isEmpty ? "\(nothing) to archive in \(archiver.place)\n" : lines)
    }

    private func record(
        failure error: LogArchiveError, of place: String, _ audited: AuditedStore
    ) async throws {
        try await audited.audit.record(
            AuditChange(
                "logs.archived", of: "log-archive", day.map { LogArchiver.dayText($0) } ?? "due",
                changes: .object([
                    JSONMember("destination", .string(place)),
                    JSONMember("code", .string(error.code.rawValue)),
                ]), outcome: .failed), by: audited.actor)
    }

    private func listed(_ files: [StoredLogArchive]) -> String {
        if format.json {
            return JSONText.object([JSONMember("archived", .list(files.map(Self.json)))]).compact + "\n"
        }
        return files.isEmpty ? "nothing is archived yet\n" : files.map { Self.line($0) + "\n" }.joined()
    }

    private static func line(_ file: StoredLogArchive) -> String {
        "\(LogArchiver.dayText(file.day))  \(file.lines) lines  \(ByteCount(file.bytes))  "
            + "\(file.destination)/\(file.name)"
    }

    private static func json(_ file: StoredLogArchive) -> JSONText {
        .object([
            JSONMember("day", .string(LogArchiver.dayText(file.day))),
            JSONMember("part", .integer(file.part)),
            JSONMember("name", .string(file.name)), JSONMember("destination", .string(file.destination)),
            JSONMember("lines", .integer(file.lines)), JSONMember("bytes", .integer(Int(file.bytes))),
            JSONMember("sha256", .string(file.hash.description)),
            JSONMember("archived_at", .time(file.archivedAt)),
        ])
    }
}
