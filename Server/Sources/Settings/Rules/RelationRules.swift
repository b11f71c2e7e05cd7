/// Values that must stand in some relation to each other.
enum RelationRules {
    static let all = [window, healthTimes, lifetimes, lag, orderLimits, supervised, heartbeat]

    private static let window = SettingsRule("data-window", "data.start is before data.end.") { context in
        guard let start = context.settings.data.start, let end = context.settings.data.end, start >= end
        else {
            return []
        }
        return [context.contradiction("data.end", "it is not after data.start", remedy: "give a later end")]
    }

    private static let healthTimes = SettingsRule("health-times", "health.timeout is below health.interval.")
    { context in
        let health = context.settings.health
        guard context.areSound("health.timeout", "health.interval"), health.timeout >= health.interval else {
            return []
        }
        return [
            context.contradiction(
                context.isGiven("health.timeout") ? "health.timeout" : "health.interval",
                "an answer may take longer than the time between two questions",
                remedy: "make health.timeout shorter than health.interval")
        ]
    }

    private static let lifetimes = SettingsRule(
        "token-lifetimes", "auth.access-token-lifetime is below auth.refresh-token-lifetime."
    ) { context in
        let auth = context.settings.auth
        guard context.areSound("auth.access-token-lifetime", "auth.refresh-token-lifetime"),
            auth.accessTokenLifetime >= auth.refreshTokenLifetime
        else { return [] }
        return [
            context.contradiction(
                context.isGiven("auth.access-token-lifetime")
                    ? "auth.access-token-lifetime" : "auth.refresh-token-lifetime",
                "an access token would outlive its refresh token",
                remedy: "make the access token's lifetime shorter")
        ]
    }

    private static let lag = SettingsRule("event-lag", "events.lag-warning is below events.lag-stop.") {
        context in
        let events = context.settings.events
        guard context.areSound("events.lag-warning", "events.lag-stop"), events.lagWarning >= events.lagStop
        else { return [] }
        return [
            context.contradiction(
                context.isGiven("events.lag-warning") ? "events.lag-warning" : "events.lag-stop",
                "orders would be refused before producers slow down",
                remedy: "make lag-warning lower than lag-stop")
        ]
    }

    private static let orderLimits = SettingsRule(
        "order-limit", "risk.max-order-notional is at most risk.max-position-notional."
    ) { context in
        let risk = context.settings.risk
        guard context.areSound("risk.max-order-notional", "risk.max-position-notional"),
            risk.maxOrderNotional > risk.maxPositionNotional
        else { return [] }
        let key =
            context.isGiven("risk.max-order-notional")
            ? "risk.max-order-notional" : "risk.max-position-notional"
        return [
            context.contradiction(
                key, "an order of the largest size would pass the limit of the position",
                remedy: "make max-order-notional at most max-position-notional")
        ]
    }

    private static let supervised = SettingsRule(
        "supervised-services",
        "supervisor.services names at least one service, none twice; there are 1 to 10 restart-waits."
    ) { context in
        let supervisor = context.settings.supervisor
        var problems: [SettingsProblem] = []
        let services = supervisor.services
        guard context.areSound("supervisor.services", "supervisor.restart-waits") else { return [] }
        if services.isEmpty || Set(services).count != services.count {
            problems.append(
                context.contradiction(
                    "supervisor.services",
                    services.isEmpty ? "it names no service" : "a service is there twice",
                    remedy: "name each service once; leave it out for the API alone"))
        }
        if !(1...10).contains(supervisor.restartWaits.count) {
            problems.append(
                context.contradiction(
                    "supervisor.restart-waits",
                    "there are \(supervisor.restartWaits.count) waits; allowed are 1 to 10",
                    remedy: "give a wait for each attempt, as 5s, 10s, 20s"))
        }
        return problems
    }

    private static let heartbeat = SettingsRule(
        "stream-age", "health.max-stream-age is below live.heartbeat-timeout in mode live."
    ) { context in
        let settings = context.settings
        guard context.areSound("health.max-stream-age", "live.heartbeat-timeout"),
            settings.execution.mode == .live,
            settings.health.maxStreamAge >= settings.live.heartbeatTimeout
        else { return [] }
        return [
            context.contradiction(
                context.isGiven("health.max-stream-age") ? "health.max-stream-age" : "live.heartbeat-timeout",
                "trading would stop before a stale stream is noticed",
                remedy: "make health.max-stream-age shorter than live.heartbeat-timeout")
        ]
    }
}
