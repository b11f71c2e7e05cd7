/// One thing that is wrong with the settings. It never holds the value of a secret.
public struct SettingsProblem: Hashable, Sendable, CustomStringConvertible {
    /// What kind of mistake it is.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// A name that no setting has.
        case unknownKey = "unknown-setting"
        /// A value that is not allowed.
        case invalidValue = "invalid-setting"
        /// A setting that must be given here and is not.
        case missing = "missing-setting"
        /// A value from a template that nobody replaced.
        case placeholder = "placeholder-setting"
        /// A secret where everybody can read it.
        case exposedSecret = "exposed-secret"
        /// Settings that contradict each other.
        case contradiction = "contradicting-settings"
        /// Two places that must agree and do not, or one file that says a thing twice.
        case duplicate = "duplicate-setting"
        /// A file that is absent, unreadable or not what it should be.
        case file = "settings-file"
    }

    /// What kind of mistake it is.
    public let code: Code
    /// The setting; nil when it is about a file as a whole.
    public let key: String?
    /// What is wrong, with the value found and what is allowed: one clause without a final point.
    public let message: String
    /// Where; nil for something that stands nowhere.
    public let origin: SettingOrigin?
    /// A file it is about, when the origin names none.
    public let subject: String?
    /// What to do: a clause in the imperative.
    public let remedy: String

    /// A problem.
    package init(
        _ code: Code, key: String? = nil, _ message: String, at origin: SettingOrigin? = nil,
        about subject: String? = nil, remedy: String
    ) {
        (self.code, self.key, self.message) = (code, key, message)
        (self.origin, self.subject, self.remedy) = (origin, subject, remedy)
    }

    /// The file, as it was named.
    public var file: String? { origin?.file ?? subject }
    /// The line of the file, from 1.
    public var line: Int? { origin?.line }

    /// Key, message and, when it is no file, the origin: everything but file, line and remedy.
    public var sentence: String {
        var text = key.map { "\($0): " } ?? ""
        text += message
        if let origin, origin.file == nil { text += " (\(origin))" }
        return text
    }

    /// `tradewind.yaml:12: api.port: "x" is not ...; remedy`.
    public var description: String {
        var place = ""
        if let file { place = line.map { "\(file):\($0): " } ?? "\(file): " }
        return place + sentence + "; " + remedy
    }
}

/// Everything that is wrong with the settings, found in one pass.
public struct SettingsProblems: Error, Hashable, Sendable, CustomStringConvertible {
    /// The problems, those of files first, by file and line; never empty.
    public let problems: [SettingsProblem]

    /// An error of problems in any order; equal ones count once.
    ///
    /// - Precondition: there is at least one.
    package init(_ problems: [SettingsProblem]) {
        precondition(!problems.isEmpty, "an error has a problem")
        var unique: [SettingsProblem] = []
        for problem in problems where !unique.contains(problem) { unique.append(problem) }
        self.problems = unique.enumerated()
            .sorted { left, right in
                let (first, second) = (left.element, right.element)
                switch (first.file, second.file) {
                case (let a?, let b?) where a != b: return a < b
                case (_?, nil): return true
                case (nil, _?): return false
                default: break
                }
                let lines = (first.line ?? 0, second.line ?? 0)
                return lines.0 != lines.1 ? lines.0 < lines.1 : left.offset < right.offset
            }
            .map(\.element)
    }

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
