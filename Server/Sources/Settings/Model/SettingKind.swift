internal import Units

/// How a written value becomes a typed one.
package struct SettingKind<Value: Sendable>: Sendable {
    /// What is allowed.
    let shape: SettingShape
    /// A value of the type, for where there is none because of a problem; nobody sees it.
    let blank: Value
    /// The typed value; nil when it is not allowed.
    let parse: @Sendable (WrittenValue.Content) -> Value?
    /// Whether one limit is tighter than another; nil for what is no limit.
    let isLower: (@Sendable (Value, Value) -> Bool)?

    init(
        _ shape: SettingShape, blank: Value, isLower: (@Sendable (Value, Value) -> Bool)? = nil,
        parse: @escaping @Sendable (WrittenValue.Content) -> Value?
    ) {
        (self.shape, self.blank, self.isLower, self.parse) = (shape, blank, isLower, parse)
    }

    /// A kind whose values are single texts.
    init(
        _ shape: SettingShape, blank: Value, isLower: (@Sendable (Value, Value) -> Bool)? = nil,
        text: @escaping @Sendable (String) -> Value?
    ) {
        self.init(shape, blank: blank, isLower: isLower) { content in
            guard case .text(let written) = content else { return nil }
            return text(written)
        }
    }
}

extension SettingKind where Value == String {
    static let text = SettingKind(.text, blank: "") { plain($0, most: 1024) }
    static let path = SettingKind(.path, blank: "") { plain($0, most: 4096) }
    /// One of some words.
    static func word(_ words: [String]) -> SettingKind {
        SettingKind(.choice(words), blank: words.first ?? "") { (text: String) in
            words.contains(text) ? text : nil
        }
    }
    static let host = SettingKind(.host, blank: "127.0.0.1") { text in
        SettingHost.isName(text) || SettingHost.isAddress(text) ? text : nil
    }
    static let webOrigin = SettingKind(.webOrigin, blank: "") { text in
        if text == "*" { return text }
        guard let url = ServiceURL(text), url.scheme == "https" || url.scheme == "http", url.user == nil,
            url.path.isEmpty, url.parameters.isEmpty, !url.host.isEmpty
        else { return nil }
        return text
    }
    static let variableName = SettingKind(.variableName, blank: "") { text in
        let isName =
            text.utf8.count <= 128 && text.utf8.first.map { !(0x30...0x39).contains($0) } == true
            && text.utf8.allSatisfy { byte in
                (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x30 && byte <= 0x39) || byte == 0x5F
                    || (byte >= 0x61 && byte <= 0x7A)
            }
        return isName ? text : nil
    }
    static let chainAddress = SettingKind(.chainAddress, blank: "") { text in
        let digits = text.utf8.dropFirst(2)
        return text.hasPrefix("0x") && digits.count == 40 && digits.allSatisfy(isHexadecimal) ? text : nil
    }

    private static func plain(_ text: String, most: Int) -> String? {
        let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        return isPlain && !text.isEmpty && text.utf8.count <= most ? text : nil
    }
}

/// Whether a byte is a hexadecimal digit.
@Sendable func isHexadecimal(_ byte: UInt8) -> Bool {
    (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66)
}

extension SettingKind where Value == Bool {
    static let boolean = SettingKind(.boolean, blank: false) { text in
        switch text {
        case "true": true
        case "false": false
        default: nil
        }
    }
}

extension SettingKind where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> SettingKind {
        SettingKind(.integer(range), blank: range.lowerBound, isLower: { $0 < $1 }) { text in
            guard let number = digits(text), range.contains(number) else { return nil }
            return number
        }
    }

    /// A port to listen on.
    static let port = integer(1...65_535)

    /// A number of bytes.
    static func size(_ range: ClosedRange<Int>) -> SettingKind {
        SettingKind(.size(bytes: range), blank: range.lowerBound, isLower: { $0 < $1 }) { text in
            let units = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]
            let unit = units.first { text.hasSuffix($0.0) }
            guard let number = digits(unit.map { String(text.dropLast($0.0.count)) } ?? text) else {
                return nil
            }
            let (bytes, overflow) = number.multipliedReportingOverflow(by: unit?.1 ?? 1)
            return !overflow && range.contains(bytes) ? bytes : nil
        }
    }

    private static func digits(_ text: String) -> Int? {
        let isNumber = !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
        return isNumber ? Int(text) : nil
    }
}

extension SettingKind where Value == Duration {
    static func duration(_ range: ClosedRange<Duration>) -> SettingKind {
        let bounds = range.lowerBound.wholeMilliseconds...range.upperBound.wholeMilliseconds
        return SettingKind(.duration(milliseconds: bounds), blank: range.lowerBound, isLower: { $0 < $1 }) {
            text in
            let units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
            guard let (unit, length) = units.first(where: { text.hasSuffix($0.0) }) else { return nil }
            let number = text.dropLast(unit.count)
            guard !number.isEmpty, number.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
                let count = Int(number)
            else { return nil }
            let (milliseconds, overflow) = count.multipliedReportingOverflow(by: length)
            return !overflow && bounds.contains(milliseconds) ? .milliseconds(milliseconds) : nil
        }
    }
}

extension Duration {
    /// Milliseconds, rounded down.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}

extension SettingKind where Value == ExactDecimal {
    static func decimal(_ minimum: String, _ maximum: String) -> SettingKind {
        let bounds = (ExactDecimal(minimum) ?? .zero, ExactDecimal(maximum) ?? .zero)
        return SettingKind(
            .decimal(minimum: minimum, maximum: maximum), blank: bounds.0, isLower: { $0 < $1 }
        ) { text in
            guard text.utf8.count <= 40, let number = ExactDecimal(text), number >= bounds.0,
                number <= bounds.1
            else { return nil }
            return number
        }
    }
}

extension SettingKind where Value == Instant {
    static let instant = SettingKind(.instant, blank: Instant(nanoseconds: 0)) { Instant(iso8601: $0) }
}

extension SettingKind where Value == ServiceURL {
    static func url(_ schemes: String...) -> SettingKind {
        let blank = ServiceURL("http://127.0.0.1")
        precondition(blank != nil, "the blank URL is one")
        return SettingKind(.url(schemes: schemes), blank: blank.unsafelyUnwrapped) { text in
            guard let url = ServiceURL(text), schemes.contains(url.scheme), !url.host.isEmpty else {
                return nil
            }
            return url
        }
    }
}

extension SettingKind where Value == DatabaseURL {
    static let database = SettingKind(
        .databaseURL, blank: DatabaseURL(blankPath: "tradewind.db"), text: { DatabaseURL.read($0) })
}

extension SettingKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the cases of an enumeration, written as its raw value.
    static func choice(_ blank: Value) -> SettingKind {
        SettingKind(.choice(Value.allCases.map(\.rawValue)), blank: blank) { Value(rawValue: $0) }
    }
}

extension SettingKind where Value == DeploymentEnvironment {
    /// An environment, also by its other names.
    static let environment = SettingKind(
        .choice(DeploymentEnvironment.allCases.map(\.rawValue)), blank: .local,
        text: { DeploymentEnvironment(name: $0) })
}

extension SettingKind {
    /// A list: of YAML, or with commas between the items, which lose blanks around them.
    static func list<Item: Sendable>(_ item: SettingKind<Item>) -> SettingKind where Value == [Item] {
        SettingKind(.list(item.shape), blank: []) { content in
            let texts: [String]
            switch content {
            case .list(let items): texts = items
            case .text(let text):
                texts = text.split(separator: ",", omittingEmptySubsequences: false).map { trimmed($0) }
            case .map: return nil
            }
            guard texts.count <= 1000 else { return nil }
            var values: [Item] = []
            for text in texts {
                guard let value = item.parse(.text(text)) else { return nil }
                values.append(value)
            }
            return values
        }
    }
}

extension SettingKind where Value == [String: String] {
    static let map = SettingKind(.map, blank: [:]) { content in
        var values: [String: String] = [:]
        switch content {
        case .map(let entries):
            for entry in entries where values.updateValue(entry.text, forKey: entry.name) != nil {
                return nil
            }
        case .text(let text):
            for pair in text.split(separator: ",") {
                let parts = pair.split(separator: "=", maxSplits: 1).map { trimmed($0) }
                guard parts.count == 2, values.updateValue(parts[1], forKey: parts[0]) == nil else {
                    return nil
                }
            }
        case .list: return nil
        }
        return values.isEmpty || values.contains { $0.key.isEmpty || $0.value.isEmpty } ? nil : values
    }
}

extension SettingKind where Value == Secret {
    /// A secret, exactly as written.
    static func secret(minimumBytes: Int) -> SettingKind {
        SettingKind(.secret(minimumBytes: minimumBytes), blank: Secret("")) { text in
            text.utf8.count >= minimumBytes && text.utf8.count <= 65_536 ? Secret(text) : nil
        }
    }
}

/// A text without blanks around it.
private func trimmed(_ text: some StringProtocol) -> String {
    let bytes = Array(text.utf8)
    guard let first = bytes.firstIndex(where: { $0 != 0x20 && $0 != 0x09 }),
        let last = bytes.lastIndex(where: { $0 != 0x20 && $0 != 0x09 })
    else { return "" }
    return String(decoding: bytes[first...last], as: UTF8.self)
}
