public import Events
public import Units

/// What is kept of the kill switch.
public struct KillSwitchState: Hashable, Sendable {
    /// Its name among the values of storage.
    static let name = "kill-switch"
    /// Characters of a reason.
    public static let reasonLength = 3...256

    /// Whether trading is stopped.
    public var isEngaged = false
    /// Why it was engaged, or released; nil when neither has ever happened.
    public var reason: String?
    /// Who did it.
    public var actor: String?
    /// When; nil when it never happened.
    public var time: Instant?

    /// Released, and never used.
    public init() {}

    /// Engaged or released by somebody.
    public init(isEngaged: Bool, reason: String, actor: String, time: Instant) {
        (self.isEngaged, self.reason, self.actor, self.time) = (isEngaged, reason, actor, time)
    }

    /// Stands for a switch that cannot be read: nothing may trade then.
    public static func unreadable(_ problem: String, at time: Instant) -> KillSwitchState {
        KillSwitchState(
            isEngaged: true, reason: "the kill switch cannot be read: \(problem)", actor: "system", time: time
        )
    }

    /// As it is kept, and as clients see it.
    public var json: JSONText {
        .object([
            JSONMember("engaged", .flag(isEngaged)),
            JSONMember("reason", reason.map { .string($0) } ?? .null),
            JSONMember("by", actor.map { .string($0) } ?? .null), JSONMember("since", .time(time)),
        ])
    }

    /// Reads what ``json`` gave.
    ///
    /// - Returns: nil for anything else.
    init?(_ json: JSONText) {
        guard case .flag(let isEngaged)? = json["engaged"] else { return nil }
        self.isEngaged = isEngaged
        (reason, actor) = (json["reason"]?.text, json["by"]?.text)
        time = json["since"]?.text.flatMap { Instant(iso8601: $0) }
        if isEngaged && reason == nil { return nil }
    }
}
