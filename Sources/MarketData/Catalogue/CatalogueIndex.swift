internal import Markets
internal import Units

/// The index of a catalogue as text: a line for each series with tabs between its fields, lines for its
/// sources and warnings, and a last line with the SHA-256 of all before it.
struct CatalogueIndex {
    static let fileName = "index"
    private static let title = "tradewind catalogue 1"

    /// The series, ascending by key.
    var entries: [CatalogueEntry]

    // MARK: Writing

    /// The bytes of the index: equal for equal content.
    func encoded() -> [UInt8] {
        var text = CatalogueIndex.title + "\n"
        for entry in entries.sorted(by: { $0.key < $1.key }) {
            let fields = [
                "series", entry.key.instrument.description, entry.key.kind.rawValue,
                entry.key.timeframe?.description ?? "", entry.key.variant ?? "", entry.path,
                String(entry.bytes), String(entry.rows), String(entry.first.nanoseconds),
                String(entry.last.nanoseconds), entry.priceScale.description,
                entry.quantityScale.description, entry.digest.description, entry.factors ?? "",
                entry.dataset,
            ]
            text += fields.map(CatalogueIndex.escaped).joined(separator: "\t") + "\n"
            for source in entry.sources { text += "source\t" + CatalogueIndex.escaped(source) + "\n" }
            for warning in entry.warnings { text += "warning\t" + CatalogueIndex.escaped(warning) + "\n" }
        }
        var stream = SHA256Stream()
        stream.update(text)
        return Array((text + "sha256\t\(stream.snapshot())\n").utf8)
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\t": result += "\\t"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func unescaped(_ text: Substring) -> String {
        var result = ""
        var isEscape = false
        for scalar in text.unicodeScalars {
            if isEscape {
                isEscape = false
                switch scalar {
                case "t": result += "\t"
                case "n": result += "\n"
                case "r": result += "\r"
                default: result.unicodeScalars.append(scalar)
                }
            } else if scalar == "\\" {
                isEscape = true
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    // MARK: Reading

    /// An index without series.
    init() { entries = [] }

    /// Reads an index; nil when its checksum or a line is wrong.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        guard let last = text.utf8.dropLast().lastIndex(of: 0x0A) else { return nil }
        let body = text[...last]
        var stream = SHA256Stream()
        stream.update(String(body))
        guard text[text.utf8.index(after: last)...] == "sha256\t\(stream.snapshot())\n" else { return nil }
        var lines = body.split(separator: "\n")[...]
        guard lines.popFirst() == CatalogueIndex.title[...] else { return nil }
        entries = []
        while let line = lines.popFirst() {
            let fields = CatalogueIndex.fields(line)
            var notes: [(String, String)] = []
            while let next = lines.first, !next.hasPrefix("series\t") {
                lines = lines.dropFirst()
                let parts = CatalogueIndex.fields(next)
                guard parts.count == 2 else { return nil }
                notes.append((parts[0], parts[1]))
            }
            guard let entry = CatalogueIndex.entry(fields, notes) else { return nil }
            entries.append(entry)
        }
    }

    private static func fields(_ line: Substring) -> [String] {
        line.split(separator: "\t", omittingEmptySubsequences: false).map(unescaped)
    }

    private static func entry(_ fields: [String], _ notes: [(String, String)]) -> CatalogueEntry? {
        guard fields.count == 15, let instrument = InstrumentID(fields[1]),
            let kind = SeriesKind(rawValue: fields[2]), let bytes = Int(fields[6]), let rows = Int(fields[7]),
            let first = Int64(fields[8]), let last = Int64(fields[9]), let prices = Int(fields[10]),
            let quantities = Int(fields[11]), let digest = Digest(hexadecimal: fields[12]),
            (0...Scale.maximum).contains(prices), (0...Scale.maximum).contains(quantities)
        else { return nil }
        let timeframe = Timeframe(fields[3])
        guard (timeframe == nil) == fields[3].isEmpty else { return nil }
        return CatalogueEntry(
            key: CatalogueKey(
                instrument: instrument, kind: kind, timeframe: timeframe,
                variant: fields[4].isEmpty ? nil : fields[4]),
            path: fields[5], bytes: bytes, rows: rows, first: Instant(nanoseconds: first),
            last: Instant(nanoseconds: last), priceScale: Scale(prices), quantityScale: Scale(quantities),
            digest: digest, factors: fields[13].isEmpty ? nil : fields[13], dataset: fields[14],
            sources: notes.filter { $0.0 == "source" }.map(\.1),
            warnings: notes.filter { $0.0 == "warning" }.map(\.1))
    }
}
