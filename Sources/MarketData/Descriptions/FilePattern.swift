/// The path of a file, or of many alike: `cex/{venue}_{symbol}_perp_1h.csv`.
///
/// `{name}` stands for one or more bytes other than `/`, as few as possible. A name that appears twice must
/// stand for the same text. The ending `.gz` is left out of the comparison.
public struct FilePattern: Sendable, Hashable, CustomStringConvertible {
    /// A part of a pattern.
    package enum Part: Sendable, Hashable {
        case literal([UInt8])
        case name(String)
    }

    /// As written.
    public let description: String
    package let components: [[Part]]

    /// Reads a pattern; nil when a brace is not closed, a name is empty, or two names touch.
    public init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        description = text
        var components: [[Part]] = []
        for component in FilePattern.withoutGzip(text).split(separator: "/", omittingEmptySubsequences: false)
        {
            guard let parts = FilePattern.parts(component) else { return nil }
            components.append(parts)
        }
        self.components = components
    }

    /// Whether this names one file.
    public var isLiteral: Bool { names.isEmpty }

    /// The names in braces, in order.
    public var names: [String] {
        components.flatMap { $0 }.compactMap { if case .name(let name) = $0 { name } else { nil } }
    }

    /// A path without its ending `.gz`.
    package static func withoutGzip(_ path: String) -> String {
        path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
    }

    private static func parts(_ text: Substring) -> [Part]? {
        var parts: [Part] = []
        var literal: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == 0x7D { return nil }
            guard byte == 0x7B else {
                literal.append(byte)
                continue
            }
            guard let end = rest.firstIndex(of: 0x7D), end != rest.startIndex,
                let name = String(rest[..<end])
            else { return nil }
            if !literal.isEmpty {
                parts.append(.literal(literal))
                literal = []
            } else if case .name = parts.last {
                return nil
            }
            parts.append(.name(name))
            rest = rest[rest.index(after: end)...]
        }
        if !literal.isEmpty { parts.append(.literal(literal)) }
        return parts
    }

    /// Compares one component of a path; gives what the names stand for, added to `found`, or nil.
    package func match(component index: Int, _ text: String, _ found: [String: String]) -> [String: String]? {
        let bytes = Array(text.utf8)
        return FilePattern.match(components[index][...], bytes[...], found)
    }

    private static func match(
        _ parts: ArraySlice<Part>, _ bytes: ArraySlice<UInt8>, _ found: [String: String]
    ) -> [String: String]? {
        guard let part = parts.first else { return bytes.isEmpty ? found : nil }
        switch part {
        case .literal(let literal):
            guard bytes.starts(with: literal) else { return nil }
            return match(parts.dropFirst(), bytes.dropFirst(literal.count), found)
        case .name(let name):
            for length in stride(from: 1, through: bytes.count, by: 1) {
                let value = String(decoding: bytes.prefix(length), as: UTF8.self)
                if let known = found[name], known != value { continue }
                var next = found
                next[name] = value
                if let result = match(parts.dropFirst(), bytes.dropFirst(length), next) { return result }
            }
            return nil
        }
    }
}
