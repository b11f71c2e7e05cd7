public import Markets
public import Units

/// A span in which nobody reaches a venue, as one that is down for maintenance.
///
/// New orders and requests to cancel and amend are refused, working orders rest without filling, transfers
/// out of it are refused and those to it arrive once it is back. Strategies see nothing of its markets
/// meanwhile. The venue itself goes on: marks move, funding is settled, accounts that no longer bear their
/// positions are liquidated.
public struct VenueOutage: Hashable, Sendable {
    /// Which venue.
    public let venue: Venue
    /// First moment at which it is not reached.
    public let start: Instant
    /// First moment at which it is reached again.
    public let end: Instant

    /// A span.
    public init(venue: Venue, start: Instant, end: Instant) {
        (self.venue, self.start, self.end) = (venue, start, end)
    }
}

extension [VenueOutage] {
    /// Whether a venue is out at a moment.
    package func holds(of venue: Venue, at time: Instant) -> Bool {
        !isEmpty && contains { $0.venue == venue && $0.start <= time && time < $0.end }
    }

    /// Whether a venue is out at any moment of a span, its end not included.
    package func holds(of venue: Venue, from start: Instant, to end: Instant) -> Bool {
        !isEmpty && contains { $0.venue == venue && $0.start < end && start < $0.end }
    }
}
