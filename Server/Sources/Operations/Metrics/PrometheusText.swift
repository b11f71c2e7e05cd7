internal import Synchronization

/// Writes metrics in Prometheus' text format, version 0.0.4.
///
/// Source: prometheus.io/docs/instrumenting/exposition_formats, "Text-based format".
extension MetricsRegistry {
    /// The media type of ``exposition()``.
    public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"

    /// Every metric, by name; calls the functions given to ``beforeExposition(_:)`` first.
    public func exposition() -> String {
        let collectors = state.withLock { $0.collectors }
        for collector in collectors { collector() }
        let (families, rejected) = state.withLock { ($0.families, $0.rejected) }
        var text = ""
        for name in families.keys.sorted() {
            if let family = families[name], !family.series.isEmpty { text += PrometheusText.lines(family) }
        }
        text += PrometheusText.head(
            "tradewind_metrics_rejected_total", .counter,
            "What was not counted, as a limit was reached or a kind differs.")
        for reason in ["kind", "metric", "series"] {
            let label = MetricLabel(name: "reason", value: reason)
            text += PrometheusText.line(
                "tradewind_metrics_rejected_total", [label], String(rejected[reason, default: 0]))
        }
        return text
    }
}

enum PrometheusText {
    static func head(_ name: String, _ kind: MetricKind, _ help: String) -> String {
        var escaped = ""
        for character in help.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return "# HELP \(name) \(escaped)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    static func lines(_ family: MetricsRegistry.Family) -> String {
        var text = head(family.name, family.kind, family.help)
        for labels in family.series.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard let state = family.series[labels]?.snapshot else { continue }
            switch family.kind {
            case .counter:
                let value = state.value == 0 ? String(state.whole) : number(state.value + Double(state.whole))
                text += line(family.name, labels, value)
            case .gauge:
                text += line(family.name, labels, number(state.value))
            case .histogram:
                var sum: UInt64 = 0
                for (index, count) in state.counts.enumerated() {
                    sum &+= count
                    let bound = index < family.bounds.count ? number(family.bounds[index]) : "+Inf"
                    let bucket = labels + [MetricLabel(name: "le", value: bound)]
                    text += line(family.name + "_bucket", bucket, String(sum))
                }
                text += line(family.name + "_sum", labels, number(state.value))
                text += line(family.name + "_count", labels, String(sum))
            }
        }
        return text
    }

    static func line(_ name: String, _ labels: [MetricLabel], _ value: String) -> String {
        if labels.isEmpty { return "\(name) \(value)\n" }
        let list = labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",")
        return "\(name){\(list)} \(value)\n"
    }

    static func escaped(_ value: String) -> String {
        var text = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if value == value.rounded(), value.magnitude < 1e15 { return String(Int64(value)) }
        return value.description
    }
}
