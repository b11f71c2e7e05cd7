import Testing
import Units

@Suite("The random generator")
struct SplitMix64Tests {
    @Test("it gives the published sequence")
    func publishedVector() {
        // Seed 1234567, as in Rosetta Code, "Pseudo-random numbers/Splitmix64".
        var random = SplitMix64(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        #expect(expected.map { _ in random.next() } == expected)
    }

    @Test("integers fill their range evenly and never leave it")
    func ranges() {
        var random = SplitMix64(seed: 5)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<14_000 { counts[Int(random.integer(in: -3...3)) + 3] += 1 }
        #expect(counts.allSatisfy { (1_800...2_200).contains($0) }, "\(counts)")
        for _ in 0..<200 {
            #expect(random.integer(in: 9...9) == 9)
            #expect(random.integer(in: Int64.max - 1...Int64.max) >= Int64.max - 1)
            #expect(random.integer(in: Int64.min...Int64.min + 1) <= Int64.min + 1)
            _ = random.integer(in: Int64.min...Int64.max)
        }
        for _ in 0..<2_000 {
            let draw = random.unitDouble()
            #expect(draw >= 0 && draw < 1)
        }
    }

    @Test("purposes of one seed have sequences of their own")
    func purposes() {
        var (a, b) = (
            SplitMix64(seed: 1, purpose: "order latency"), SplitMix64(seed: 1, purpose: "report latency")
        )
        var again = SplitMix64(seed: 1, purpose: "order latency")
        var other = SplitMix64(seed: 2, purpose: "order latency")
        let first = (0..<8).map { _ in a.next() }
        #expect(first == (0..<8).map { _ in again.next() })
        #expect(Set(first).isDisjoint(with: (0..<8).map { _ in b.next() }))
        #expect(Set(first).isDisjoint(with: (0..<8).map { _ in other.next() }))
    }
}
