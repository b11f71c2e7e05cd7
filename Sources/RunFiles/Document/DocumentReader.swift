internal import Yams

/// Reads one YAML document into nodes that know their lines.
///
/// It takes the plain part of YAML 1.2: maps, lists and texts. Anchors, aliases, tags and several
/// documents in one file are refused, as are files beyond ``maximumBytes`` and nesting beyond
/// ``maximumDepth``, so that no file can cost more than its size.
package enum DocumentReader {
    /// The largest file, 1 MiB.
    package static let maximumBytes = 1 << 20
    /// The deepest nesting.
    package static let maximumDepth = 32

    /// Reads a document.
    ///
    /// - Parameter file: name of the file for messages, or `--set`, which has no lines.
    /// - Throws: what keeps it from being read; always one problem.
    package static func read(_ bytes: UnsafeRawBufferPointer, file: String) throws(RunFileError)
        -> DocumentNode
    {
        let whole = SourcePlace(file: file)
        guard bytes.count <= maximumBytes else {
            throw refusal(whole, "the file has \(bytes.count) bytes; the most is \(maximumBytes) (1 MiB)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let line = lineOfFirstInvalidByte(bytes)
            throw refusal(
                SourcePlace(file: file, line: line), "the file is not text in UTF-8",
                remedy: "name a YAML text file such as those in Examples/runs")
        }
        if let line = lineOfAlias(bytes) { throw anchorRefusal(SourcePlace(file: file, line: line)) }
        return try compose(text, file: file)
    }

    /// Reads a document from a text; see ``read(_:file:)-(UnsafeRawBufferPointer,_)``.
    package static func read(_ text: String, file: String) throws(RunFileError) -> DocumentNode {
        let bytes = Array(text.utf8)
        let result: Result<DocumentNode, RunFileError> = bytes.withUnsafeBytes { buffer in
            do throws(RunFileError) {
                return .success(try read(buffer, file: file))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func compose(_ text: String, file: String) throws(RunFileError) -> DocumentNode {
        let root: Node?
        // The parser outlives the nodes, as they hold their anchors weakly. The basic resolver keeps every
        // scalar a text and spares its regular expressions.
        let parser: Parser
        do {
            parser = try Parser(yaml: text, resolver: .basic)
            root = try parser.singleRoot()
        } catch {
            throw syntaxRefusal(error, file: file, text)
        }
        guard let root else {
            throw refusal(
                SourcePlace(file: file), "the file is empty",
                remedy: "start from one of the files in Examples/runs")
        }
        let result: DocumentNode = try convert(root, file: file, depth: 1)
        withExtendedLifetime(parser) {}
        return result
    }

    private static func convert(
        _ node: Node, file: String, depth: Int
    ) throws(RunFileError) -> DocumentNode {
        let place = place(of: node, file)
        guard depth <= maximumDepth else {
            throw refusal(place, "the file is nested deeper than \(maximumDepth) levels")
        }
        if node.anchor != nil { throw anchorRefusal(place) }
        try refuseTag(of: node, at: place)
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            return DocumentNode(.scalar(scalar.string, isPlain: isPlain), at: place)
        case .alias:
            throw anchorRefusal(place)
        case .sequence(let items):
            var list: [DocumentNode] = []
            for item in items { list.append(try convert(item, file: file, depth: depth + 1)) }
            return DocumentNode(.list(list), at: place)
        case .mapping(let pairs):
            var entries: [DocumentEntry] = []
            for (key, value) in pairs {
                let name: DocumentNode = try convert(key, file: file, depth: depth + 1)
                guard let text = name.text else {
                    throw refusal(name.place, "a key must be a text, not \(name.found)")
                }
                let value: DocumentNode = try convert(value, file: file, depth: depth + 1)
                entries.append(DocumentEntry(key: text, at: name.place, value: value))
            }
            return DocumentNode(.map(entries), at: place)
        }
    }

    private static func place(of node: Node, _ file: String) -> SourcePlace {
        SourcePlace(file: file, line: file.hasPrefix("--") ? nil : node.mark?.line)
    }

    private static func refuseTag(of node: Node, at place: SourcePlace) throws(RunFileError) {
        let tag = node.tag.description
        let known = ["str", "seq", "map"].map { "tag:yaml.org,2002:" + $0 }
        guard known.contains(tag) else {
            throw refusal(
                place, "the tag \"\(tag.prefix(60))\" is not allowed", remedy: "write the value without a tag"
            )
        }
    }
}
