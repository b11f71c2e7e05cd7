internal import Yams

/// A settings file: the plain part of YAML, each value with its line. What is wrong in its form is collected;
/// a key given twice does not hide what else is wrong.
struct SettingsYAML {
    /// A value at a path of keys.
    indirect enum Node {
        case text(String, isPlain: Bool, line: Int)
        case list([Node], line: Int)
        case map([(key: String, line: Int, value: Node)], line: Int)

        /// The line on which it begins.
        var line: Int {
            switch self {
            case .text(_, _, let line), .list(_, let line), .map(_, let line): line
            }
        }

        /// Whether nothing was written.
        var isNull: Bool {
            guard case .text(let text, isPlain: true, _) = self else { return false }
            return ["", "~", "null"].contains(text)
        }
    }

    /// The largest file that is read.
    static let maximumBytes = 1 << 20
    private static let maximumDepth = 16
    private static let maximumRepairs = 64

    /// The map of the whole file; nil when it is empty or cannot be read.
    private(set) var root: Node?
    /// What is wrong.
    private(set) var problems: [SettingsProblem] = []

    private let path: String

    /// Reads a file.
    init(_ bytes: [UInt8], path: String) {
        self.path = path
        guard bytes.count <= Self.maximumBytes else {
            refuse(
                1, "the file has \(bytes.count) bytes; the most is 1 MiB", remedy: "keep settings alone in it"
            )
            return
        }
        guard var text = String(validating: bytes, as: UTF8.self) else {
            refuse(1, "the file is not text in UTF-8", remedy: "save it as UTF-8")
            return
        }
        if let line = YAMLAlias.line(in: bytes) {
            refuseAlias(line)
            return
        }
        for _ in 0...Self.maximumRepairs {
            switch compose(text) {
            case .success(let node):
                root = node
                return
            case .failure(.final): return
            case .failure(.repeated(let key, let line)):
                guard let repaired = repair(text, key, line) else { return }
                text = repaired
            }
        }
    }

    private enum Failure: Error {
        case final
        case repeated(key: String, inMapAt: Mark)
    }

    private mutating func compose(_ text: String) -> Result<Node?, Failure> {
        do {
            // The parser outlives the nodes, as they hold their anchors weakly. The basic resolver keeps
            // every scalar a text.
            let parser = try Parser(yaml: text, resolver: .basic)
            guard let root = try parser.singleRoot() else { return .success(nil) }
            let node = convert(root, depth: 1)
            withExtendedLifetime(parser) {}
            return .success(node)
        } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
            return .failure(.repeated(key: keys.sorted().first ?? "", inMapAt: context.mark))
        } catch {
            refuse(error)
            return .failure(.final)
        }
    }

    /// The text without the later of two equal keys, as many lines as before; nil when it cannot be found.
    private mutating func repair(_ text: String, _ key: String, _ mark: Mark) -> String? {
        let lines = RepeatedSetting.lines(of: key, inMapAt: mark, text)
        let shown = Disclosure.name(key)
        guard lines.count > 1 else {
            problems.append(
                SettingsProblem(
                    .duplicate, "\(shown) is given more than once in the same map",
                    at: .file(path: path, line: max(1, mark.line)), remedy: "keep one of them"))
            return nil
        }
        for line in lines.dropFirst() {
            problems.append(
                SettingsProblem(
                    .duplicate, "\(shown) is given more than once in the same map, first on line \(lines[0])",
                    at: .file(path: path, line: line), remedy: "keep one of them"))
        }
        return RepeatedSetting.without(lines.dropFirst(), text)
    }

    private mutating func convert(_ node: Yams.Node, depth: Int) -> Node? {
        let line = max(1, node.mark?.line ?? 1)
        guard depth <= Self.maximumDepth else {
            refuse(
                line, "the file is nested deeper than \(Self.maximumDepth) levels",
                remedy: "settings are flat")
            return nil
        }
        if node.anchor != nil { refuseAlias(line) }
        let known = ["str", "seq", "map"].map { "tag:yaml.org,2002:" + $0 }
        if !known.contains(node.tag.description) {
            refuse(line, "tags (with !) are not allowed", remedy: "write the value without a tag")
        }
        switch node {
        case .scalar(let scalar):
            return .text(scalar.string, isPlain: scalar.style == .plain || scalar.style == .any, line: line)
        case .alias:
            refuseAlias(line)
            return nil
        case .sequence(let items):
            return .list(items.compactMap { convert($0, depth: depth + 1) }, line: line)
        case .mapping(let pairs):
            var entries: [(key: String, line: Int, value: Node)] = []
            for (key, value) in pairs {
                let keyLine = max(1, key.mark?.line ?? line)
                guard case .scalar(let name) = key else {
                    refuse(keyLine, "a key must be a text", remedy: "write a name before the colon")
                    continue
                }
                if let node = convert(value, depth: depth + 1) {
                    entries.append((name.string, keyLine, node))
                }
            }
            return .map(entries, line: line)
        }
    }

    private mutating func refuse(_ line: Int, _ message: String, remedy: String) {
        problems.append(
            SettingsProblem(.file, message, at: .file(path: path, line: max(1, line)), remedy: remedy))
    }

    private mutating func refuseAlias(_ line: Int) {
        refuse(
            line, "anchors and aliases (& and *) are not allowed",
            remedy: "write the value out, or quote a text that begins with & or *")
    }

    /// A syntax error, with its line but without any of the text: a secret may stand there.
    private mutating func refuse(_ error: any Error) {
        let remedy = "check the indentation, and quote texts with colons, braces or a leading sign"
        switch error {
        case YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _):
            refuse(mark.line, "this is not YAML: \(problem) (column \(mark.column))", remedy: remedy)
        case YamlError.composer(_, let problem, let mark, _):
            let isSecond = problem.contains("another document")
            refuse(
                mark.line, isSecond ? "a second document begins here" : "this is not YAML: \(problem)",
                remedy: isSecond ? "keep one document in the file" : remedy)
        default: refuse(1, "the file cannot be read as YAML", remedy: remedy)
        }
    }
}
