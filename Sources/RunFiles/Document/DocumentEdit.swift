/// One `--set key=value` of a command line: a change of the run file before it is checked.
public struct RunFileSetting: Hashable, Sendable {
    /// Path of the key: `parameters.fast`, `strategies.0.capital`.
    public let key: String
    /// The value, as YAML.
    public let value: String
    /// The option of the command line that it came from, for messages.
    public let option: String

    /// A change.
    public init(key: String, value: String, option: String = "--set") {
        (self.key, self.value, self.option) = (key, value, option)
    }

    /// Reads `key=value`; nil without `=` or with an empty part in the key.
    ///
    /// - Parameter prefix: what stands before the key: `sweep.parameters.`.
    public init?(_ text: some StringProtocol, prefix: String = "", option: String = "--set") {
        guard let equals = text.firstIndex(of: "=") else { return nil }
        if equals == text.startIndex { return nil }
        let key = prefix + String(text[..<equals])
        let parts = key.split(separator: ".", omittingEmptySubsequences: false)
        guard !key.isEmpty, parts.allSatisfy({ !$0.isEmpty }), parts.count <= DocumentReader.maximumDepth
        else {
            return nil
        }
        self.init(key: key, value: String(text[text.index(after: equals)...]), option: option)
    }

    /// Refuses keys that `--set` sets twice to different values.
    package static func refuseConflicts(_ settings: [RunFileSetting]) throws(RunFileError) {
        var problems: [RunFileProblem] = []
        for (number, setting) in settings.enumerated() {
            let before = settings[..<number].first { $0.key == setting.key && $0.option == setting.option }
            guard setting.option == "--set", let other = before, other.value != setting.value else {
                continue
            }
            problems.append(
                RunFileProblem(
                    at: setting.place, key: setting.key,
                    "is set twice, to \(other.value.prefix(80)) and to \(setting.value.prefix(80))",
                    remedy: "keep one of them"))
        }
        if !problems.isEmpty { throw RunFileError(problems: problems) }
    }

    /// The place that problems of set values name.
    package var place: SourcePlace { SourcePlace(file: option) }
}

extension DocumentNode {
    /// Puts a value at a path, making the maps on the way.
    ///
    /// - Throws: why the path leads nowhere, or why the value is not YAML.
    package mutating func apply(_ setting: RunFileSetting) throws(RunFileError) {
        let value: DocumentNode
        do {
            value = try DocumentReader.read(setting.value, file: setting.option)
        } catch {
            // What is not YAML by itself, as an empty value, is a text.
            value = DocumentNode(.scalar(setting.value, isPlain: true), at: setting.place)
        }
        let parts = setting.key.split(separator: ".").map(String.init)
        guard put(value, at: parts[...], setting.place) else {
            throw RunFileError(problems: [
                RunFileProblem(
                    at: setting.place, key: setting.key,
                    "the run file has a single value or no such item on the way to this key")
            ])
        }
    }

    private mutating func put(
        _ value: DocumentNode, at path: ArraySlice<String>, _ place: SourcePlace
    ) -> Bool {
        guard let first = path.first else {
            self = value
            return true
        }
        let rest = path.dropFirst()
        switch content {
        case .map(var entries):
            if let index = entries.firstIndex(where: { $0.key == first }) {
                guard entries[index].value.put(value, at: rest, place) else { return false }
            } else {
                var made = DocumentNode(.map([]), at: place)
                guard made.put(value, at: rest, place) else { return false }
                entries.append(DocumentEntry(key: first, at: place, value: made))
            }
            content = .map(entries)
            return true
        case .list(var items):
            guard let index = Int(first), items.indices.contains(index),
                items[index].put(value, at: rest, place)
            else { return false }
            content = .list(items)
            return true
        case .scalar:
            guard isNull else { return false }
            self = DocumentNode(.map([]), at: place)
            return put(value, at: path, place)
        }
    }
}
