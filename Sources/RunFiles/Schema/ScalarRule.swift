internal import MarketData
internal import Markets
internal import Research
internal import StrategyKit
package import Units

/// What a single value may be. One rule serves the check of a file, the messages and the JSON Schema.
package enum ScalarRule: Hashable, Sendable {
    /// Text of 1 to a number of characters, without control characters.
    case text(maximum: Int)
    /// Letters, digits, `-`, `_` and `.`; 1 to 64 of them.
    case word
    /// The name of a column: any text, also an empty one.
    case column
    /// A length of time with an optional minus sign.
    case shift
    /// 1, 10, 100, ... up to 10^12.
    case powerOfTen
    /// A path of a file or folder.
    case path
    /// A whole number in a closed range.
    case integer(ClosedRange<Int64>)
    /// A number with bounds and a limit of decimals.
    case number(NumberRule)
    /// A length of time: `5ms`, `1m`.
    case timespan
    /// A length of time, or a share: `1d`, `1%`.
    case embargo
    /// The length of a bar: `1m`, `4h`, `1d`, `1M`.
    case timeframe
    /// A moment with its zone, or a date.
    case instant
    /// One of these words.
    case choice([String])
    /// `true` or `false`.
    case flag
    /// `venue:type:symbol`.
    case instrument
    /// A symbol of an asset.
    case asset
    /// Name of a venue.
    case venue

    /// What is wrong with a text; nil when it is allowed.
    package func problem(with text: String) -> String? {
        isAllowed(text) ? nil : "\(quoted(text)) is not \(expectation)\(hint(text))"
    }

    private func isAllowed(_ text: String) -> Bool {
        switch self {
        case .text(let maximum): !text.isEmpty && text.count <= maximum && !ScalarRule.hasControl(text)
        case .word: !text.isEmpty && text.utf8.count <= 64 && text.utf8.allSatisfy(ScalarRule.isWord)
        case .column: text.count <= 128 && !ScalarRule.hasControl(text)
        case .shift: ScalarRule.shift(text) != nil
        case .powerOfTen: PowerOfTen.decimals(of: text) != nil
        case .path: !text.isEmpty && text.utf8.count <= 4096 && !ScalarRule.hasControl(text)
        case .integer(let range): ScalarRule.integer(text).map { range.contains($0) } ?? false
        case .number(let rule): ExactDecimal(text).map { rule.allows($0) } ?? false
        case .timespan: Timespan(text) != nil
        case .embargo: Embargo(text) != nil
        case .timeframe: Timeframe(text) != nil
        case .instant: Instant(iso8601: text) != nil
        case .choice(let choices): choices.contains(text)
        case .flag: text == "true" || text == "false"
        case .instrument: InstrumentID(text) != nil
        case .asset: Asset(text) != nil
        case .venue: Venue(text) != nil
        }
    }

    /// The rule in words, after "is not" or "give".
    package var expectation: String {
        switch self {
        case .text(let maximum): "a text of 1 to \(maximum) characters"
        case .word: "a name of letters, digits, \"-\", \"_\" and \".\", at most 64"
        case .column: "the name of a column"
        case .shift: "a length of time such as 1m or -8h"
        case .powerOfTen: "one of 1, 10, 100, ... up to 1000000000000"
        case .path: "a path"
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .number(let rule): rule.expectation
        case .timespan: "a length of time such as 5ms, 2s or 1m"
        case .embargo: "a length of time such as 1d, or a share such as 1%"
        case .timeframe: "the length of a bar such as 1m, 4h, 1d or 1M"
        case .instant: "a moment such as 2024-05-12T00:00:00Z (with its zone) or a date such as 2024-05-12"
        case .choice(let choices): "one of " + choices.joined(separator: ", ")
        case .flag: "true or false"
        case .instrument:
            "an instrument key such as binance:spot:BTCUSDT (venue:type:symbol, type one of "
                + InstrumentType.allCases.map(\.rawValue).joined(separator: ", ") + ")"
        case .asset: "the symbol of an asset such as USDT"
        case .venue: "the name of a venue such as binance or wallet"
        }
    }

    private func hint(_ text: String) -> String {
        switch self {
        case .choice(let choices):
            return NearestName.find(text, among: choices).map { "; did you mean \"\($0)\"?" } ?? ""
        case .instrument:
            let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { return "" }
            let types = InstrumentType.allCases.map(\.rawValue)
            if types.contains(parts[1]) { return "" }
            return NearestName.find(parts[1], among: types).map { "; did you mean the type \"\($0)\"?" } ?? ""
        default: return ""
        }
    }

    private func quoted(_ text: String) -> String {
        text.count > 80 ? "\"\(text.prefix(80))...\"" : "\"\(text)\""
    }

    /// A whole number written plainly or as a decimal without a fraction.
    package static func integer(_ text: String) -> Int64? {
        ExactDecimal(text)?.exactMantissa(at: Scale(0)).flatMap { Int64(exactly: $0) }
    }

    /// A length of time with an optional minus sign.
    package static func shift(_ text: String) -> Timespan? {
        guard text.hasPrefix("-") else { return Timespan(text) }
        return Timespan(text.dropFirst()).map { Timespan(nanoseconds: -$0.nanoseconds) }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || byte == 0x5F
            || (byte >= 0x61 && byte <= 0x7A) || byte == 0x2D || byte == 0x2E
    }

    private static func hasControl(_ text: String) -> Bool {
        text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
    }
}

/// Bounds of a number.
package struct NumberRule: Hashable, Sendable {
    /// The least value; nil is without limit.
    package var minimum: ExactDecimal?
    /// Whether the least value itself is refused.
    package var isMinimumExcluded = false
    /// The largest value; nil is without limit.
    package var maximum: ExactDecimal?
    /// The most decimals.
    package var decimals = Scale.maximum

    /// Above zero.
    package static func positive(atMost maximum: ExactDecimal? = nil, decimals: Int = 18) -> NumberRule {
        NumberRule(minimum: .zero, isMinimumExcluded: true, maximum: maximum, decimals: decimals)
    }

    /// Between two values, both allowed.
    package static func range(_ minimum: Int, _ maximum: Int, decimals: Int) -> NumberRule {
        NumberRule(minimum: ExactDecimal(minimum), maximum: ExactDecimal(maximum), decimals: decimals)
    }

    func allows(_ number: ExactDecimal) -> Bool {
        if let minimum, number < minimum || (isMinimumExcluded && number == minimum) { return false }
        if let maximum, number > maximum { return false }
        return number.normalized.scale <= Scale(decimals)
    }

    var expectation: String {
        var words = "a number"
        switch (minimum, maximum) {
        case (let minimum?, let maximum?):
            words +=
                isMinimumExcluded
                ? " above \(minimum) and at most \(maximum)" : " from \(minimum) to \(maximum)"
        case (let minimum?, nil): words += isMinimumExcluded ? " above \(minimum)" : " of at least \(minimum)"
        case (nil, let maximum?): words += " of at most \(maximum)"
        case (nil, nil): break
        }
        return decimals < Scale.maximum ? words + " with at most \(decimals) decimals" : words
    }
}
