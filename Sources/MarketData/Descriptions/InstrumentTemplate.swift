/// The key of an instrument with gaps to fill: `{venue}:perp:{SYMBOL}`,
/// `us:option:GOOG-{expiry}-{strike_x10000/10000}-{right}`.
///
/// A name in braces is one of the file pattern's names (in capitals: what it stands for, in capitals) or a
/// column of the file, whose text then tells the instrument row by row; `/10000` divides a number in it by
/// a power of ten.
public struct InstrumentTemplate: Sendable, Hashable, CustomStringConvertible {
    /// A part of a template.
    package enum Part: Sendable, Hashable {
        case literal(String)
        /// A name, and the decimals to divide by.
        case gap(String, decimals: Int)
    }

    /// As written.
    public let description: String
    package let parts: [Part]

    /// Reads a template; nil when a brace is not closed, a name is empty or a divisor is no power of ten.
    public init?(_ text: String) {
        description = text
        var parts: [Part] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else { return nil }
            if open > rest.startIndex { parts.append(.literal(String(rest[..<open]))) }
            let inner = rest[rest.index(after: open)..<close].split(
                separator: "/", omittingEmptySubsequences: false)
            guard let name = inner.first, !name.isEmpty, inner.count <= 2 else { return nil }
            var decimals = 0
            if inner.count == 2 {
                guard let found = PowerOfTen.decimals(of: inner[1]) else { return nil }
                decimals = found
            }
            parts.append(.gap(String(name), decimals: decimals))
            rest = rest[rest.index(after: close)...]
        }
        guard !rest.contains("}") else { return nil }
        if !rest.isEmpty { parts.append(.literal(String(rest))) }
        self.parts = parts
    }

    /// A template without gaps.
    package init(literal text: String) {
        description = text
        parts = [.literal(text)]
    }

    /// The names in braces, in order.
    public var names: [String] {
        parts.compactMap { if case .gap(let name, _) = $0 { name } else { nil } }
    }

    /// The template with the given names filled in; others stay.
    package func filled(_ values: [String: String]) -> InstrumentTemplate {
        var text = ""
        for part in parts {
            switch part {
            case .literal(let literal): text += literal
            case .gap(let name, let decimals):
                let suffix = decimals == 0 ? "" : "/1" + String(repeating: "0", count: decimals)
                if let value = values[name] {
                    text += value
                } else if let value = values[name.lowercased()], name == name.uppercased() {
                    text += value.uppercased()
                } else {
                    text += "{" + name + suffix + "}"
                }
            }
        }
        // A value with braces cannot come from a pattern, so the text still parses; if not, keep the gaps.
        return InstrumentTemplate(text) ?? self
    }
}

/// Powers of ten as people write them in a description.
public enum PowerOfTen {
    /// The exponent of `1`, `10`, `100`, ... up to `10^12`; nil for anything else.
    public static func decimals(of text: some StringProtocol) -> Int? {
        guard text.utf8.first == 0x31, text.utf8.count <= 13,
            text.utf8.dropFirst().allSatisfy({ $0 == 0x30 })
        else { return nil }
        return text.utf8.count - 1
    }
}
