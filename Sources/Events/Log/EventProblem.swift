/// Why an event is not accepted, or cannot be read.
public struct EventProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of problem it is.
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// A part of the envelope is empty, too long, or not what it must be.
        case envelope
        /// A payload lacks a field, has an unknown one, or one of another kind.
        case payload
        /// A payload is larger than the log takes.
        case tooLarge
        /// Bytes that are no envelope.
        case malformed
        /// The pieces of a payload, or what it refers to, are not all there.
        case incomplete
        /// An offset after the last event was to be committed.
        case offset
    }

    /// What kind of problem it is.
    public let code: Code
    /// The problem in one sentence, with the field and the type that it is about.
    public let message: String

    /// A problem.
    public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

    /// The sentence.
    public var description: String { message }
}
