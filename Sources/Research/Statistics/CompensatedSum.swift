/// A sum of many numbers whose rounding errors are carried along, so that the order of magnitude of the sum
/// and not that of its parts decides the error.
///
/// Source: A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen",
/// Zeitschrift für Angewandte Mathematik und Mechanik 54, 1974.
struct CompensatedSum {
    private var sum = 0.0
    private var lost = 0.0

    /// The sum so far.
    var value: Double { sum + lost }

    mutating func add(_ number: Double) {
        let next = sum + number
        lost += abs(sum) >= abs(number) ? (sum - next) + number : (number - next) + sum
        sum = next
    }

    /// The sum of a function of each number.
    static func of(_ numbers: [Double], _ part: (Double) -> Double = { $0 }) -> Double {
        var sum = CompensatedSum()
        for number in numbers { sum.add(part(number)) }
        return sum.value
    }

    /// The mean of a function of each number; not a number without any.
    static func mean(_ numbers: [Double], _ part: (Double) -> Double = { $0 }) -> Double {
        of(numbers, part) / Double(numbers.count)
    }
}
