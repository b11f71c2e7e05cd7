public import StrategyKit

/// Something that keeps a plan from starting over its series.
public struct StartProblem: Hashable, Sendable, CustomStringConvertible {
    /// What it is about, so that it can be told where that was written.
    public enum Subject: Hashable, Sendable {
        /// A series that is missing, begins late or ends early.
        case series(SeriesNeed)
        /// The data as a whole, or how instruments are declared.
        case data
        /// The capital or the share class.
        case capital
        /// A deposit or withdrawal.
        case flows
        /// Parameters of a strategy, with each other or against the instruments of the run.
        case parameters
    }

    /// What it is about.
    public let subject: Subject
    /// What is wrong, a sentence without its end.
    public let message: String

    init(_ subject: Subject, _ message: String) { (self.subject, self.message) = (subject, message) }

    public var description: String { message }
}
