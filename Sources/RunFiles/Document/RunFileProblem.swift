/// One thing that is wrong in a run file.
public struct RunFileProblem: Hashable, Sendable, CustomStringConvertible {
    /// Where.
    public let place: SourcePlace
    /// Path of the key, as `execution.commission.maker`; empty when it is about the file as a whole.
    public let key: String
    /// What was found and what is allowed, one sentence.
    public let message: String
    /// What to do, where the message does not say it.
    public let remedy: String?

    /// A problem.
    public init(at place: SourcePlace, key: String = "", _ message: String, remedy: String? = nil) {
        (self.place, self.key, self.message, self.remedy) = (place, key, message, remedy)
    }

    /// The message with the key before it.
    public var sentence: String { key.isEmpty ? message : "\(key): \(message)" }

    public var description: String { "\(place): \(sentence)" }
}

/// Everything that is wrong in a run file, in the order of its lines.
public struct RunFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The problems; never empty.
    public let problems: [RunFileProblem]

    /// An error of problems in any order: sorted by line here, those of options last.
    ///
    /// - Precondition: there is at least one.
    public init(problems: [RunFileProblem]) {
        precondition(!problems.isEmpty, "an error has a problem")
        var unique: [RunFileProblem] = []
        for problem in problems where !unique.contains(problem) { unique.append(problem) }
        self.problems = unique.enumerated()
            .sorted {
                ($0.element.place.line ?? Int.max, $0.offset) < ($1.element.place.line ?? Int.max, $1.offset)
            }
            .map(\.element)
    }

    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
