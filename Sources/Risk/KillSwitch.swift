/// Stops all trading until someone releases it. It latches: nothing releases it but a person.
public struct KillSwitch: Hashable, Sendable {
    /// Why it is engaged; nil when trading is allowed.
    public private(set) var reason: String?

    /// A switch; released unless a reason is given.
    public init(reason: String? = nil) { self.reason = reason }

    /// Whether trading is stopped.
    public var isEngaged: Bool { reason != nil }

    /// Stops trading. The first reason stays.
    public mutating func engage(reason: String) { if self.reason == nil { self.reason = reason } }

    /// Allows trading again.
    public mutating func release() { reason = nil }
}
