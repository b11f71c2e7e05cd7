internal import Research

/// One thing that is wrong: where, what, and what to do about it.
public struct FailureProblem: Hashable, Sendable {
    /// A stable word for programs, kebab-case: `run-file`, `missing-series`, `output`.
    public let code: String
    /// One sentence for people: what is wrong, with the value found and what is allowed.
    public let message: String
    /// The file it is about, as the user named it; nil when it is about none.
    public let file: String?
    /// Line of the file, from 1; nil when it is about no line.
    public let line: Int?
    /// What the user can do; nil when the message says it.
    public let remedy: String?

    /// A problem.
    public init(
        code: String, message: String, file: String? = nil, line: Int? = nil, remedy: String? = nil
    ) {
        (self.code, self.message, self.file, self.line, self.remedy) = (code, message, file, line, remedy)
    }

    /// `file:line: message`, without what is absent.
    package var located: String {
        switch (file, line) {
        case (let file?, let line?): "\(file):\(line): \(message)"
        case (let file?, nil): "\(file): \(message)"
        default: message
        }
    }
}

/// The failure of a command: everything found wrong, at once, and how the process ends.
///
/// A command throws this; ``TradewindCommand`` prints it for people on standard error and, with `--json`,
/// as one object on standard output.
public struct CommandFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, in the order of files and lines. Never empty.
    public let problems: [FailureProblem]
    /// How the process ends.
    public let exitStatus: ExitStatus

    /// A failure with one problem.
    public init(
        _ exitStatus: ExitStatus, code: String, message: String, file: String? = nil, line: Int? = nil,
        remedy: String? = nil
    ) {
        problems = [
            FailureProblem(code: code, message: message, file: file, line: line, remedy: remedy)
        ]
        self.exitStatus = exitStatus
    }

    /// A failure with all its problems.
    ///
    /// - Precondition: there is at least one.
    public init(_ exitStatus: ExitStatus, problems: [FailureProblem]) {
        precondition(!problems.isEmpty, "a failure has a problem")
        self.problems = problems
        self.exitStatus = exitStatus
    }

    /// The text for people: one line a problem, its remedy below it, and a count when there are several.
    /// What came from files and arguments is in it without characters that would steer a terminal.
    public var description: String {
        var lines: [String] = []
        for problem in problems {
            lines.append("error: " + PlainText.cleanLines(problem.located))
            if let remedy = problem.remedy { lines.append("  remedy: " + PlainText.cleanLines(remedy)) }
        }
        if problems.count > 1 { lines.append("\(problems.count) problems") }
        return lines.joined(separator: "\n") + "\n"
    }
}
