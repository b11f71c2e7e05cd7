import Operations
import Storage
import Testing
import Units

@Suite struct LogLineReaderTests {
    let now = Instant(iso8601: "2026-11-21T12:00:00Z") ?? .epoch

    func read(_ text: String) -> StoredLogLine? {
        LogLineReader(now: now).row(TailedLine(file: 1, offset: 2, bytes: Array(text.utf8)))
    }

    @Test func whatALineSaysStandsInItsColumns() throws {
        let row = try #require(
            read(
                """
                {"time":"2026-11-21T11:59:58.123456Z","level":"warning","service":"api","logger":"a.b",\
                "message":"m","event":"e","run_id":"r","correlation_id":"c","request_id":"q",\
                "strategy":"s","trace_id":"t","status":503,"metadata":{"k":"v"}}
                """))
        #expect(row.loggedAt.description == "2026-11-21T11:59:58.123456Z")
        #expect(row.ingestedAt == now)
        #expect(row.severity == .warning)
        #expect([row.service, row.logger, row.message] == ["api", "a.b", "m"])
        #expect([row.event, row.runID, row.correlationID] == ["e", "r", "c"])
        #expect([row.requestID, row.strategyID, row.traceID] == ["q", "s", "t"])
        #expect(row.payload == #"{"status":503,"metadata":{"k":"v"}}"#)
        #expect((row.file, row.position) == (1, 2))
    }

    @Test func linesOfOtherProgramsAreUnderstood() throws {
        let other = try #require(
            read(#"{"ts":1795262400.5,"levelname":"FATAL","logger_name":"x","msg":"m","correlationId":7}"#))
        #expect(other.loggedAt.description == "2026-11-21T12:00:00.5Z")
        #expect(other.severity == .critical && other.logger == "x" && other.correlationID == "7")
        #expect(read(#"{"level":"WARN"}"#)?.severity == .warning)
        #expect(read(#"{"level":"odd"}"#)?.severity == .info)
        #expect(read(#"{"level":"odd"}"#)?.payload == #"{"level":"odd"}"#)
    }

    @Test func aTimeThatCannotBeIsNotBelieved() {
        for time in ["\"2031-01-01T00:00:00Z\"", "\"1969-01-01T00:00:00Z\"", "\"x\"", "null", "1e300"] {
            let row = read("{\"time\":\(time)}")
            #expect(row?.loggedAt == now)
            #expect(row?.payload?.contains("time") == true)
        }
    }

    @Test func longPartsAreCutAndTheWholeMessageStaysInThePayload() throws {
        let message = String(repeating: "é", count: 5_000)
        let long = try #require(read(#"{"message":"\#(message)","logger":"\#(message)"}"#))
        #expect(long.message == String(repeating: "é", count: 1_024))
        #expect(long.logger.count == 64)
        #expect(long.payload?.contains("truncated") == true)
        let middle = try #require(read(#"{"message":"\#(String(message.prefix(2_000)))"}"#))
        #expect(middle.payload == #"{"message":"\#(String(message.prefix(2_000)))"}"#)
        let payload = try #require(
            read("{\"a\":\"\(String(repeating: "\\\"", count: 300_000))\"}")?.payload)
        #expect(payload.utf8.count < 16 * 1_024 + 100)
    }

    @Test func whatIsNoJSONObjectIsRefused() {
        for text in ["", "x", "[1]", "\"a\"", "{\"a\":1", "{\"a\":1}x", "{\"a\":\"\u{1}\"}", "1"] {
            #expect(read(text) == nil)
        }
        #expect(
            LogLineReader(now: now).row(TailedLine(file: 1, offset: 0, bytes: [0x7B, 0xFF, 0x7D])) == nil)
        let deep = String(repeating: "{\"a\":", count: 100) + "1" + String(repeating: "}", count: 100)
        #expect(read(deep) == nil)
    }

    @Test func anyBytesAreReadWithoutAFault() {
        let whole = Array(
            #"{"time":"2026-11-21T11:59:58Z","level":"info","message":"m","metadata":{"a":[1,2.5,null]}}"#
                .utf8)
        for seed in 0..<2_000 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            var bytes = whole
            for _ in 0...random.next() % 4 {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            bytes.removeLast(Int(random.next() % 3))
            let row = LogLineReader(now: now).row(TailedLine(file: 0, offset: 0, bytes: bytes))
            #expect((row?.message.unicodeScalars.count ?? 0) <= 1_024)
        }
    }
}
