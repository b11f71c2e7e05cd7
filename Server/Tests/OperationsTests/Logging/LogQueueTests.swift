import Operations
import Testing
import Units

@Suite(.timeLimit(.minutes(1))) struct LogQueueTests {
    @Test func aBlockedDestinationBlocksNobodyAndTheQueueIsBounded() {
        let destination = StubDestination()
        destination.block()
        let queue = LogQueue(
            sink: "stub", destination: destination, maximumBytes: 1_000, now: { .epoch }, uptime: { .zero })
        let metrics = MetricsRegistry()
        let output = LogOutput(
            service: "test", queues: [queue], redact: { $0 }, now: { .epoch }, metrics: metrics)
        let line = [UInt8](repeating: 0x61, count: 99) + [0x0A]
        queue.append(line)
        #expect(destination.holdsWriter())
        for _ in 1..<1_000 { queue.append(line) }
        #expect(metrics.exposition().contains("tradewind_log_waiting_bytes{sink=\"stub\"} 1000\n"))
        #expect(
            metrics.exposition().contains(
                "tradewind_log_lines_dropped_total{reason=\"queue-full\",sink=\"stub\"} 990\n"))
        #expect(!output.flush(within: .milliseconds(1)))
        destination.unblock()
        #expect(output.flush(within: .seconds(30)))
        // Ten were kept; the first said nothing, as nothing was lost before it was taken.
        let kept = destination.lines.filter { $0.hasPrefix("aaa") }
        #expect(kept.count == 10)
        #expect(destination.lines.contains { $0.contains("990 lines before this one could not be written") })
        queue.append(line)
        #expect(output.flush(within: .seconds(30)))
        #expect(destination.lines.last?.hasPrefix("aaa") == true)
    }

    @Test func linesOfManyThreadsArriveWhole() async {
        let destination = StubDestination()
        let queue = LogQueue(sink: "stub", destination: destination, now: { .epoch }, uptime: { .zero })
        let output = LogOutput(
            service: "test", queues: [queue], redact: { $0 }, now: { .epoch }, metrics: MetricsRegistry())
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                group.addTask { for number in 0..<200 { queue.append(Array("\(writer)-\(number)\n".utf8)) } }
            }
        }
        #expect(output.flush(within: .seconds(30)))
        let expected = (0..<8).flatMap { writer in (0..<200).map { "\(writer)-\($0)\n" } }
        #expect(Set(destination.lines) == Set(expected))
        #expect(destination.lines.count == 1_600)
        for writer in 0..<8 {
            let own = destination.lines.filter { $0.hasPrefix("\(writer)-") }
            #expect(own == (0..<200).map { "\(writer)-\($0)\n" })
        }
    }
}
