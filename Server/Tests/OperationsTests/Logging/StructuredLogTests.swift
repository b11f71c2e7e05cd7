import Foundation
import Logging
import Operations
import Settings
import Testing
import Units

@Suite(.timeLimit(.minutes(1))) struct StructuredLogTests {
    let destination = StubDestination()
    let metrics = MetricsRegistry()

    func logger(isForPeople: Bool = false, redact: @escaping @Sendable (String) -> String = { $0 }) -> (
        Logger, LogOutput
    ) {
        let time = Instant(iso8601: "2026-11-21T08:00:00.000012345Z") ?? .epoch
        let queue = LogQueue(
            sink: "stub", destination: destination, isForPeople: isForPeople, now: { time }, uptime: { .zero }
        )
        let output = LogOutput(
            service: "api", queues: [queue], redact: redact, now: { time }, metrics: metrics)
        return (StructuredLog.logger("tradewind.test", output: output, level: .info), output)
    }

    func lines(_ output: LogOutput) throws -> [[String: any Sendable]] {
        #expect(output.flush(within: .seconds(30)))
        return try destination.lines.map { line in
            #expect(line.hasSuffix("\n") && line.dropLast().allSatisfy { !$0.isNewline })
            return try #require(
                JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: any Sendable])
        }
    }

    @Test func aLineIsOneJSONObjectWithItsFieldsInPlace() throws {
        var (logger, output) = logger()
        logger[metadataKey: "venue"] = "binance"
        LogContext.$correlationID.withValue("c-1") {
            LogContext.$runID.withValue("r-1") {
                logger.warning(
                    "first\nsecond", metadata: ["status": "503", "attempts": .stringConvertible(3)])
            }
        }
        logger.debug("too quiet")
        let found = try lines(output)
        #expect(found.count == 1)
        #expect(found[0]["time"] as? String == "2026-11-21T08:00:00.000012Z")
        #expect(found[0]["level"] as? String == "warning")
        #expect(found[0]["service"] as? String == "api")
        #expect(found[0]["logger"] as? String == "tradewind.test")
        #expect(found[0]["message"] as? String == "first\nsecond")
        #expect(found[0]["correlation_id"] as? String == "c-1")
        #expect(found[0]["run_id"] as? String == "r-1")
        #expect(found[0]["status"] as? String == "503")
        let metadata = found[0]["metadata"] as? [String: any Sendable]
        #expect(metadata?["venue"] as? String == "binance")
        #expect(metadata?["attempts"] as? Int == 3)
        #expect(metadata?.count == 2)
    }

    @Test func noSecretPassesInWhateverPlaceAndForm() throws {
        let redactor = Redactor()
        let secret = #"p"a\ss-wörd-0123456789"#
        redactor.learn(Secret(secret))
        let (logger, output) = logger(redact: { redactor.redact($0) })
        let base64 = Data(secret.utf8).base64EncodedString()
        logger.error(
            "plain \(secret) and \(base64)",
            metadata: [
                "value": .string(secret), "\(secret)": "in a key", "list": [["deep": .string("x\(secret)x")]],
                "event": .string(secret),
            ])
        logger.error("thrown", error: HostError("connect \(secret)"))
        // Cut in the middle of the secret: no piece of it stays.
        logger.error("\(String(repeating: "a", count: 8_192 - 5))\(secret)")
        let found = try lines(output)
        #expect(found.count == 3)
        for line in destination.lines {
            #expect(!line.contains("wörd"))
            #expect(!line.contains(base64.prefix(12)))
            #expect(!line.contains("aaap"))
        }
        #expect(destination.lines[1].contains("connect [redacted]"))
    }

    @Test func whateverIsLoggedIsOneBoundedLine() throws {
        let (logger, output) = logger()
        var random = SplitMix64(seed: 11)
        for _ in 0..<300 {
            let text = String(
                String.UnicodeScalarView(
                    (0..<Int(random.next() % 40)).map { _ in
                        Unicode.Scalar(UInt32(random.next() % 0x3000)) ?? "?"
                    }))
            logger.error("\(text)", metadata: [text: .string(text)])
        }
        let long = String(repeating: "é", count: 10_000)
        let many = (0..<100).map { _ in Logger.MetadataValue.string(long) }
        logger.error("\(long)", metadata: ["many": .array(many), "deep": [[[[[["x"]]]]]]])
        logger.error("numbers", metadata: ["nan": .stringConvertible(Double.nan)])
        let found = try lines(output)
        #expect(found.count == 302)
        #expect(destination.lines.map(\.utf8.count).max() ?? 0 < 200_000)
        #expect(found[300]["truncated"] as? Bool == true)
        #expect(found[0]["truncated"] == nil)
    }

    @Test func aLineForPeopleCannotBeMistakenForTwo() throws {
        let (logger, output) = logger(isForPeople: true)
        logger.notice("forged\n08:00:00 critical\u{1B}[2J", metadata: ["event": "x"])
        #expect(output.flush(within: .seconds(30)))
        #expect(
            destination.lines == [
                "08:00:00.000012 notice tradewind.test: forged\\n08:00:00 critical\\u001b[2J event=\"x\"\n"
            ])
    }

    @Test func linesAndLossesAreCounted() throws {
        let (logger, output) = logger()
        logger.info("one")
        logger.error("two")
        output.flush(within: .seconds(30))
        destination.fail("No space left on device")
        logger.error("lost")
        logger.error("lost as well")
        output.flush(within: .seconds(30))
        destination.fail(nil)
        logger.error("back")
        output.flush(within: .seconds(30))
        let page = metrics.exposition()
        #expect(page.contains("tradewind_log_lines_total{level=\"error\"} 4\n"))
        #expect(
            page.contains("tradewind_log_lines_dropped_total{reason=\"write-failed\",sink=\"stub\"} 2\n"))
        let messages = try lines(output).map { $0["message"] as? String }
        #expect(messages == ["one", "two", "2 lines before this one could not be written to stub", "back"])
    }
}
