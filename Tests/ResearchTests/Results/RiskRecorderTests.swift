import Research
import Testing
import Units

@Suite struct RiskRecorderTests {
    private func point(_ step: Int, _ random: inout SplitMix64) -> RiskPoint {
        RiskPoint(
            time: Instant(day: 19_000) + step * .minute, gross: random.unitDouble() * 3,
            net: random.unitDouble() - 0.5,
            marginRatio: random.integer(in: 0...3) == 0 ? nil : random.unitDouble(), funding: Double(step))
    }

    @Test func extremesStayHoweverLongTheRunIs() throws {
        var random = SplitMix64(seed: 4)
        for count in [1, 2, 15, 16, 17, 100, 5_000] {
            var recorder = RiskRecorder(limit: 16)
            let all = (0..<count).map { point($0, &random) }
            for point in all { recorder.append(point) }
            let curve = try #require(recorder.curve)
            #expect(curve.points.count <= 16 && curve.points.count >= min(count, 8))
            #expect(curve.worstMarginRatio == all.compactMap(\.marginRatio).min())
            #expect(curve.maxAbsDelta == all.map { abs($0.net) }.max())
            #expect(curve.points.map(\.gross).max() == all.map(\.gross).max())
            #expect(
                curve.points.last?.time == all.last?.time && curve.points.last?.funding == Double(count - 1))
            #expect(curve.points.map(\.time) == curve.points.map(\.time).sorted())
            // Spans of equal numbers of steps, each with the extremes of its own.
            let width = count <= 16 ? 1 : (curve.points[1].funding - curve.points[0].funding)
            let first = all.prefix(Int(width))
            #expect(curve.points[0].gross == first.map(\.gross).max())
            #expect(curve.points[0].marginRatio == first.compactMap(\.marginRatio).min())
        }
    }

    @Test func numbersThatAreNoneAreLeftOut() {
        var recorder = RiskRecorder()
        recorder.append(RiskPoint(time: .epoch, gross: .infinity, net: 0, marginRatio: nil, funding: 0))
        #expect(recorder.curve == nil)
        recorder.append(RiskPoint(time: .epoch, gross: 1, net: 0, marginRatio: .nan, funding: 0))
        #expect(recorder.curve?.points.count == 1 && recorder.curve?.worstMarginRatio == nil)
    }
}
