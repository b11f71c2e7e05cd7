import ControlPlane
import Events
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Operations
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct TraceTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let parent = "00f067aa0ba902b7"

    @Test func aTraceGoesOnWithASpanOfItsOwn() {
        let context = TraceContext(continuing: "00-\(Self.trace)-\(Self.parent)-01")
        #expect(context.traceID == Self.trace && context.parentID == Self.parent && context.isSampled)
        #expect(context.spanID != Self.parent && context.spanID.count == 16)
        #expect(context.header == "00-\(Self.trace)-\(context.spanID)-01")
        #expect(TraceContext(continuing: context.header).traceID == Self.trace)
        #expect(!TraceContext(continuing: "00-\(Self.trace)-\(Self.parent)-00").isSampled)
        #expect(TraceContext(continuing: "00-\(Self.trace)-\(Self.parent)-00").header.hasSuffix("-00"))
        // A version of the future, with and without more behind it.
        #expect(TraceContext(continuing: "cc-\(Self.trace)-\(Self.parent)-01").traceID == Self.trace)
        #expect(TraceContext(continuing: "cc-\(Self.trace)-\(Self.parent)-01-more").traceID == Self.trace)
    }

    @Test func whatIsNoTraceBeginsOne() {
        let zero = String(repeating: "0", count: 32)
        for wrong in [
            "", "00", "00-\(Self.trace)-\(Self.parent)", "00-\(Self.trace)-\(Self.parent)-0",
            "00-\(Self.trace)-\(Self.parent)-01-more", "ff-\(Self.trace)-\(Self.parent)-01",
            "00-\(zero)-\(Self.parent)-01", "00-\(Self.trace)-\(zero.prefix(16))-01",
            "00-\(Self.trace.uppercased())-\(Self.parent)-01", "00-\(Self.trace)-\(Self.parent)-zz",
            "00_\(Self.trace)_\(Self.parent)_01", "cc-\(Self.trace)-\(Self.parent)-01more",
            "00-\(Self.trace.dropLast())ä-\(Self.parent)-01", " 00-\(Self.trace)-\(Self.parent)-01",
        ] {
            let context = TraceContext(continuing: wrong)
            #expect(context.parentID == nil && context.traceID != Self.trace, "\(wrong)")
            #expect(context.isSampled && context.traceID.count == 32)
            #expect(TraceContext(continuing: context.header).traceID == context.traceID)
        }
        #expect(TraceContext().traceID != TraceContext().traceID)
    }

    /// Keeps what is logged, with its metadata.
    struct Keeper: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var metadataProvider: Logger.MetadataProvider? = LogContext.metadataProvider
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.add((metadataProvider?.get() ?? [:]).merging(event.metadata ?? [:]) { $1 })
        }
    }

    final class Lines: Sendable {
        private let state = Mutex([Logger.Metadata]())
        var all: [Logger.Metadata] { state.withLock { $0 } }
        func add(_ line: Logger.Metadata) { state.withLock { $0.append(line) } }
    }

    @Test func theTraceIsInTheAnswerTheContextAndTheLog() async throws {
        let lines = Lines()
        let logger = Logger(label: "test") { _ in Keeper(lines: lines) }
        try await RunningServer.run(
            logger: logger,
            routes: { routes in
                routes.on(.get, "/trace", description: "Show the trace") { _, context in
                    .json(
                        .list([
                            .string(context.trace.traceID), .string(context.trace.spanID),
                            .optional(context.trace.parentID), .optional(LogContext.traceID),
                        ]))
                }
            }
        ) { server in
            let header = "traceparent: 00-\(Self.trace)-\(Self.parent)-01\r\n"
            let answer = await RawClient.get(
                "/trace", port: server.port,
                headers: header + "X-Correlation-ID: job-9\r\nX-Request-ID: r-9\r\n")
            let echoed = TraceContext(continuing: answer.header("traceparent") ?? "")
            #expect(echoed.traceID == Self.trace)
            let span = try #require(echoed.parentID)
            #expect(
                answer.text.hasSuffix(
                    "[\"\(Self.trace)\",\"\(span)\",\"\(Self.parent)\",\"\(Self.trace)\"]\n"))
            let line = try #require(lines.all.first { $0["event"] == "request" })
            #expect(line["trace_id"] == .string(Self.trace) && line["span_id"] == .string(span))
            #expect(line["correlation_id"] == "job-9" && line["request_id"] == "r-9")
            // Two of them are none.
            let twice = await RawClient.get("/trace", port: server.port, headers: header + header)
            #expect(twice.header("traceparent")?.contains(Self.trace) == false)
        }
    }
}
