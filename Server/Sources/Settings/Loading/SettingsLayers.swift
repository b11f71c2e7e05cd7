/// The values that all sources give, by key, before anybody knows what they mean; and what is wrong with the
/// sources.
struct SettingsLayers {
    /// The values by key, those of nearer sources first.
    private(set) var values: [String: [WrittenValue]] = [:]
    /// What is wrong.
    private(set) var problems: [SettingsProblem] = []
    /// Variables that are no settings, from `.env`.
    private(set) var otherVariables: [String: String] = [:]

    private let catalogue = SettingsCatalogue.current

    /// The other name of `TRADEWIND_DATABASE__URL`.
    static let databaseVariable = "DATABASE_URL"
    /// Variables with our prefix that are no settings: they belong to the launcher and to the project's
    /// tests.
    static let reservedVariables = [
        "TRADEWIND_ROOT", "TRADEWIND_SERVER_EXECUTABLE", "TRADEWIND_SHARED_DATA", "TRADEWIND_TEST_",
    ]

    /// Adds the values of `--set`.
    mutating func add(arguments: [String]) {
        for (index, argument) in arguments.enumerated() {
            let origin = SettingOrigin.commandLine(position: index + 1)
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = String(parts[0])
            guard parts.count == 2 else {
                problems.append(
                    SettingsProblem(
                        .file, "an argument of --set is key=value", at: origin,
                        remedy: "write --set api.port=8000"))
                continue
            }
            guard catalogue[key] != nil else {
                noteUnknown(key, at: origin)
                continue
            }
            if let first = values[key]?.first {
                problems.append(
                    SettingsProblem(
                        .duplicate, key: key, "it is given more than once, first by \(first.origin)",
                        at: origin,
                        remedy: "keep one of them"))
                continue
            }
            add(.text(String(parts[1])), key, origin)
        }
    }

    /// Adds the environment variables of the process.
    mutating func add(environment: [String: String]) {
        let links = ServiceLinks(environment.keys)
        for name in environment.keys.sorted() where name.hasPrefix(SettingKey.prefix) {
            guard let value = environment[name], !links.contains(name) else { continue }
            if Self.reservedVariables.contains(where: name.hasPrefix) { continue }
            add(variable: name, value, at: .environment(variable: name))
        }
        if let value = environment[Self.databaseVariable] {
            addDatabaseURL(value, at: .environment(variable: Self.databaseVariable))
        }
    }

    /// Adds a file of variables.
    mutating func add(dotenv file: DotenvFile, path: String) {
        for fault in file.faults {
            problems.append(
                SettingsProblem(
                    .file, fault.reason, at: .file(path: path, line: fault.line), remedy: "correct the line"))
        }
        var lines: [String: Int] = [:]
        for entry in file.entries {
            let origin = SettingOrigin.file(path: path, line: entry.line)
            if let first = lines.updateValue(entry.line, forKey: entry.name) {
                problems.append(
                    SettingsProblem(
                        .duplicate,
                        "\(Disclosure.name(entry.name)) is given more than once, first on line \(first)",
                        at: origin, remedy: "keep one of them"))
                continue
            }
            if entry.name == Self.databaseVariable {
                addDatabaseURL(entry.value, at: origin)
            } else if entry.name.hasPrefix(SettingKey.prefix) {
                add(variable: entry.name, entry.value, at: origin)
            } else {
                otherVariables[entry.name] = entry.value
            }
        }
    }

    /// Adds a settings file.
    mutating func add(yaml file: SettingsYAML, path: String) {
        problems += file.problems
        guard let root = file.root else { return }
        guard case .map(let entries, _) = root else {
            if !root.isNull {
                problems.append(
                    SettingsProblem(
                        .file, "the file is not a map of sections", at: .file(path: path, line: root.line),
                        remedy: "write sections with their settings, as api: and below it port: 8000"))
            }
            return
        }
        add(entries, under: "", path)
    }

    /// Removes what only the command line and the environment may say.
    mutating func refuseFileSettings() {
        for key in ["files.settings", "files.environments"] {
            for value in values[key] ?? [] where value.origin.file != nil {
                problems.append(
                    SettingsProblem(
                        .invalidValue, key: key, "a file cannot say where files are", at: value.origin,
                        remedy: "give it by --set or \(SettingKey.environmentVariable(for: key))"))
            }
            values[key]?.removeAll { $0.origin.file != nil }
        }
    }

    private mutating func add(
        _ entries: [(key: String, line: Int, value: SettingsYAML.Node)], under section: String, _ path: String
    ) {
        for entry in entries {
            let key = section.isEmpty ? entry.key : section + "." + entry.key
            let origin = SettingOrigin.file(path: path, line: entry.line)
            if catalogue[key] != nil && !entry.key.contains(".") {
                addLeaf(entry.value, key, origin)
            } else if catalogue.isSection(key) && !entry.key.contains(".") {
                if case .map(let inner, _) = entry.value {
                    add(inner, under: key, path)
                } else if !entry.value.isNull {
                    problems.append(
                        SettingsProblem(
                            .invalidValue, key: key, "it is a section; allowed is a map of its settings",
                            at: origin,
                            remedy: "put its settings below it, indented"))
                }
            } else {
                noteUnknown(key, at: origin)
            }
        }
    }

    private mutating func addLeaf(_ node: SettingsYAML.Node, _ key: String, _ origin: SettingOrigin) {
        switch node {
        case _ where node.isNull: return
        case .text(let text, _, _): add(.text(text), key, origin)
        case .list(let items, _):
            var texts: [String] = []
            for case .text(let text, _, _) in items { texts.append(text) }
            guard texts.count == items.count else { return refuseForm(key, origin) }
            add(.list(texts), key, origin)
        case .map(let entries, _):
            var named: [WrittenValue.NamedText] = []
            for case (let name, _, .text(let text, _, _)) in entries {
                named.append(WrittenValue.NamedText(name: name, text: text))
            }
            guard named.count == entries.count else { return refuseForm(key, origin) }
            add(.map(named), key, origin)
        }
    }

    private mutating func refuseForm(_ key: String, _ origin: SettingOrigin) {
        let allowed = catalogue[key]?.shape.allowed ?? ""
        problems.append(
            SettingsProblem(
                .invalidValue, key: key, "a nested value is not \(allowed)", at: origin,
                remedy: "correct it; see config explain \(key)"))
    }

    private mutating func add(variable name: String, _ value: String, at origin: SettingOrigin) {
        guard let declaration = catalogue.declaration(ofVariable: name) else {
            let near = catalogue.nearestVariable(to: name)
            problems.append(
                SettingsProblem(
                    .unknownKey, "\(Disclosure.name(name)) is the variable of no setting", at: origin,
                    remedy: near.map { "did you mean \($0)?" }
                        ?? "remove it; config explain lists all settings"))
            return
        }
        add(.text(value), declaration.key, origin)
    }

    private mutating func addDatabaseURL(_ value: String, at origin: SettingOrigin) {
        guard !value.isEmpty else { return }
        let written = WrittenValue(content: .text(value), origin: origin)
        let isFile = origin.file != nil
        let others = (values["database.url"] ?? []).filter {
            ($0.origin.file != nil) == isFile && !$0.isArgument
        }
        if let other = others.first {
            if other.content != written.content {
                problems.append(
                    SettingsProblem(
                        .contradiction, key: "database.url",
                        "\(Self.databaseVariable) and TRADEWIND_DATABASE__URL differ",
                        at: origin, remedy: "keep one of them, or give both the same value"))
            }
            return
        }
        values["database.url", default: []].append(written)
    }

    private mutating func add(_ content: WrittenValue.Content, _ key: String, _ origin: SettingOrigin) {
        // An empty text is what a template holds: nothing was given.
        if content == .text("") { return }
        values[key, default: []].append(WrittenValue(content: content, origin: origin))
    }

    private mutating func noteUnknown(_ key: String, at origin: SettingOrigin) {
        let near = catalogue[key] != nil ? key : catalogue.nearestKey(to: key)
        let nested = near == key ? "write it as a section with its setting below it, indented" : nil
        problems.append(
            SettingsProblem(
                .unknownKey, "\(Disclosure.name(key)) is no setting", at: origin,
                remedy: nested ?? near.map { "did you mean \($0)?" }
                    ?? "remove it; config explain lists all settings"))
    }
}

extension WrittenValue {
    /// Whether it came from the command line.
    var isArgument: Bool {
        if case .commandLine = origin { return true }
        return false
    }

    /// Whether it came from a file of variables.
    var isDotenv: Bool { origin.file.map(DotenvFile.isOne) ?? false }
}

/// The variables that Kubernetes adds for each service of the namespace: `NAME_SERVICE_HOST`, `NAME_PORT` and
/// others. A service called `tradewind-api` would otherwise look like a misspelt setting.
private struct ServiceLinks {
    private let names: [String]

    init(_ variables: some Sequence<String>) {
        names = variables.filter { $0.hasSuffix("_SERVICE_HOST") }.map {
            String($0.dropLast("_SERVICE_HOST".count))
        }
    }

    func contains(_ variable: String) -> Bool {
        names.contains { name in
            variable == name + "_PORT" || variable.hasPrefix(name + "_SERVICE_")
                || variable.hasPrefix(name + "_PORT_")
        }
    }
}
