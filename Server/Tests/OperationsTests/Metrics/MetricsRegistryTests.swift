import Logging
import Metrics
import Operations
import TestServers
import Testing
import Units

@Suite struct MetricsRegistryTests {
    let metrics = MetricsRegistry()

    /// The lines of a metric, without its head.
    func lines(_ name: String) -> [String] {
        metrics.exposition().split(separator: "\n").map(String.init).filter { $0.hasPrefix(name) }
    }

    @Test func aCounterIsExposedWithHelpTypeAndLabels() {
        metrics.declare([MetricDescription("orders.placed", .counter, help: "Orders\nthat \\ left.")])
        let counter = Counter(
            label: "orders.placed", dimensions: [("venue", "a\"b\\c\nd"), ("Side", "buy")], factory: metrics)
        counter.increment()
        counter.increment(by: 41)
        counter.increment(by: -5)
        #expect(
            metrics.exposition().contains(
                """
                # HELP tradewind_orders_placed_total Orders\\nthat \\\\ left.
                # TYPE tradewind_orders_placed_total counter
                tradewind_orders_placed_total{side="buy",venue="a\\"b\\\\c\\nd"} 42

                """))
    }

    @Test func aHistogramCountsUpToEachBound() {
        metrics.declare([
            MetricDescription("latency", .histogram, help: "Time.", unit: .seconds, buckets: [0.1, 1])
        ])
        let timer = Metrics.Timer(label: "latency", dimensions: [("le", "x")], factory: metrics)
        for nanoseconds in [100_000_000, 100_000_001, 1_000_000_000, 5_000_000_000] as [Int64] {
            timer.recordNanoseconds(nanoseconds)
        }
        #expect(
            lines("tradewind_latency") == [
                "tradewind_latency_seconds_bucket{le_=\"x\",le=\"0.1\"} 1",
                "tradewind_latency_seconds_bucket{le_=\"x\",le=\"1\"} 3",
                "tradewind_latency_seconds_bucket{le_=\"x\",le=\"+Inf\"} 4",
                "tradewind_latency_seconds_sum{le_=\"x\"} 6.200000001",
                "tradewind_latency_seconds_count{le_=\"x\"} 4",
            ])
    }

    @Test func gaugesRiseFallAndMayBeInfinite() {
        let gauge = Gauge(label: "depth", factory: metrics)
        gauge.record(2.5)
        #expect(lines("tradewind_depth") == ["tradewind_depth 2.5"])
        gauge.record(-Double.infinity)
        #expect(lines("tradewind_depth") == ["tradewind_depth -Inf"])
        let meter = Meter(label: "meter", factory: metrics)
        meter.set(10)
        meter.decrement(by: 11.5)
        #expect(lines("tradewind_meter") == ["tradewind_meter -1.5"])
    }

    @Test func countersStopAtTheirLargestAndNumbersThatAreNoneAreLeftOut() {
        let counter = Counter(label: "large", factory: metrics)
        counter.increment(by: Int64.max)
        counter.increment(by: Int64.max)
        #expect(lines("tradewind_large") == ["tradewind_large_total 9223372036854775807"])
        let recorder = Recorder(label: "sizes", factory: metrics)
        let values: [Double] = [.nan, .infinity, 3]
        for value in values { recorder.record(value) }
        #expect(lines("tradewind_sizes_sum") == ["tradewind_sizes_sum 3"])
        #expect(lines("tradewind_sizes_count") == ["tradewind_sizes_count 1"])
        let floating = FloatingPointCounter(label: "spent", factory: metrics)
        floating.increment(by: 0.25)
        floating.increment(by: Double.nan)
        floating.increment(by: -1)
        #expect(lines("tradewind_spent") == ["tradewind_spent_total 0.25"])
    }

    @Test func oneNameIsOneKind() {
        Counter(label: "thing.total", factory: metrics).increment()
        Gauge(label: "thing_total", factory: metrics).record(1)
        Recorder(label: "wait", factory: metrics).record(1)
        // The lines of this one would be taken for the histogram's.
        Gauge(label: "wait.count", factory: metrics).record(7)
        #expect(lines("tradewind_thing") == ["tradewind_thing 1", "tradewind_thing_total 1"])
        #expect(lines("tradewind_wait_count") == ["tradewind_wait_count 1"])
    }

    @Test func labelValuesCannotGrowWithoutBound() {
        metrics.declare([
            MetricDescription("requests", .counter, help: "x", maximumSeries: 3),
            MetricDescription("state", .gauge, help: "x", maximumSeries: 3),
        ])
        for number in 0..<1_000 {
            let labels = [("user", "u\(number)")]
            Counter(label: "requests", dimensions: labels, factory: metrics).increment()
            Gauge(label: "state", dimensions: labels, factory: metrics).record(1)
        }
        #expect(
            lines("tradewind_requests") == [
                "tradewind_requests_total{user=\"other\"} 997", "tradewind_requests_total{user=\"u0\"} 1",
                "tradewind_requests_total{user=\"u1\"} 1", "tradewind_requests_total{user=\"u2\"} 1",
            ])
        #expect(lines("tradewind_state").count == 3)
        #expect(
            lines("tradewind_metrics_rejected_total{reason=\"series\"}").first
                == "tradewind_metrics_rejected_total{reason=\"series\"} 1994")
        for number in 0..<2_000 { Counter(label: "family\(number)", factory: metrics).increment() }
        #expect(lines("tradewind_family").count <= MetricsRegistry.maximumFamilies)
    }

    @Test func aSeriesIsSharedByNameAndGoesWhenItIsDestroyed() {
        let first = Counter(label: "shared", dimensions: [("a", "1")], factory: metrics)
        let second = Counter(label: "shared", dimensions: [("a", "1")], factory: metrics)
        first.increment()
        second.increment()
        #expect(lines("tradewind_shared") == ["tradewind_shared_total{a=\"1\"} 2"])
        first.destroy()
        #expect(lines("tradewind_shared").isEmpty)
    }

    @Test func readinessIsShownPerCheckAndRemovedWithIt() async throws {
        let registry = HealthRegistry(sources: ManualSources().sources(), maximumAge: .zero)
        try registry.register(.sample("disk-space") { .ready })
        try registry.register(.sample("stream-x") { .notReady(reason: "silent") })
        ReadinessMetrics(of: registry, in: metrics)
        _ = await registry.evaluate()
        #expect(
            lines("tradewind_ready{") == [
                "tradewind_ready{check=\"disk-space\"} 1", "tradewind_ready{check=\"stream-x\"} 0",
            ])
        registry.removeCheck(ComponentName(folding: "stream-x"))
        _ = await registry.evaluate()
        #expect(lines("tradewind_ready{") == ["tradewind_ready{check=\"disk-space\"} 1"])
    }

    /// The real tool, when this machine has it.
    @Test func promtoolFindsNothingWrong() throws {
        ProcessMetrics.report(to: metrics, startedAt: 1.7e9)
        let output = LogOutput(
            service: "x", queues: [], redact: { $0 }, now: { .epoch }, metrics: metrics)
        StructuredLog.logger("x", output: output, level: .info).info("x")
        var random = SplitMix64(seed: 5)
        func text() -> String {
            String(
                String.UnicodeScalarView(
                    (0..<Int(1 + random.next() % 12)).map { _ in
                        Unicode.Scalar(UInt32(random.next() % 0x250)) ?? "?"
                    }))
        }
        for _ in 0..<200 {
            let labels = [(text(), text()), (text(), text())]
            switch random.next() % 4 {
            case 0: Counter(label: text(), dimensions: labels, factory: metrics).increment()
            case 1: Gauge(label: text(), dimensions: labels, factory: metrics).record(Double(random.next()))
            case 2: Recorder(label: text(), dimensions: labels, factory: metrics).record(1e-7)
            default: Metrics.Timer(label: text(), dimensions: labels, factory: metrics).recordNanoseconds(9)
            }
        }
        let page = metrics.exposition()
        let tool = try ToolRun("promtool", "check", "metrics", input: page)
        if tool.status == 127 {
            print("skipped, as promtool is not installed (Debian package prometheus)")
            return
        }
        // Exit code 3 is for remarks on style; names made of random letters may look like abbreviated units.
        #expect(tool.status == 0 || tool.status == 3, "\(tool.output)")
        let remarks = tool.output.split(separator: "\n").filter { !$0.contains("abbreviated") }
        #expect(remarks.isEmpty, "\(tool.output)")
    }
}
