/// Names as Prometheus takes them, made from the labels of swift-metrics.
enum MetricName {
    /// What every name of this product begins with.
    static let prefix = "tradewind_"
    /// Bytes that a name, a label name or a label value may have.
    static let maximumNameLength = 128
    /// Characters of a label value that are kept.
    static let maximumValueLength = 256

    /// `orders.placed` as a counter becomes `tradewind_orders_placed_total`; a timer ends in `_seconds`.
    static func family(label: String, kind: MetricKind, unit: MetricUnit) -> String {
        var name = snakeCase(label)
        if name.hasPrefix(prefix) { name.removeFirst(prefix.count) }
        // What the exposition adds itself is not said twice.
        for ending in ["_total", "_bucket", "_sum", "_count", "_info"] where name.hasSuffix(ending) {
            if ending == "_info" && kind == .gauge { continue }
            name.removeLast(ending.count)
        }
        if let ending = unit.ending, !name.hasSuffix(ending) { name += ending }
        name = String(name.prefix(maximumNameLength))
        return prefix + name + (kind == .counter ? "_total" : "")
    }

    /// A label name: as a metric's, without colons; the reserved ones get an underscore behind them.
    static func label(_ text: String) -> String {
        let name = String(snakeCase(text).prefix(maximumNameLength))
        return ["le", "quantile", "job", "instance"].contains(name) ? name + "_" : name
    }

    /// Lower-case letters, digits and single underscores, starting with a letter: `hb.requestCount` is
    /// `hb_request_count`.
    static func snakeCase(_ text: String) -> String {
        var bytes: [UInt8] = []
        var previousIsLower = false
        for byte in text.utf8 {
            switch byte {
            case 0x61...0x7A, 0x30...0x39:
                bytes.append(byte)
                previousIsLower = true
            case 0x41...0x5A:
                if previousIsLower { bytes.append(0x5F) }
                bytes.append(byte + 0x20)
                previousIsLower = false
            default:
                if let last = bytes.last, last != 0x5F { bytes.append(0x5F) }
                previousIsLower = false
            }
        }
        while bytes.last == 0x5F { bytes.removeLast() }
        guard let first = bytes.first else { return "unnamed" }
        if (0x30...0x39).contains(first) { bytes.insert(contentsOf: Array("n_".utf8), at: 0) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What a metric counts or measures in; the name ends with it, as Prometheus' naming rules ask.
///
/// Source: prometheus.io/docs/practices/naming, "Base units".
public enum MetricUnit: String, Hashable, Sendable, CaseIterable {
    /// A number of things, or no unit.
    case none
    /// Seconds.
    case seconds
    /// Bytes.
    case bytes
    /// A fraction of one.
    case ratio

    var ending: String? { self == .none ? nil : "_" + rawValue }
}

/// How a metric behaves.
public enum MetricKind: String, Hashable, Sendable, CaseIterable {
    /// Only rises, until the process starts anew.
    case counter
    /// Rises and falls.
    case gauge
    /// Counts observations by size.
    case histogram
}
