public import Events

extension EventID {
    /// An id from random bits of the system, for what happens once.
    public static func random() -> EventID {
        EventID(randomHigh: UInt64.random(in: 0...UInt64.max), low: UInt64.random(in: 0...UInt64.max))
    }
}
