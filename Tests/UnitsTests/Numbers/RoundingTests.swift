import Testing
import Units

@Test func divisionRoundsAsNamed() throws {
    #expect(try WideArithmetic.divide(5, by: 2, rounding: .halfEven) == 2)
    #expect(try WideArithmetic.divide(7, by: 2, rounding: .halfEven) == 4)
    #expect(try WideArithmetic.divide(-5, by: 2, rounding: .halfUp) == -3)
    #expect(try WideArithmetic.divide(-5, by: 2, rounding: .down) == -3)
    #expect(try WideArithmetic.divide(-5, by: 2, rounding: .up) == -2)
}
