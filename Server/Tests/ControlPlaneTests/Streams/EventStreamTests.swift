import AsyncHTTPClient
import ControlPlane
import Events
import Foundation
import NIOCore
import NIOHTTP1
import Operations
import Storage
import Synchronization
import Testing
import Units

/// The stream of events over sockets and a real store.
@Suite(.serialized, .timeLimit(.minutes(3))) struct EventStreamTests {
    /// A frame as a client reads it.
    struct Frame: Equatable {
        var id: Int64?
        var event = ""
        var data = ""
    }

    private static func store(_ folder: URL) async throws -> SQLiteStore {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let store = try await SQLiteStore.open(
            folder.appending(path: "events.db").path, options: StoreOptions(now: SystemClocks.now))
        _ = try await MigrationRunner(store).up()
        return store
    }

    static func withStream(
        options: EventStreamService.Options = .init(),
        _ body: (SQLiteStore, EventStreamService, Int) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tradewind-stream-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try await store(folder)
        let streams = EventStreamService(store: store, options: options, uptime: SystemClocks.uptime)
        try await RunningServer.run(routes: { EventStreamRoutes.add(streams, to: &$0) }) { server in
            try await body(store, streams, server.port)
        }
        try await store.close()
    }

    private static func event(_ number: Int, run: String?, type: EventType = "test.Happened") -> EventEnvelope
    {
        EventEnvelope(
            id: EventID(derivedFrom: "stream", sequence: UInt64(number)), type: type, runID: run,
            correlationID: "c", time: Instant(nanoseconds: 0), producer: "test",
            payload: .object([JSONMember("number", .integer(number))]))
    }

    /// Reads frames until `enough` says so or the stream ends.
    private static func read(
        _ port: Int, _ query: String = "", after: Int64? = nil, _ enough: ([Frame]) -> Bool
    ) async throws -> (status: Int, frames: [Frame]) {
        var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/api/v1/events/stream\(query)")
        if let after { request.headers.add(name: "Last-Event-ID", value: "\(after)") }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        guard response.status == .ok else { return (Int(response.status.code), []) }
        return (200, try await frames(response, enough))
    }

    private static func frames(
        _ response: HTTPClientResponse, _ enough: ([Frame]) -> Bool
    ) async throws -> [Frame] {
        var frames: [Frame] = []
        if enough(frames) { return frames }
        var rest = ""
        for try await piece in response.body {
            rest += String(buffer: piece)
            while let end = rest.range(of: "\n\n") {
                var frame = Frame()
                for line in rest[..<end.lowerBound].split(separator: "\n") {
                    if line.hasPrefix("id: ") { frame.id = Int64(line.dropFirst(4)) }
                    if line.hasPrefix("event: ") { frame.event = String(line.dropFirst(7)) }
                    if line.hasPrefix("data: ") { frame.data += line.dropFirst(6) }
                }
                rest = String(rest[end.upperBound...])
                if frame.id != nil { frames.append(frame) }
                if enough(frames) { return frames }
            }
        }
        return frames
    }

    @Test func framesHaveOffsetTypeAndPayloadAndOtherRunsStayOut() async throws {
        try await Self.withStream { store, _, port in
            let offsets = try await store.write { transaction in
                try transaction.append([
                    Self.event(1, run: "a"), Self.event(2, run: "b"), Self.event(3, run: nil),
                    Self.event(4, run: "a", type: "test.Other"),
                ])
            }
            let (_, all) = try await Self.read(port, "?last_event_id=0") { $0.count == 4 }
            #expect(all.compactMap(\.id) == offsets.map(\.value))
            let (_, ofA) = try await Self.read(port, "?run_id=a", after: 0) { $0.count == 3 }
            #expect(ofA.compactMap(\.id) == [1, 3, 4].map { offsets[$0 - 1].value })
            let data = try JSONText(parsing: ofA[0].data)
            #expect(data["run_id"] == .string("a") && data["payload"]?["number"] == .integer(1))
            #expect(ofA[0].event == "test.Happened" && ofA[2].event == "test.Other")
            let (_, typed) = try await Self.read(port, "?types=test.Other", after: 0) { $0.count == 1 }
            #expect(typed.first?.id == offsets[3].value)
            #expect(try await Self.read(port, "?run=a") { _ in true }.status == 422)
        }
    }

    /// However often a client loses the connection, what it saw in all is the log, each event once.
    @Test func resumingAfterRandomLossesGivesTheLogExactlyOnce() async throws {
        try await Self.withStream { store, _, port in
            let total = 3_000
            let writer = Task {
                var random = SystemRandomNumberGenerator()
                var number = 0
                while number < total {
                    let count = min(total - number, Int.random(in: 1...40, using: &random))
                    let batch = (number..<number + count).map { Self.event($0, run: $0 % 3 == 0 ? nil : "r") }
                    try await store.write { _ = try $0.append(batch) }
                    number += count
                    if Int.random(in: 0..<4, using: &random) == 0 {
                        try await Task.sleep(for: .milliseconds(2))
                    }
                }
            }
            var seen: [Frame] = []
            var losses = 0
            while seen.count < total {
                let part = Int.random(in: 1...400)
                let wanted = min(part, total - seen.count)
                let (status, frames) = try await Self.read(port, after: seen.last?.id ?? 0) {
                    $0.count >= wanted
                }
                #expect(status == 200)
                seen += frames
                losses += 1
            }
            try await writer.value
            let log = try await store.events.read(after: .start, limit: total + 10, where: .all)
            #expect(log.count == total && losses > 5)
            #expect(seen.compactMap(\.id) == log.map(\.offset.value))
        }
    }

    @Test func ofProgressThatComesTooOftenTheLatestIsSent() async throws {
        try await Self.withStream { store, _, port in
            let reader = Task {
                try await Self.read(port, "?last_event_id=0") { $0.last?.event == "test.Done" }.frames
            }
            let began = ContinuousClock.now
            for number in 0..<200 {
                let progress = Self.progress(number, percent: Double(number) / 2)
                try await store.write { _ = try $0.append(progress) }
                try await Task.sleep(for: .milliseconds(3))
            }
            try await store.write { _ = try $0.append(Self.event(1, run: "p", type: "test.Done")) }
            let frames = try await reader.value
            let seconds = Double((ContinuousClock.now - began).components.seconds + 1)
            let progress = frames.filter { $0.event == "run.Progress" }
            #expect(Double(progress.count) <= seconds * 10 + 12, "\(progress.count) in \(seconds) s")
            #expect(frames.compactMap(\.id) == frames.compactMap(\.id).sorted())
            let last = try JSONText(parsing: try #require(progress.last).data)
            #expect(last["payload"]?["percent"]?.double == 99.5)
        }
    }

    private static func progress(_ number: Int, percent: Double) -> EventEnvelope {
        EventEnvelope(
            id: EventID(derivedFrom: "progress", sequence: UInt64(number)), type: .runProgress, runID: "p",
            correlationID: "c", time: Instant(nanoseconds: 0), producer: "test",
            payload: .object([
                JSONMember("run_id", .string("p")), JSONMember("percent", .number(percent)),
                JSONMember("time", .string("2024-01-01T00:00:00Z")), JSONMember("equity", .string("1")),
            ]))
    }

    @Test func whatIsHeldBackIsSentBeforeTheStreamEnds() async throws {
        try await Self.withStream { store, _, port in
            let reader = Task { try await Self.read(port, "?last_event_id=0") { _ in false }.frames }
            while store.hub.waitingSubscribers == 0 { try await Task.sleep(for: .milliseconds(1)) }
            for number in 1...5 {
                try await store.write { _ = try $0.append(Self.progress(number, percent: Double(number))) }
            }
            try await Task.sleep(for: .milliseconds(10))
            try await store.close()
            let last = try JSONText(parsing: try #require(try await reader.value.last).data)
            #expect(last["payload"]?["percent"]?.double == 5)
        }
    }

    @Test func aSlowClientIsToldWhatItMissedAndGoesOnWithTheLatest() async throws {
        var options = EventStreamService.Options()
        (options.patience, options.maximumLag) = (.milliseconds(100), 50)
        try await Self.withStream(options: options) { store, _, port in
            let request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/api/v1/events/stream")
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
            // More than the sockets in between hold, while the client reads nothing.
            let text = JSONText.string(String(repeating: "x", count: 40_000))
            for batch in 0..<24 {
                let events = (0..<25).map { number in
                    EventEnvelope(
                        id: EventID(derivedFrom: "large", sequence: UInt64(batch * 25 + number)),
                        type: "test.Large", runID: nil, correlationID: "c", time: Instant(nanoseconds: 0),
                        producer: "test", payload: .object([JSONMember("text", text)]))
                }
                try await store.write { _ = try $0.append(events) }
            }
            try await Task.sleep(for: .milliseconds(400))
            try await store.write { _ = try $0.append(Self.event(1, run: nil, type: "test.Done")) }
            let frames = try await Self.frames(response) { $0.last?.event == "test.Done" }
            #expect(frames.contains { $0.event == "stream.Skipped" } && frames.first?.id == 1)
            // Whatever is not sent is told of, and nothing comes twice.
            for (before, frame) in zip(frames, frames.dropFirst()) {
                if frame.event == "stream.Skipped" {
                    let data = try JSONText(parsing: frame.data)
                    #expect(data["from"]?.wholeNumber.map(Int64.init) == before.id)
                    #expect(data["to"]?.wholeNumber.map(Int64.init) == frame.id)
                } else {
                    #expect(frame.id == (before.id ?? 0) + 1)
                }
            }
        }
    }

    @Test func heartbeatsKeepAQuietStreamAlive() async throws {
        var options = EventStreamService.Options()
        options.heartbeat = .milliseconds(50)
        try await Self.withStream(options: options) { _, streams, port in
            let request = HTTPClientRequest(url: "http://127.0.0.1:\(port)/api/v1/events/stream")
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
            var text = ""
            for try await piece in response.body {
                text += String(buffer: piece)
                if text.components(separatedBy: ": heartbeat\n\n").count > 3 { break }
            }
            #expect(text.hasPrefix("retry: 3000\n"))
            #expect(response.headers.first(name: "Content-Type")?.hasPrefix("text/event-stream") == true)
            // The place is given back once the client is gone.
            for _ in 0..<200 where streams.connectedClients > 0 {
                try await Task.sleep(for: .milliseconds(25))
            }
            #expect(streams.connectedClients == 0)
        }
    }

    @Test func moreClientsThanMayBeAreRefusedWithAReason() async throws {
        var options = EventStreamService.Options()
        options.maximumClients = 2
        options.heartbeat = .milliseconds(50)
        try await Self.withStream(options: options) { _, streams, port in
            let held = (0..<2).map { _ in Task { try await Self.read(port) { _ in false } } }
            for _ in 0..<200 where streams.connectedClients < 2 {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(try await Self.read(port) { _ in true }.status == 503)
            for task in held { task.cancel() }
            for _ in 0..<200 where streams.connectedClients > 0 {
                try await Task.sleep(for: .milliseconds(25))
            }
            let (status, _) = try await Self.read(port) { _ in true }
            #expect(status == 200)
        }
    }
}
