internal import Markets
internal import Units

extension ParameterType {
    /// What is wrong with a value of this type; nil when it is allowed.
    package func problem(with value: ParameterValue) -> String? {
        switch (self, value) {
        case (.integer(let range), .number(let number)):
            guard let whole = number.exactMantissa(at: Scale(0)) else {
                return "\(number) is not a whole number"
            }
            let bounds = Int128(range.lowerBound)...Int128(range.upperBound)
            return bounds.contains(whole)
                ? nil : "\(number) is outside \(range.lowerBound) to \(range.upperBound)"
        case (.decimal(let minimum, let maximum), .number(let number)):
            if let minimum, number < minimum { return "\(number) is below the minimum \(minimum)" }
            if let maximum, number > maximum { return "\(number) is above the maximum \(maximum)" }
            return nil
        case (.positiveDecimal, .number(let number)):
            return number > .zero ? nil : "\(number) is not above zero"
        case (.flag, .flag), (.text, .text): return nil
        case (.choice(let choices), .text(let text)):
            if choices.contains(text) { return nil }
            let near = NearestName.find(text, among: choices).map { "; did you mean \"\($0)\"?" } ?? ""
            return "\"\(text)\" is not one of \(choices.joined(separator: ", "))\(near)"
        case (.instrument, .text(let text)):
            return InstrumentID(text) == nil
                ? "\"\(text)\" is not an instrument key such as binance:spot:BTCUSDT" : nil
        case (.weights(let sum), .map(let entries)):
            return ParameterType.problem(ofWeights: entries, sum: sum)
        default: return "\(value.kindName) was given where \(expectation) is needed"
        }
    }

    private static func problem(ofWeights entries: [NamedParameter], sum: ExactDecimal?) -> String? {
        var total: Int128 = 0
        for entry in entries {
            guard case .number(let weight) = entry.value, !weight.isNegative,
                let mantissa = weight.exactMantissa(at: Scale(18))
            else { return "the weight of \"\(entry.name)\" is not a number of at most 18 decimals from 0 up" }
            let (next, overflow) = total.addingReportingOverflow(mantissa)
            if overflow { return "the weights are too large" }
            total = next
        }
        guard let sum else { return nil }
        let found = ExactDecimal(mantissa: total, scale: Scale(18))
        return found == sum ? nil : "the weights add up to \(found), not \(sum)"
    }

    /// The type in words, for messages.
    package var expectation: String {
        switch self {
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .decimal, .positiveDecimal: "a number"
        case .flag: "true or false"
        case .text: "text"
        case .choice(let choices): "one of " + choices.joined(separator: ", ")
        case .instrument: "an instrument key"
        case .weights: "a map of names to numbers"
        }
    }
}
