public import Units

/// One span in which a market is open.
public struct MarketSession: Hashable, Sendable {
    /// The date that the session belongs to, in days since 1970-01-01.
    public let day: Int
    /// First moment of trading.
    public let open: Instant
    /// End of trading.
    public let close: Instant

    /// A session.
    public init(day: Int, open: Instant, close: Instant) {
        (self.day, self.open, self.close) = (day, open, close)
    }
}

/// When a market is open: a name and its sessions over the years in question, in order.
public struct SessionCalendar: Hashable, Sendable {
    /// The name: `us-equity`, `us-equity-extended`, `fx`, `cme-fx`.
    public let name: String
    /// Sessions in order, not overlapping.
    public let sessions: [MarketSession]

    /// A calendar.
    ///
    /// - Precondition: sessions are in order and do not overlap.
    public init(name: String, sessions: [MarketSession]) {
        precondition(
            zip(sessions, sessions.dropFirst()).allSatisfy { $0.close <= $1.open && $0.open < $0.close },
            "sessions are in order")
        (self.name, self.sessions) = (name, sessions)
    }

    public static func == (a: SessionCalendar, b: SessionCalendar) -> Bool {
        a.name == b.name && a.sessions == b.sessions
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// The session that is open at `time`, or else the next one; nil after the last.
    public func session(atOrAfter time: Instant) -> MarketSession? {
        var (low, high) = (0, sessions.count)
        while low < high {
            let middle = (low + high) / 2
            if sessions[middle].close <= time { low = middle + 1 } else { high = middle }
        }
        return low < sessions.count ? sessions[low] : nil
    }

    /// Whether the market is open at `time`.
    public func isOpen(at time: Instant) -> Bool {
        guard let session = session(atOrAfter: time) else { return false }
        return session.open <= time
    }
}
