import Events
import Markets
import Testing
import Trading
import Units

@Suite("The log of a run")
struct RunLogTests {
    @Test("events of every kind come back as they were written")
    func roundTrips() throws {
        for seed in UInt64(1)...6 {
            let log = try WrittenLog(seed: seed, count: 400)
            let records = try WrittenLog.read(log.bytes)
            #expect(records.map(\.sequence) == (1...UInt64(records.count)).map { $0 })
            let plain = records.filter { if case .chainLink = $0.event { false } else { true } }
            #expect(plain.map(\.event) == log.events.map(\.0))
            #expect(plain.map(\.time) == log.events.map(\.1))
            #expect(Set(plain.map { $0.event.name }).count == 25)
        }
    }

    @Test("the bytes of a record are the documented ones")
    func format() throws {
        let log = try WrittenLog([
            (.orderMoved(OrderID(0x0102_0304), .cancelled, .fillOrKill), Instant(nanoseconds: -2)),
            (.closed(finalEquity: -1, valueScale: Scale(8)), Instant(nanoseconds: 5)),
        ])
        let first: [UInt8] =
            [30, 0, 0, 0, 5, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0xFE]
            + [UInt8](repeating: 0xFF, count: 7) + [4, 3, 2, 1, 0, 0, 0, 0, 6, 3]
        #expect(Array(log.bytes.prefix(34)) == first)
        let second: [UInt8] =
            [37, 0, 0, 0, 10, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0]
            + [UInt8](repeating: 0xFF, count: 16) + [8]
        #expect(Array(log.bytes[34..<75]) == second)
        // The link: SHA-256 of the 75 bytes before it, at the time of the record before it.
        let digest = log.bytes[..<75].withUnsafeBytes { SHA256Stream.digest(of: $0) }
        #expect(
            Array(log.bytes[75...])
                == [52, 0, 0, 0, 9, 0, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0] + digest.bytes)
    }

    @Test("inputs that fit no record are an error")
    func longInputs() throws {
        let log = RunLogWriter()
        let text = String(repeating: "x", count: 1 << 24)
        let error = #expect(throws: RunInputsTooLong.self) {
            try log.append(.opened(inputs: text), at: .epoch)
        }
        #expect(error?.bytes == 1 << 24 && error?.most == (1 << 24) - 65)
        let most = try WrittenLog([
            (.opened(inputs: String(repeating: "x", count: (1 << 24) - 65)), .epoch),
            (.closed(finalEquity: 0, valueScale: Scale(8)), .epoch),
        ])
        #expect(
            try WrittenLog.read(most.bytes).map(\.event.name) == ["RunOpened", "RunClosed", "ChainLinked"])
    }

    @Test("the hash is the SHA-256 of all bytes, with a sink or without")
    func hashes() throws {
        for (seed, count) in [(UInt64(1), 0), (2, 50), (3, 3_000)] {
            let log = try WrittenLog(seed: seed, count: count)
            #expect(log.hash == log.bytes.withUnsafeBytes { SHA256Stream.digest(of: $0) })
            let silent = RunLogWriter()
            for (event, time) in log.events { try silent.append(event, at: time) }
            #expect(try silent.close() == log.hash)
            let read = try log.bytes.withUnsafeBytes { raw in
                var reader = RunLogReader(bytes: raw)
                return try reader.finish()
            }
            #expect(read == log.hash)
            #expect(try WrittenLog(log.events).bytes == log.bytes, "equal events give equal bytes")
        }
        #expect(try WrittenLog(seed: 2, count: 50).hash != WrittenLog(seed: 2, count: 51).hash)
    }

    @Test("a chain link stands after every 64 KiB and at the end")
    func links() throws {
        var random = RandomEvents(seed: 9)
        var events: [(RunEvent, Instant)] = []
        for _ in 0..<6_000 { events.append((random.next(), random.time())) }
        events.append((random.closed(), .epoch))
        let bytes = try WrittenLog(events).bytes
        let records = WrittenLog.records(bytes)
        var (start, links) = (0, 0)
        for record in records where record.type == 9 {
            links += 1
            let distance = record.offset - start
            if record.offset != records.last?.offset {
                #expect((65_536..<65_536 + 512).contains(distance), "\(distance) bytes without a link")
            }
            start = record.offset + record.length
            let digest = bytes[..<record.offset].withUnsafeBytes { SHA256Stream.digest(of: $0) }
            #expect(Array(bytes[record.offset + 24..<start]) == digest.bytes)
        }
        #expect(start == bytes.count, "the last record is a link")
        #expect(links == bytes.count / 65_536 + 1 && links > 4)
    }

    @Test("a sink that fails stops the run")
    func failingSink() throws {
        struct DiskFull: Error {}
        let writer = RunLogWriter { _ in throw DiskFull() }
        #expect(throws: DiskFull.self) {
            for number in 0..<5_000 {
                try writer.append(.cancelRequested(OrderID(UInt64(number))), at: .epoch)
            }
        }
    }
}
