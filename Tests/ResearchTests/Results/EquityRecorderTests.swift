import Research
import Testing
import Units

@Suite("Recording equity")
struct EquityRecorderTests {
    private let minute = Timespan.minute.nanoseconds
    private let start = Instant(day: 19_000)

    private func walk(_ count: Int, seed: UInt64) -> [Int128] {
        var random = SplitMix64(seed: seed)
        var equity: Int128 = 1_000_000_000
        return (0..<count).map { _ in
            equity += Int128(random.integer(in: -5_000...5_000))
            return equity
        }
    }

    private func record(_ values: [Int128], limit: Int = 100_000, everyStep: Bool = false) -> EquityCurve {
        var recorder = EquityRecorder(
            scale: Scale(2), start: start, initialEquity: 1_000_000_000, initialCash: 1_000_000_000,
            everyStepIsPeriod: everyStep, pointLimit: limit)
        for (index, value) in values.enumerated() {
            recorder.append(
                time: start.nanoseconds + Int64(index + 1) * minute, equity: value,
                cash: index % 4 == 0 ? value : 0, netFlows: 0)
        }
        return recorder.finish()
    }

    @Test("a short run keeps every point")
    func keepsAll() {
        let values = walk(90_000, seed: 1)
        let curve = record(values)
        #expect(curve.points.map(\.equity) == [1_000_000_000] + values)
        #expect(curve.points.map(\.time) == curve.points.map(\.time).sorted())
    }

    @Test("thinning keeps first, last, lowest and highest, order and membership, within the limit")
    func keepsExtremes() {
        for (seed, count) in [(1, 15), (2, 16), (3, 17), (4, 1_000), (5, 4_097), (6, 33_333)] {
            for limit in [16, 17, 100, 1_000] {
                let values = walk(count, seed: UInt64(seed))
                let curve = record(values, limit: limit)
                let all = [1_000_000_000] + values
                let equities = curve.points.map(\.equity)
                #expect(curve.points.count <= limit)
                #expect(curve.points.count >= min(all.count, limit / 8))
                #expect(equities.first == all.first && equities.last == all.last)
                #expect(equities.min() == all.min() && equities.max() == all.max())
                let indices = curve.points.map { Int(($0.time.since(start)).nanoseconds / minute) }
                #expect(zip(indices, indices.dropFirst()).allSatisfy { $0 < $1 })
                #expect(zip(indices, equities).allSatisfy { all[$0] == $1 })
            }
        }
    }

    @Test("local extremes survive: every eighth of the run keeps its lowest and highest")
    func keepsLocalExtremes() {
        let values = walk(262_143, seed: 9)
        let all = [1_000_000_000] + values
        let curve = record(values, limit: 4_096)
        let part = all.count / 8
        for index in 0..<8 {
            let range = index * part..<(index + 1) * part
            let kept = curve.points.filter {
                range.contains(Int($0.time.since(start).nanoseconds / minute))
            }
            #expect(kept.map(\.equity).min() == all[range].min())
            #expect(kept.map(\.equity).max() == all[range].max())
        }
    }

    @Test("drawdown is that of every step, not of the days")
    func exactDrawdown() {
        for seed in 1...20 {
            let values = walk(5_000, seed: UInt64(seed))
            var (peak, deepest, longest, peakIndex) = (Int128(1_000_000_000), 0.0, 0, 0)
            for (index, value) in values.enumerated() {
                if value >= peak {
                    if index - peakIndex >= 1 { longest = max(longest, index + 1 - peakIndex) }
                    (peak, peakIndex) = (value, index + 1)
                }
                deepest = max(deepest, Double(Int(peak - value)) / Double(Int(peak)))
            }
            longest = max(longest, values.count - peakIndex)
            let curve = record(values, limit: 16)
            #expect(abs((curve.drawdown.deepest ?? -1) - deepest) < 1e-14)
            #expect(curve.drawdown.longest.nanoseconds == Int64(longest) * minute)
        }
    }

    @Test("a day ends with its midnight, the last period with the last step")
    func days() {
        let values = walk(2 * 1_440 + 60, seed: 3)
        let curve = record(values)
        #expect(
            curve.periods.map(\.equity) == [1_000_000_000, values[1_439], values[2_879], values[2_939]])
        #expect(curve.periods[1].time == Instant(day: 19_001))
        #expect(curve.periodReturns.count == 3)
        #expect(curve.exposure == 0.75)
    }

    @Test("days before 1970 end at their midnight too")
    func daysBefore1970() {
        var recorder = EquityRecorder(
            scale: Scale(0), start: Instant(day: -2), initialEquity: 100, initialCash: 100)
        let day = Timespan.day.nanoseconds
        let times: [Int64] = [-2 * day + 5, -day, -day + 1, 0, 1]
        for (index, time) in times.enumerated() {
            recorder.append(time: time, equity: Int128(110 + 10 * index), cash: 0, netFlows: 0)
        }
        let expected: [Int128] = [100, 120, 140, 150]
        let curve = recorder.finish()
        #expect(curve.periods.map(\.equity) == expected)
    }

    @Test("every step is a period when bars are a day or longer")
    func everyStep() {
        let values = walk(10, seed: 3)
        #expect(record(values, everyStep: true).periods.map(\.equity) == [1_000_000_000] + values)
    }

    @Test("a deposit is no return and does not hide a drawdown")
    func flows() throws {
        var recorder = EquityRecorder(
            scale: Scale(0), start: start, initialEquity: 1_000, initialCash: 1_000)
        // up 10 %, down 20 %, a deposit of as much as there is with no change of price, up 5 %.
        let equities: [Int128] = [1_100, 880, 1_760, 1_848]
        let flows: [Int128] = [0, 0, 880, 880]
        for index in 0..<4 {
            recorder.append(
                time: start.nanoseconds + Int64(index + 1) * minute, equity: equities[index],
                cash: equities[index], netFlows: flows[index])
        }
        let curve = recorder.finish()
        let growth = try #require(curve.periodReturns.first ?? nil)
        #expect(abs(growth - -0.076) < 1e-12)
        #expect(abs((curve.drawdown.deepest ?? 0) - 0.2) < 1e-12)
        #expect(curve.exposure == 0)
    }

    @Test("a drawdown goes on through a deposit and a withdrawal, from the peak that moved with them")
    func flowsWithinADrawdown() {
        // The index is 1, 1.1, 0.88, then 0.77 after as much was paid in, then 0.66 after half was taken out.
        let equities: [Int128] = [1_100, 880, 1_760, 1_540, 770, 660]
        let flows: [Int128] = [0, 0, 880, 880, 110, 110]
        var recorder = EquityRecorder(
            scale: Scale(0), start: start, initialEquity: 1_000, initialCash: 1_000)
        for index in equities.indices {
            recorder.append(
                time: start.nanoseconds + Int64(index + 1) * minute, equity: equities[index],
                cash: equities[index], netFlows: flows[index])
        }
        let drawdown = recorder.finish().drawdown
        #expect(abs((drawdown.deepest ?? 0) - 0.4) < 1e-12)
        #expect(drawdown.longest == Timespan(nanoseconds: 5 * minute))
        #expect(drawdown.peak == Instant(nanoseconds: start.nanoseconds + minute))
    }

    @Test("lost capital leaves returns undefined, and the largest numbers do not trap")
    func undefined() {
        var recorder = EquityRecorder(
            scale: Scale(0), start: start, initialEquity: 10, initialCash: 10, everyStepIsPeriod: true)
        let values: [Int128] = [-5, 3, Int128.max, Int128.min, 0, 1]
        for (index, value) in values.enumerated() {
            recorder.append(
                time: start.nanoseconds + Int64(index + 1), equity: value, cash: 0, netFlows: -(value / 2))
        }
        let curve = recorder.finish()
        #expect(curve.periodReturns.count == 6)
        #expect(curve.periodReturns[1] == nil)
        var empty = EquityRecorder(scale: Scale(0), start: start, initialEquity: 0, initialCash: 0)
        #expect(empty.finish().drawdown.deepest == nil)
    }
}
