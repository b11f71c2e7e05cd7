internal import Units

/// Random numbers for synthetic markets, the same on every machine.
struct SampleNoise {
    private var random: SplitMix64

    /// A stream of its own for one purpose of a seed.
    init(seed: UInt64, purpose: String) { random = SplitMix64(seed: seed, purpose: purpose) }

    /// A number in 0 ..< 1.
    mutating func uniform() -> Double { random.unitDouble() }

    /// A whole number from 0 up to and without `count`.
    mutating func below(_ count: Int64) -> Int64 { random.integer(in: 0...(count - 1)) }

    /// Mean 0, variance 1, close to normal within three deviations: the sum of eight uniforms of 16 bits.
    mutating func gauss() -> Double {
        let (a, b) = (random.next(), random.next())
        var sum: Int64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 16) {
            sum += Int64(a >> shift & 0xFFFF) + Int64(b >> shift & 0xFFFF)
        }
        // Eight uniforms on 0...65535: mean 262140, variance 8 (2^32 - 1) / 12.
        return Double(sum - 262_140) * 1.8688359e-05
    }

    /// Mean 0, variance near 1, with the fat tails of returns: one draw in 16 is two and a half times as
    /// wide, one in 256 four times.
    mutating func fatTailed() -> Double {
        let width = random.next() & 0xFF
        let scale = width == 0 ? 4.0 : (width & 0xF == 0 ? 2.5 : 1.0)
        return gauss() * scale * 0.85
    }
}

/// A value that wanders around a mean and returns to it: an Ornstein-Uhlenbeck process in steps.
struct MeanReverting {
    /// Where it is.
    private(set) var value: Double
    private let pull: Double
    private let step: Double

    /// - Parameters:
    ///   - deviation: standard deviation in the long run.
    ///   - steps: steps after which a distance from the mean has fallen to 1/e.
    ///   - start: first value.
    init(deviation: Double, steps: Double, start: Double) {
        value = start
        pull = 1 / steps
        step = deviation * (2 / steps).squareRoot()
    }

    /// One step towards a mean.
    mutating func move(towards mean: Double, _ noise: inout SampleNoise) {
        value += (mean - value) * pull + step * noise.gauss()
    }
}
