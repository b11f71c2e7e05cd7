/// A time zone that cannot be used: an unreadable time-zone file or an unknown name.
public struct ZoneError: Error, Hashable, CustomStringConvertible {
    /// The zone's name as asked for.
    public let zone: String
    /// What is wrong, as a phrase for people.
    public let problem: String

    /// - Parameters:
    ///   - zone: the name as asked for.
    ///   - problem: what is wrong, as a phrase for people.
    public init(zone: String, problem: String) {
        (self.zone, self.problem) = (zone, problem)
    }

    public var description: String { "time zone \(zone): \(problem)" }
}
