import Testing
import Units

@Suite("Doubles near wide integers")
struct ApproximateDoubleTests {
    @Test("small negative numbers keep every digit")
    func smallNegatives() {
        for value in [Int128(-1), -10, -1_023, -9_007_199_254_740_991, 0, 1, 7] {
            #expect(WideArithmetic.approximateDouble(value) == Double(Int64(value)))
            #expect(WideArithmetic.approximateDouble(-value) == -Double(Int64(value)))
        }
        #expect(WideArithmetic.approximateDouble(Int128.min) == -0x1p127)
        #expect(WideArithmetic.approximateDouble(-(Int128(1) << 64) - 4_096) == -0x1p64 - 4_096)
    }
}
