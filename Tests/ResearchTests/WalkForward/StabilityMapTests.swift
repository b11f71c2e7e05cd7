import Research
import Testing
import Units

@Suite struct StabilityMapTests {
    private func map(_ sizes: [Int], _ scores: [[Int]: Double]) -> StabilityMap {
        let axes = sizes.enumerated().map { index, size in
            StabilityAxis(name: "p\(index)", values: (0..<size).map(String.init))
        }
        var coordinates: [[Int]] = [[]]
        for size in sizes { coordinates = coordinates.flatMap { head in (0..<size).map { head + [$0] } } }
        return StabilityMap(
            axes: axes, coordinates: coordinates, scores: coordinates.map { scores[$0] },
            choices: coordinates.map { _ in 0 })
    }

    private func point(_ map: StabilityMap, _ place: [Int]) -> StabilityPoint {
        map.points.first { $0.coordinates == place }!
    }

    @Test func neighboursAreAllPointsWithinOneValueOnEachAxis() {
        for seed in 0..<UInt64(100) {
            var random = SplitMix64(seed: seed)
            let sizes = (0..<Int(random.integer(in: 1...3))).map { _ in Int(random.integer(in: 1...4)) }
            var scores: [[Int]: Double] = [:]
            var all: [[Int]] = [[]]
            for size in sizes { all = all.flatMap { head in (0..<size).map { head + [$0] } } }
            for place in all where random.next() % 8 != 0 { scores[place] = random.unitDouble() - 0.3 }
            let map = map(sizes, scores)
            for place in all {
                let near = all.filter { other in
                    other != place && zip(other, place).allSatisfy { abs($0 - $1) <= 1 }
                }.compactMap { scores[$0] }
                let found = point(map, place)
                let mean = near.isEmpty ? nil : near.reduce(0, +) / Double(near.count)
                #expect(found.score == scores[place] && found.neighbourWorst == near.min())
                #expect(
                    found.neighbourMean == mean || abs(found.neighbourMean! - mean!) < 1e-12,
                    "seed \(seed) \(place)")
            }
        }
    }

    @Test func plateausSlopesAndPeaksAreToldApart() {
        let map = map(
            [7], [[0]: 1.0, [1]: 1.2, [2]: 1.0, [3]: 0.1, [4]: 2, [5]: 0.2, [6]: 1.8])
        #expect(point(map, [1]).shape == .plateau)
        #expect(point(map, [1]).relativeWorst == 1 / 1.2)
        #expect(point(map, [4]).shape == .peak)
        #expect(point(map, [2]).shape == .slope, "one neighbour fell off, the other did not")
        #expect(map.points.map(\.isOnEdge) == [true, false, false, false, false, false, true])
        let losing = self.map([2], [[0]: -1, [1]: 3])
        #expect(point(losing, [0]).shape == nil && point(losing, [0]).relativeMean == nil)
        #expect(self.map([1], [[0]: 1]).points[0].shape == nil)
    }
}
