/// The decimal digits at a place of a text, where there are one to seven: found and summed up eight bytes at
/// a time, without a branch for each.
///
/// Source: Daniel Lemire, "Quickly parsing eight digits" (2018), for the sum.
struct DigitRun {
    /// How many digits; 0 where there are none, or more than seven.
    let count: Int
    /// Their number.
    let value: Int64

    /// Reads the eight bytes at `p`.
    @inline(__always)
    init(at p: UnsafeMutablePointer<UInt8>) {
        let text = UInt64(littleEndian: UnsafeRawPointer(p).loadUnaligned(as: UInt64.self))
        let digits = text ^ 0x3030_3030_3030_3030
        let others = DigitRun.others(digits)
        // No other byte gives 8, which is too many.
        count = others.trailingZeroBitCount >> 3 & 7
        // The digits go to the end of the eight, with zeros before them; none leave an empty word.
        value = DigitRun.sum(digits << UInt64(64 - 8 * count))
    }

    /// Ten to the power of ``count``.
    @inline(__always)
    var power: Int64 { DigitRun.powers[count] }

    private static let powers: InlineArray<8, Int64> = [
        1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000,
    ]

    /// A high bit in each byte above 9.
    @inline(__always)
    static func others(_ bytes: UInt64) -> UInt64 {
        (((bytes & 0x7F7F_7F7F_7F7F_7F7F) + 0x7676_7676_7676_7676) | bytes) & 0x8080_8080_8080_8080
    }

    /// The number of eight bytes from 0 to 9, the first the highest.
    @inline(__always)
    private static func sum(_ bytes: UInt64) -> Int64 {
        let pairs = (bytes &* 10 &+ bytes >> 8) & 0x00FF_00FF_00FF_00FF
        let fours = (pairs &* 100 &+ pairs >> 16) & 0x0000_FFFF_0000_FFFF
        return Int64(truncatingIfNeeded: (fours &* 10_000 &+ fours >> 32) & 0xFFFF_FFFF)
    }
}
