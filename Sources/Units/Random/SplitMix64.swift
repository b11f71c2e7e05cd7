/// A small deterministic random generator: SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom
/// number generators", OOPSLA 2014). Equal seeds give equal sequences on every machine.
///
/// Every random choice in Tradewind comes from one of these, seeded by the run file. Not for secrets.
public struct SplitMix64: RandomNumberGenerator, Sendable, BitwiseCopyable {
    private var state: UInt64

    /// - Parameter seed: any value; the sequence is a pure function of it.
    public init(seed: UInt64) { state = seed }

    /// An independent generator for one named purpose, so that adding a consumer does not shift the
    /// others.
    public init(seed: UInt64, purpose: String) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        state = seed ^ hash
        _ = next()
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// An integer in `range`, both ends included, without modulo bias.
    public mutating func integer(in range: ClosedRange<Int64>) -> Int64 {
        let span = UInt64(bitPattern: range.upperBound) &- UInt64(bitPattern: range.lowerBound)
        if span == UInt64.max { return Int64(bitPattern: next()) }
        let count = span + 1
        let limit = UInt64.max - (UInt64.max % count + 1) % count
        var draw = next()
        while draw > limit { draw = next() }
        return Int64(bitPattern: UInt64(bitPattern: range.lowerBound) &+ draw % count)
    }

    /// A number in `0 ..< 1` with 53 random bits.
    public mutating func unitDouble() -> Double { Double(next() >> 11) * 0x1p-53 }
}
