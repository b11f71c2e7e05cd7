internal import Yams

extension DocumentReader {
    static func refusal(_ place: SourcePlace, _ message: String, remedy: String? = nil) -> RunFileError {
        RunFileError(problems: [RunFileProblem(at: place, message, remedy: remedy)])
    }

    static func anchorRefusal(_ place: SourcePlace) -> RunFileError {
        refusal(
            place, "anchors and aliases (& and *) are not allowed",
            remedy: "write the value out, or quote a text that begins with & or *")
    }

    /// A syntax error in the library's words, with its line.
    static func syntaxRefusal(_ error: any Error, file: String, _ text: String) -> RunFileError {
        func at(_ line: Int?) -> SourcePlace {
            SourcePlace(file: file, line: file.hasPrefix("--") ? nil : line.map { max(1, $0) })
        }
        let quoting = "check the indentation, and quote texts with colons, braces or a leading sign"
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _):
            return refusal(
                at(mark.line), "this is not YAML: \(problem) (column \(mark.column))", remedy: quoting)
        case YamlError.composer(_, let problem, let mark, _):
            if problem.contains("another document") {
                return refusal(
                    at(mark.line), "a second document begins here", remedy: "keep one run in one file")
            }
            return refusal(at(mark.line), "this is not YAML: \(problem)", remedy: quoting)
        case YamlError.duplicatedKeysInMapping(let keys, let context):
            let name = keys.sorted().first ?? ""
            let lines = RepeatedKey.lines(of: name, inMapAt: context.mark, text)
            let shown = file.hasPrefix("--") ? [] : lines.map(String.init)
            return refusal(
                at(lines.dropFirst().first ?? context.mark.line),
                "\"\(name.prefix(60))\" is given more than once in the same map"
                    + (shown.count < 2 ? "" : ", on lines " + shown.joined(separator: " and ")),
                remedy: "keep one of them")
        case YamlError.reader(let problem, let offset, _, let text):
            let line = offset.map { text.prefix($0).reduce(1) { $1.isNewline ? $0 + 1 : $0 } }
            return refusal(
                at(line), "the file is not plain text: \(problem)",
                remedy: "name a YAML text file such as those in Examples/runs")
        default:
            return refusal(at(nil), "the file cannot be read as YAML")
        }
    }

    /// Line of the first byte that is not UTF-8.
    static func lineOfFirstInvalidByte(_ bytes: UnsafeRawBufferPointer) -> Int {
        var line = 1
        var start = 0
        for index in bytes.indices where bytes[index] == 0x0A {
            let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<index])
            if String(validating: piece, as: UTF8.self) == nil { return line }
            line += 1
            start = index + 1
        }
        return line
    }

    /// Line of the first `*name` for which `&name` also stands somewhere, whether in quotes or not.
    ///
    /// Looked for before parsing, since the parser hashes keys that are maps, and an alias in those can cost
    /// more than any file is worth.
    static func lineOfAlias(_ bytes: UnsafeRawBufferPointer) -> Int? {
        var anchors: Set<[UInt8]> = []
        for index in bytes.indices where bytes[index] == 0x26 { anchors.insert(name(bytes, after: index)) }
        anchors.remove([])
        if anchors.isEmpty { return nil }
        var line = 1
        for index in bytes.indices {
            if bytes[index] == 0x0A { line += 1 }
            if bytes[index] == 0x2A && anchors.contains(name(bytes, after: index)) { return line }
        }
        return nil
    }

    /// The letters, digits, `-` and `_` that follow, at most 64: what libyaml takes as an anchor's name.
    private static func name(_ bytes: UnsafeRawBufferPointer, after index: Int) -> [UInt8] {
        let rest = bytes[(index + 1)...].prefix(64)
        return Array(
            rest.prefix { byte in
                (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5A) || byte == 0x5F
                    || (byte >= 0x61 && byte <= 0x7A) || byte == 0x2D
            })
    }
}
