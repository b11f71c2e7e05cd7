internal import Markets
internal import Units

/// The index of a catalogue as text: a line for each series with tabs between its fields, lines for its
/// calendar, sources and warnings, and a last line with the SHA-256 of all before it.
struct CatalogueIndex {
    static let fileName = "index"
    private static let title = "tradewind catalogue 1"

    /// The series, ascending by key.
    var entries: [CatalogueEntry]

    // MARK: Writing

    /// The bytes of the index: equal for equal content.
    func encoded() -> [UInt8] {
        var text = CatalogueIndex.title + "\n"
        // The texts of the keys are made once, not at each comparison.
        let sorted = entries.map { (key: Array($0.key.description.utf8), entry: $0) }.sorted {
            $0.key.lexicographicallyPrecedes($1.key)
        }
        for (_, entry) in sorted {
            let fields = [
                "series", entry.key.instrument.description, entry.key.kind.rawValue,
                entry.key.timeframe?.description ?? "", entry.key.variant ?? "", entry.path,
                String(entry.bytes), String(entry.rows), String(entry.first.nanoseconds),
                String(entry.last.nanoseconds), entry.priceScale.description,
                entry.quantityScale.description, entry.digest.description, entry.factors ?? "",
                entry.dataset,
            ]
            text += fields.map(CatalogueIndex.escaped).joined(separator: "\t") + "\n"
            if let calendar = entry.calendar {
                text += "calendar\t" + CatalogueIndex.escaped(calendar) + "\n"
            }
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
        guard let found = CatalogueIndex.isIntact(bytes) ? CatalogueIndex.entries(bytes, start: []) : nil
        else { return nil }
        entries = found
    }

    /// Whether the title is ours and the checksum is right.
    static func isIntact(_ bytes: UnsafeRawBufferPointer) -> Bool {
        // The last line: a word, a tab, 64 digits and the line end.
        let last = bytes.count - 72
        guard last > 0, bytes.starts(with: (title + "\n").utf8) else { return false }
        let digest = SHA256Stream.digest(of: UnsafeRawBufferPointer(rebasing: bytes[..<last]))
        return bytes[last...].elementsEqual("sha256\t\(digest)\n".utf8)
    }

    /// The start of the lines of an instrument and kind.
    static func start(_ instrument: InstrumentID, _ kind: SeriesKind?) -> [UInt8] {
        let kindText = kind.map { $0.rawValue + "\t" } ?? ""
        return Array("series\t\(escaped(instrument.description))\t\(kindText)".utf8)
    }

    /// The entries whose lines begin with some bytes; nil when such a line cannot be read. A catalogue may
    /// hold tens of thousands of series, of which a run needs two.
    static func entries(_ bytes: UnsafeRawBufferPointer, start: [UInt8]) -> [CatalogueEntry]? {
        var entries: [CatalogueEntry] = []
        var rest = bytes[...].dropFirst(title.utf8.count + 1).dropLast(72)
        func nextLine() -> Slice<UnsafeRawBufferPointer> {
            let end = rest.firstIndex(of: 0x0A) ?? rest.endIndex
            defer { rest = rest[min(end + 1, rest.endIndex)...] }
            return rest[..<end]
        }
        while !rest.isEmpty {
            let line = nextLine()
            let isWanted = line.starts(with: start)
            var notes: [(String, String)] = []
            while let first = rest.first, first != UInt8(ascii: "s") || rest.dropFirst().first != 0x65 {
                let note = nextLine()
                guard isWanted else { continue }
                guard let parts = text(note).map(fields), parts.count == 2 else { return nil }
                notes.append((parts[0], parts[1]))
            }
            guard isWanted else { continue }
            guard let found = text(line).map(fields), let entry = entry(found, notes) else { return nil }
            entries.append(entry)
        }
        return entries
    }

    private static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> Substring? {
        String(validating: bytes, as: UTF8.self)?[...]
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
            digest: digest, factors: fields[13].isEmpty ? nil : fields[13],
            calendar: notes.first { $0.0 == "calendar" }?.1, dataset: fields[14],
            sources: notes.filter { $0.0 == "source" }.map(\.1),
            warnings: notes.filter { $0.0 == "warning" }.map(\.1))
    }
}
