/// The template of `.env`, made from the declarations, and what `init` makes of it.
public enum EnvironmentTemplate {
    /// The template: every setting that may stand in `.env`, commented out, with its meaning and default.
    public static func text() -> String { heading + blocks(of: settings.map { ($0, nil) }) }

    /// A file of variables after `init`.
    public struct Filled: Sendable {
        /// The text of the file. It may hold secrets.
        public let text: String
        /// The variables that got a value from the environment, in the order of the template.
        public let given: [String]
        /// The variables that were not in the file before, with or without a value.
        public let added: [String]
    }

    /// The file with what it lacks: values from the environment of the process, and settings it does not know
    /// yet. What it says already stays as it is, byte for byte. Doing it twice changes nothing.
    ///
    /// - Parameters:
    ///   - existing: the file as it is; nil when there is none.
    ///   - environment: the variables of the process.
    /// - Throws: the lines of the existing file that cannot be read.
    public static func fill(
        _ existing: [UInt8]?, path: String, from environment: [String: String]
    ) throws(SettingsProblems) -> Filled {
        var lines: [String] = []
        if let existing { lines = try self.lines(of: existing, path: path) }
        var given: [String] = []
        var missing: [(SettingDeclaration, String?)] = []
        for setting in settings {
            let name = setting.environmentVariable
            let value = environment[name].flatMap { $0.isEmpty || $0.utf8.contains(0) ? nil : $0 }
            guard let place = lines.firstIndex(where: { mentions(name, $0) }) else {
                missing.append((setting, value))
                if value != nil { given.append(name) }
                continue
            }
            if let value, isEmptyOrCommented(name, lines[place]), !isSet(name, lines) {
                lines[place] = line(name, value)
                given.append(name)
            }
        }
        var text = existing == nil ? heading : lines.joined(separator: "\n")
        if !missing.isEmpty {
            if !text.isEmpty && !text.hasSuffix("\n") { text += "\n" }
            text += blocks(of: missing)
        }
        return Filled(text: text, given: given, added: missing.map(\.0.environmentVariable))
    }

    /// The settings that may stand in `.env`.
    private static var settings: [SettingDeclaration] {
        SettingsCatalogue.current.declarations.filter { $0.key != "environment" && $0.section != "files" }
    }

    private static func lines(of bytes: [UInt8], path: String) throws(SettingsProblems) -> [String] {
        let file = DotenvFile(bytes)
        var problems = file.faults.map { fault in
            SettingsProblem(
                .file, fault.reason, at: .file(path: path, line: fault.line), remedy: "correct the line")
        }
        guard problems.isEmpty, let text = String(validating: bytes, as: UTF8.self) else {
            if problems.isEmpty {
                problems.append(
                    SettingsProblem(.file, "it is not text in UTF-8", about: path, remedy: "save it as UTF-8")
                )
            }
            throw SettingsProblems(problems)
        }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    /// Whether a line sets a variable, or would without its `#`.
    private static func mentions(_ name: String, _ line: String) -> Bool {
        var rest = line.drop { $0 == " " || $0 == "\t" || $0 == "#" }
        if rest.hasPrefix("export ") { rest = rest.dropFirst(7).drop { $0 == " " } }
        return rest.hasPrefix(name) && rest.dropFirst(name.count).drop { $0 == " " }.first == "="
    }

    private static func isComment(_ line: String) -> Bool {
        line.drop { $0 == " " || $0 == "\t" }.first == "#"
    }

    private static func isEmptyOrCommented(_ name: String, _ line: String) -> Bool {
        isComment(line)
            || line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).last
                .map { $0.allSatisfy { $0 == " " || $0 == "\t" || $0 == "\r" } } ?? false
    }

    /// Whether some line gives the variable a value.
    private static func isSet(_ name: String, _ lines: [String]) -> Bool {
        lines.contains { mentions(name, $0) && !isEmptyOrCommented(name, $0) }
    }

    private static func blocks(of settings: [(SettingDeclaration, String?)]) -> String {
        var text = ""
        var section: String?
        for (setting, value) in settings {
            if section != setting.section {
                section = setting.section
                let summary = SettingsCatalogue.current.sections.first { $0.name == section }?.summary ?? ""
                text += "\n# ---- \(setting.section): \(summary)\n"
            }
            let name = setting.environmentVariable
            text += "# \(setting.summary)\n"
            text += value.map { line(name, $0) } ?? "#\(name)=\(setting.fallback ?? "")"
            text += "\n"
        }
        return text
    }

    /// A line that ``DotenvFile`` reads back as the same value.
    static func line(_ name: String, _ value: String) -> String {
        let isBare = value.utf8.allSatisfy { byte in
            (byte >= 0x41 && byte <= 0x5A) || (byte >= 0x61 && byte <= 0x7A) || (byte >= 0x2B && byte <= 0x3A)
                || byte == 0x40 || byte == 0x5F || byte == 0x3D || byte == 0x25 || byte == 0x3F
                || byte == 0x26
        }
        if isBare { return "\(name)=\(value)" }
        var quoted = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": quoted += "\\\\"
            case "\"": quoted += "\\\""
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return "\(name)=\"\(quoted)\""
    }

    private static let heading = """
        # Settings of this host, read in the local environment only. Never commit this file.
        # A line without its # counts; Documentation/settings.md explains each. `tradewind init` adds new \
        settings,
        # fills values from the environment of the process, and leaves everything else as it is.

        """
}
