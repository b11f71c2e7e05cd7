import Accounting
import Foundation
import Markets
import Research
import Testing
import Units

@Suite struct AttributionCurveTests {
    @Test func itBeginsAtZeroEndsAtTheAttributionAndAddsUpToTheChangeOfEquityBetween() throws {
        var (drawn, inner) = (0, 0)
        for seed in 0..<UInt64(120) {
            var shape = RandomRun.Shape()
            shape.strategies = 1...3
            let run = RandomRun(seed: seed, shape: shape)
            let result = try run.run()
            let final = Dictionary(
                uniqueKeysWithValues: zip(Cause.attributed.map(\.key), result.attribution))
            guard let curve = result.attributionCurve else {
                #expect(result.attribution.allSatisfy { $0.isZero }, "seed \(seed)")
                continue
            }
            drawn += 1
            let (first, last) = (try #require(curve.points.first), try #require(curve.points.last))
            #expect(first.amounts.allSatisfy { $0 == 0 })
            #expect(last.time == result.end && curve.points.map(\.time) == curve.points.map(\.time).sorted())
            #expect(curve.points.count <= 402 && Set(curve.points.map(\.time)).count == curve.points.count)
            for (cause, amount) in zip(curve.causes, last.amounts) {
                let expected = try #require(final[cause]).approximateDouble
                #expect(abs(amount - expected) <= 1e-9 * max(1, abs(expected)), "seed \(seed), \(cause)")
            }
            let unit = pow(10, Double(result.equity.scale.decimals))
            let equity = Dictionary(
                result.equity.points.map { ($0.time, Double($0.equity - $0.netFlows) / unit) },
                uniquingKeysWith: { $1 })
            let start = result.initialEquity.approximateDouble
            for point in curve.points.dropFirst() {
                guard let known = equity[point.time] else { continue }
                inner += 1
                let sum = point.amounts.reduce(0, +)
                #expect(abs(sum - (known - start)) <= 1e-7 * max(1, abs(known)), "seed \(seed)")
            }
            #expect(try run.run(keepsRecords: false).attributionCurve == nil)
        }
        #expect(drawn > 60 && inner > 1_000, "\(drawn) curves, \(inner) points")
    }
}
