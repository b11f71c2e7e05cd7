/// One `--set key=value` of a command line: a change of the run file before it is checked.
public struct RunFileSetting: Hashable, Sendable {
    /// Path of the key: `parameters.fast`, `strategies.0.capital`.
    public let key: String
    /// The value, as YAML.
    public let value: String

    /// A change.
    public init(key: String, value: String) { (self.key, self.value) = (key, value) }

    /// Reads `key=value`; nil without `=` or with an empty part in the key.
    public init?(_ text: some StringProtocol) {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        let key = String(text[..<equals])
        let parts = key.split(separator: ".", omittingEmptySubsequences: false)
        guard !key.isEmpty, parts.allSatisfy({ !$0.isEmpty }), parts.count <= DocumentReader.maximumDepth
        else {
            return nil
        }
        self.init(key: key, value: String(text[text.index(after: equals)...]))
    }

    /// Refuses keys that are set twice to different values.
    package static func refuseConflicts(_ settings: [RunFileSetting]) throws(RunFileError) {
        var problems: [RunFileProblem] = []
        for (number, setting) in settings.enumerated() {
            guard let other = settings[..<number].first(where: { $0.key == setting.key }),
                other.value != setting.value
            else { continue }
            problems.append(
                RunFileProblem(
                    at: place, key: setting.key,
                    "is set twice, to \(other.value.prefix(80)) and to \(setting.value.prefix(80))",
                    remedy: "keep one of them"))
        }
        if !problems.isEmpty { throw RunFileError(problems: problems) }
    }

    /// The place that problems of set values name.
    package static let place = SourcePlace(file: "--set")
}

extension DocumentNode {
    /// Puts a value at a path, making the maps on the way.
    ///
    /// - Throws: why the path leads nowhere, or why the value is not YAML.
    package mutating func apply(_ setting: RunFileSetting) throws(RunFileError) {
        let value: DocumentNode
        do {
            value = try DocumentReader.read(setting.value, file: "--set")
        } catch {
            // What is not YAML by itself, as an empty value, is a text.
            value = DocumentNode(.scalar(setting.value, isPlain: true), at: RunFileSetting.place)
        }
        let parts = setting.key.split(separator: ".").map(String.init)
        guard put(value, at: parts[...]) else {
            throw RunFileError(problems: [
                RunFileProblem(
                    at: RunFileSetting.place, key: setting.key,
                    "the run file has a single value or no such item on the way to this key")
            ])
        }
    }

    private mutating func put(_ value: DocumentNode, at path: ArraySlice<String>) -> Bool {
        guard let first = path.first else {
            self = value
            return true
        }
        let rest = path.dropFirst()
        switch content {
        case .map(var entries):
            if let index = entries.firstIndex(where: { $0.key == first }) {
                guard entries[index].value.put(value, at: rest) else { return false }
            } else {
                var made = DocumentNode(.map([]), at: RunFileSetting.place)
                guard made.put(value, at: rest) else { return false }
                entries.append(DocumentEntry(key: first, at: RunFileSetting.place, value: made))
            }
            content = .map(entries)
            return true
        case .list(var items):
            guard let index = Int(first), items.indices.contains(index), items[index].put(value, at: rest)
            else { return false }
            content = .list(items)
            return true
        case .scalar:
            guard isNull else { return false }
            self = DocumentNode(.map([]), at: RunFileSetting.place)
            return put(value, at: path)
        }
    }
}
