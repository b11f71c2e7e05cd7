import ControlPlane
import Events
import Foundation
import Logging
import Operations
import Storage
import Synchronization
import Testing
import Units

/// A server with the routes of logs and of the kill switch, over a real store.
struct LogDesk {
    let server: RunningServer
    let store: SQLiteStore
    let control: KillSwitchControl
    /// What the server has logged, line for line, as JSON.
    let logged: CapturedLog

    static let noon = Instant(iso8601: "2026-11-21T12:00:00Z") ?? .epoch

    static func run(
        browser: Bool = true, principal: Principal? = nil, _ body: (LogDesk) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "tradewind-logs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try await SQLiteStore.open(
            folder.path + "/a.db", options: StoreOptions(now: SystemClocks.now))
        _ = try await MigrationRunner(store).up()
        let logged = CapturedLog()
        let output = LogOutput(
            service: "api",
            queues: [
                LogQueue(
                    sink: "test", destination: logged, now: SystemClocks.now, uptime: SystemClocks.uptime)
            ],
            redact: { $0.replacingOccurrences(of: "hunter2-secret", with: "***") }, now: SystemClocks.now,
            metrics: MetricsRegistry())
        logged.output.withLock { $0 = output }
        let logger = StructuredLog.logger("tradewind.browser", output: output, level: .trace)
        let control = KillSwitchControl(store: store, audit: AuditTrail(store: store), logger: logger)
        let api = LogAPI(
            store: store, status: nil, browser: browser ? BrowserLogs(logger: logger) : nil,
            maximumPage: 500, now: { noon }, uptime: SystemClocks.uptime)
        let result: Result<Void, any Error>
        do {
            try await RunningServer.run(routes: { table in
                if let principal { table.add(Self.layer(principal)) }
                LogRoutes.add(api, to: &table)
                KillSwitchRoutes.add(control, to: &table)
            }) { server in
                try await body(LogDesk(server: server, store: store, control: control, logged: logged))
            }
            result = .success(())
        } catch { result = .failure(error) }
        try await store.close()
        try result.get()
    }

    /// Stands for the layer of access: everybody is this one.
    private static func layer(_ principal: Principal) -> RouteTable.Layer {
        { route, handler in
            { request, context in
                var context = context
                context.principal = principal
                guard principal.may(route.description.access) else {
                    throw APIError(.accessDenied, "not allowed")
                }
                return try await handler(request, context)
            }
        }
    }

    /// An answer of the server.
    struct Answer {
        let status: Int
        let text: String

        /// Its body as an object; empty when it is none.
        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
        }

        /// A value of its body.
        func value<Value>(_ key: String) -> Value? { json[key] as? Value }
    }

    func get(_ path: String) async throws -> Answer {
        let (body, status) = try await HTTPAsk.send("GET", port: server.port, path)
        return Answer(status: status, text: String(decoding: body, as: UTF8.self))
    }

    func post(_ path: String, _ body: String) async throws -> Answer {
        let (body, status) = try await HTTPAsk.send("POST", port: server.port, path, body: body)
        return Answer(status: status, text: String(decoding: body, as: UTF8.self))
    }

    /// Stores lines a second apart, the last at noon, made by a function of their numbers.
    func store(_ count: Int, _ make: @escaping @Sendable (Int, inout StoredLogLine) -> Void) async throws {
        try await store.write { transaction in
            var lines: [StoredLogLine] = []
            for number in 0..<count {
                let time = Self.noon - Timespan(nanoseconds: Int64(count - 1 - number) * 1_000_000_000)
                var line = StoredLogLine(
                    loggedAt: time, ingestedAt: Self.noon, message: "line \(number)", file: 1,
                    position: Int64(number), hash: Digest(bytes: [UInt8](repeating: 1, count: 32)))
                (line.service, line.logger) = ("api", "tradewind.api")
                make(number, &line)
                lines.append(line)
            }
            try transaction.logs.add(lines)
        }
    }
}

/// Keeps what is logged.
final class CapturedLog: LogDestination {
    private let lines = Mutex<[String]>([])
    let output = Mutex<LogOutput?>(nil)

    func write(_ line: [UInt8]) throws(LogWriteError) {
        lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
    }

    /// The lines so far.
    var all: [String] {
        output.withLock { $0 }?.flush()
        return lines.withLock { $0 }
    }
}
