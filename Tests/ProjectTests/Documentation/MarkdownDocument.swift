/// The parts of a Markdown document that can be checked: fenced blocks and links.
struct MarkdownDocument {
    struct Block: Equatable {
        /// What follows the opening fence: `console`, `swift`, `console long`.
        let info: String
        let lines: [String]
        /// Line of the opening fence, from 1.
        let line: Int
    }

    struct Link: Equatable {
        let target: String
        let line: Int
    }

    let blocks: [Block]
    let links: [Link]
    /// Lines of code by indentation, with their numbers from 1.
    let indentedCode: [(text: String, line: Int)]
    /// Line of a fence that is never closed.
    let openFence: Int?

    init(text: String) {
        var blocks: [Block] = []
        var links: [Link] = []
        var indentedCode: [(text: String, line: Int)] = []
        var open: (info: String, line: Int, lines: [String])?
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("```") {
                if let block = open {
                    blocks.append(Block(info: block.info, lines: block.lines, line: block.line))
                    open = nil
                } else {
                    let info = line.dropFirst(3).drop { $0 == " " }
                    open = (String(info), index + 1, [])
                }
            } else if open != nil {
                open?.lines.append(String(line))
            } else {
                if line.hasPrefix("    ") { indentedCode.append((String(line), index + 1)) }
                links += Self.links(in: line).map { Link(target: $0, line: index + 1) }
            }
        }
        self.blocks = blocks
        self.links = links
        self.indentedCode = indentedCode
        openFence = open?.line
    }

    /// Targets of `[text](target)` and `![text](target)`; inside code spans nothing is a link.
    private static func links(in line: Substring) -> [String] {
        let text = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 0 }.map { String($0.element) }.joined(separator: "code")
        var targets: [String] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "](") {
            rest = rest[open.upperBound...]
            guard let close = rest.firstIndex(of: ")") else { break }
            targets.append(String(rest[..<close].prefix { $0 != " " }))
            rest = rest[rest.index(after: close)...]
        }
        return targets
    }
}
