import Foundation
import Operations
import Settings
import Storage
import Units

/// A folder with a log and a real store, for as long as a test needs them.
struct IngestionDesk {
    let folder: URL
    let store: SQLiteStore
    let metrics = MetricsRegistry()

    var log: String { folder.path + "/api.jsonl" }

    /// Makes them, hands them over, and removes them.
    static func run(_ body: (IngestionDesk) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tradewind-ingest-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try await SQLiteStore.open(
            folder.path + "/a.db", options: StoreOptions(now: SystemClocks.now))
        _ = try await MigrationRunner(store).up()
        let result: Result<Void, any Error>
        do {
            try await body(IngestionDesk(folder: folder, store: store))
            result = .success(())
        } catch { result = .failure(error) }
        try await store.close()
        try result.get()
    }

    /// Settings with some values of our own, as `logs.batch-size=3`.
    func settings(_ values: [String] = []) -> ServerSettings {
        SettingsLoader.survey(
            service: .api, sources: SettingsSources(arguments: values, environment: [:], files: NoFiles())
        ).settings.settings
    }

    func ingestor(
        setAside: Int = 5, _ values: [String] = [], store: (any TransactionalStore)? = nil,
        now: @escaping @Sendable () -> Instant = { SystemClocks.now() }
    ) -> LogIngestor {
        LogIngestor(
            path: log, setAside: setAside, settings: settings(values).logs, store: store ?? self.store,
            metrics: metrics, now: now, uptime: SystemClocks.uptime)
    }

    /// All lines, in the order in which they were stored.
    func lines() async throws -> [StoredLogLine] {
        var (found, cursor): ([StoredLogLine], LogCursor?) = ([], nil)
        while true {
            let place = cursor
            let window = try await store.read {
                try $0.logs.search(LogSelection(), before: place, limit: 10_000)
            }
            found += window.lines
            guard let next = window.next else { return found.sorted { $0.id < $1.id } }
            cursor = next
        }
    }

    func append(_ text: String) throws {
        if !FileManager.default.fileExists(atPath: log) { try Data().write(to: URL(filePath: log)) }
        let handle = try FileHandle(forWritingTo: URL(filePath: log))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(text.utf8))
        try handle.close()
    }
}

/// No settings file anywhere.
struct NoFiles: SettingsFiles {
    func read(_ path: String) -> SettingsFileContent { .absent }
    func facts(_ path: String) -> SettingsFileFacts? { nil }
}
