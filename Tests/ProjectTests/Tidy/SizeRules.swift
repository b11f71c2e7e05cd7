/// Limits on the length of functions, files and lines.
extension TidyRule {
    static let maximumFunctionLines = 70
    static let maximumFileLines = 500
    static let maximumColumns = 110

    static let longFunctions = TidyRule(
        name: "long-function", advice: "at most \(maximumFunctionLines) lines", scope: .everything
    ) { source in
        FunctionExtents.find(in: source).filter { $0.count > maximumFunctionLines }.map(\.lowerBound)
    }

    static let longFiles = TidyRule(
        name: "long-file", advice: "at most \(maximumFileLines) lines", scope: .everything
    ) { source in
        source.lines.count - 1 > maximumFileLines ? [maximumFileLines + 1] : []
    }

    static let longLines = TidyRule(
        name: "long-line", advice: "at most \(maximumColumns) columns", scope: .everything
    ) { source in
        source.lines.indices.filter { source.lines[$0].utf8.count > maximumColumns }
            .filter { source.lines[$0].count > maximumColumns }
            .map { $0 + 1 }
    }
}

/// The lines that functions, initialisers, subscripts and accessors span, from keyword to closing brace.
enum FunctionExtents {
    private static let keywords = ["func", "init", "deinit", "subscript", "var"]

    static func find(in source: SourceText) -> [ClosedRange<Int>] {
        keywords.flatMap { keyword in
            source.occurrences(of: keyword).compactMap { extent(at: $0, keyword: keyword, in: source) }
        }
        .sorted { $0.lowerBound < $1.lowerBound }
    }

    private static func extent(at offset: Int, keyword: String, in source: SourceText) -> ClosedRange<Int>? {
        let bytes = source.codeBytes
        // `.init(...)` and `self.init(...)` are calls.
        if offset > 0, bytes[offset - 1] == 0x2E { return nil }
        let first = source.line(at: offset)
        guard let open = bodyStart(from: offset + keyword.utf8.count, in: source) else { return nil }
        return first...source.line(at: source.end(ofGroupAt: open) - 1)
    }

    /// Offset of the brace that opens the body; nil for a declaration without one.
    private static func bodyStart(from start: Int, in source: SourceText) -> Int? {
        let bytes = source.codeBytes
        var offset = start
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x7B: return offset
            case 0x28, 0x5B: offset = source.end(ofGroupAt: offset)
            case 0x7D, 0x29, 0x5D: return nil
            case 0x3D where isAssignment(offset, bytes): return nil
            case 0x0A where !continues(after: offset, in: bytes): return nil
            default: offset += 1
            }
        }
        return nil
    }

    /// Whether the equals sign gives a value, as in `var a = 1`, rather than being part of an operator.
    private static func isAssignment(_ offset: Int, _ bytes: [UInt8]) -> Bool {
        bytes[offset - 1] == 0x20 && offset + 1 < bytes.count && bytes[offset + 1] == 0x20
    }

    /// Whether the declaration goes on in the next line: what follows opens the body or the rest of the
    /// signature.
    private static func continues(after newline: Int, in bytes: [UInt8]) -> Bool {
        let next = bytes[(newline + 1)...].drop { $0 == 0x20 || $0 == 0x0A }
        let head = String(decoding: next.prefix(8), as: UTF8.self)
        return ["{", "->", "where ", "throws", "async", "rethrows", ")", "&"].contains { head.hasPrefix($0) }
    }
}
