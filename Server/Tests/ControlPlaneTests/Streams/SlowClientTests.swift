import ControlPlane
import Events
import Foundation
import Operations
import Storage
import Synchronization
import Testing
import Units

/// Clients that do not read what they asked for, over sockets.
@Suite(.serialized, .timeLimit(.minutes(2))) struct SlowClientTests {
    private static func event(_ number: Int, bytes: Int = 8_192, type: EventType = "test.Happened")
        -> EventEnvelope
    {
        EventEnvelope(
            id: EventID(derivedFrom: "slow", sequence: UInt64(number)), type: type, runID: "slow",
            correlationID: "c", time: Instant(nanoseconds: 0), producer: "test",
            payload: .object([
                JSONMember("number", .integer(number)),
                JSONMember("pad", .string(String(repeating: "x", count: bytes))),
            ]))
    }

    /// Reads on a thread of its own until a frame of a type has come.
    private static func reading(_ socket: StreamSocket, until type: String) async -> [StreamSocket.Frame] {
        nonisolated(unsafe) let socket = socket
        return await withCheckedContinuation { continuation in
            Thread {
                var frames: [StreamSocket.Frame] = []
                let end = Date(timeIntervalSinceNow: 60)
                while frames.last?.event != type, Date() < end {
                    if !socket.read({ frames.append($0) }) { break }
                    usleep(200)
                }
                continuation.resume(returning: frames)
            }.start()
        }
    }

    @Test func itIsToldWhatItMissesAndGoesOnWithTheLatestWithoutSlowingOthers() async throws {
        var options = EventStreamService.Options()
        (options.patience, options.maximumLag) = (.milliseconds(300), 64)
        try await EventStreamTests.withStream(options: options) { store, streams, port in
            // Small buffers: what the kernel holds for it is soon full.
            let slow = try StreamSocket(
                port: port, query: "?run_id=slow", after: 0, receiveBuffer: 4_096, keepsData: true)
            let fast = try StreamSocket(port: port, query: "?run_id=slow", after: 0)
            while streams.connectedClients < 2 { try await Task.sleep(for: .milliseconds(5)) }
            async let all = Self.reading(fast, until: "test.Last")
            let (batches, size) = (20, 100)
            for batch in 0..<batches {
                try await store.write { transaction in
                    _ = try transaction.append((0..<size).map { Self.event(batch * size + $0) })
                }
            }
            // Not reading for longer than it is waited for.
            try await Task.sleep(for: .milliseconds(600))
            async let some = Self.reading(slow, until: "test.Last")
            try await Task.sleep(for: .milliseconds(300))
            try await store.write { _ = try $0.append(Self.event(1_000_000, bytes: 1, type: "test.Last")) }
            let log = try await store.events.read(after: .start, limit: 100_000, where: .all)
                .map(\.offset.value)
            #expect(log.count == batches * size + 1)

            // Who reads misses nothing, whatever the other one does.
            let seen = await all
            #expect(seen.map(\.offset) == log)
            let got = await some
            let offsets = got.map(\.offset)
            #expect(zip(offsets, offsets.dropFirst()).allSatisfy { $0 < $1 }, "offsets only rise")
            let place = try #require(got.firstIndex { $0.event == "stream.Skipped" })
            #expect(got.filter { $0.event == "stream.Skipped" }.count == 1)
            let skipped = try JSONText(parsing: got[place].data)
            let from = Int64(try #require(skipped["from"]?.wholeNumber))
            let to = Int64(try #require(skipped["to"]?.wholeNumber))
            // Up to where it says, and from there on, nothing is missing.
            #expect(offsets[..<place] == log.filter { $0 <= from }[...])
            #expect(offsets[(place + 1)...] == log.filter { $0 > to }[...])
            #expect(got[place].offset == to && to == log[log.count - 2] && to - from > 300)
            // What it missed is read by its offsets.
            let missed = try await store.events.read(
                after: EventOffset(from), limit: 100_000, where: EventFilter(runID: "slow"))
            #expect(missed.first?.offset.value == from + 1)
            // With the socket closed its place is given back, though it never asked for the end.
            slow.hangUp()
            fast.hangUp()
        }
    }

    @Test func oneThatIsSlowOnlyForAMomentMissesNothing() async throws {
        var options = EventStreamService.Options()
        (options.patience, options.maximumLag) = (.seconds(20), 64)
        try await EventStreamTests.withStream(options: options) { store, streams, port in
            let client = try StreamSocket(port: port, query: "?run_id=slow", after: 0, receiveBuffer: 4_096)
            while streams.connectedClients < 1 { try await Task.sleep(for: .milliseconds(5)) }
            for batch in 0..<20 {
                try await store.write { transaction in
                    _ = try transaction.append((0..<100).map { Self.event(batch * 100 + $0) })
                }
            }
            try await Task.sleep(for: .milliseconds(300))
            try await store.write { _ = try $0.append(Self.event(1_000_000, bytes: 1, type: "test.Last")) }
            let seen = await Self.reading(client, until: "test.Last")
            #expect(seen.map(\.offset) == (1...2_001).map { Int64($0) })
        }
    }
}
