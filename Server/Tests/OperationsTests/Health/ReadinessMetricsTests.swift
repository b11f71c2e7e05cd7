import Operations
import Testing

@Suite struct ReadinessMetricsTests {
    let manual = ManualSources()
    let metrics = MetricsRegistry()

    func lines(_ name: String) -> [String] {
        metrics.exposition().split(separator: "\n").map(String.init).filter { $0.hasPrefix(name + "{") }
    }

    @Test func theLastAnswerOfEachCheckIsAGaugeUntilTheCheckIsGone() async throws {
        let registry = HealthRegistry(sources: manual.sources(), maximumAge: .zero)
        ReadinessMetrics(of: registry, in: metrics)
        let flag = ReadinessFlag(notReady: "a reason with \"quotes\"")
        try registry.register(.state(.reconciled, flag, judgedBy: "the test"))
        try registry.register(.sample("well") { .ready })
        // Nobody has asked: a page of metrics asks nothing itself.
        #expect(lines("tradewind_ready").isEmpty)
        _ = await registry.evaluate()
        #expect(
            lines("tradewind_ready") == [
                "tradewind_ready{check=\"reconciled\"} 0", "tradewind_ready{check=\"well\"} 1",
            ])
        #expect(
            lines("tradewind_ready_check_duration_seconds") == [
                "tradewind_ready_check_duration_seconds{check=\"reconciled\"} 0",
                "tradewind_ready_check_duration_seconds{check=\"well\"} 0",
            ])
        #expect(!metrics.exposition().contains("a reason"))
        flag.set(.ready)
        #expect(lines("tradewind_ready").first == "tradewind_ready{check=\"reconciled\"} 0")
        _ = await registry.evaluate()
        #expect(lines("tradewind_ready").first == "tradewind_ready{check=\"reconciled\"} 1")
        registry.removeCheck(KnownCheck.reconciled.name())
        _ = await registry.evaluate()
        #expect(lines("tradewind_ready") == ["tradewind_ready{check=\"well\"} 1"])
    }

    @Test func howLongACheckTookIsShown() async throws {
        let registry = HealthRegistry(sources: manual.sources(), maximumAge: .zero)
        ReadinessMetrics(of: registry, in: metrics)
        try registry.register(
            .sample("slow") {
                manual.advance(.milliseconds(1_500))
                return .ready
            })
        _ = await registry.evaluate()
        #expect(
            lines("tradewind_ready_check_duration_seconds") == [
                "tradewind_ready_check_duration_seconds{check=\"slow\"} 1.5"
            ])
    }
}
