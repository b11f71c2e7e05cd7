/// One thing that is wrong in a data-set description.
public struct DatasetDescriptionProblem: Hashable, Sendable, CustomStringConvertible {
    /// Line of the description, from 1.
    public let line: Int
    /// One sentence: the key, what was found, what is allowed.
    public let message: String
    /// What to do, where the message does not say it.
    public let remedy: String?

    /// A problem.
    public init(line: Int, message: String, remedy: String? = nil) {
        (self.line, self.message, self.remedy) = (line, message, remedy)
    }

    public var description: String { "line \(line): \(message)" }
}

/// Everything that is wrong in a data-set description, in the order of its lines.
public struct DatasetDescriptionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The problems; never empty.
    public let problems: [DatasetDescriptionProblem]

    /// - Precondition: there is at least one problem.
    public init(problems: [DatasetDescriptionProblem]) {
        precondition(!problems.isEmpty, "an error has a problem")
        self.problems = problems
    }

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
