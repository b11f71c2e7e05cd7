/// What kind of run a process may execute.
enum ModeRule {
    static let all = [asked, guards, limits, ci]

    /// The problem of a run that asks for more than the process may do; nil when it may.
    static func problem(
        asked: ExecutionMode, allowed: ExecutionMode, _ origin: SettingOrigin?
    ) -> SettingsProblem? {
        let all = ExecutionMode.allCases
        guard let wanted = all.firstIndex(of: asked), let most = all.firstIndex(of: allowed), wanted > most
        else {
            return nil
        }
        return SettingsProblem(
            .contradiction, key: "execution.mode",
            "a \(asked.rawValue) run is asked for in a \(allowed.rawValue) process",
            at: origin,
            remedy:
                "start the process with execution.mode \(asked.rawValue), or ask for a \(allowed.rawValue) "
                + "run"
        )
    }

    private static let asked = SettingsRule(
        "mode-asked", "A run that asks for more than execution.mode allows is refused."
    ) { context in
        guard let asked = context.askedMode else { return [] }
        let problem = problem(
            asked: asked, allowed: context.settings.execution.mode, context.origin("execution.mode"))
        return problem.map { [$0] } ?? []
    }

    private static let guards = SettingsRule(
        "live-enabled",
        "live.enabled is true only with execution.mode live, unless the command line forces another mode."
    ) { context in
        guard context.settings.live.isEnabled, context.settings.execution.mode != .live,
            !context.isBroken("execution.mode")
        else { return [] }
        if case .commandLine? = context.origin("execution.mode") { return [] }
        return [
            context.contradiction(
                "live.enabled",
                "live trading is enabled in a process whose execution.mode is "
                    + "\(context.settings.execution.mode.rawValue)",
                remedy: "set execution.mode to live, or live.enabled to false")
        ]
    }

    private static let limits = SettingsRule(
        "live-limits",
        """
        With live.enabled and without live.read-only, risk.max-order-notional, risk.max-position-notional \
        and risk.max-daily-loss are given, not built in.
        """
    ) { context in
        let settings = context.settings
        guard settings.execution.mode == .live, settings.live.isEnabled, !settings.live.isReadOnly else {
            return []
        }
        return ["risk.max-order-notional", "risk.max-position-notional", "risk.max-daily-loss"]
            .filter { !context.isGiven($0) }
            .flatMap { context.missing($0, because: "live trading needs a limit that somebody chose") }
    }

    private static let ci = SettingsRule("live-in-ci", "execution.mode live is refused in ci.") { context in
        guard context.environment == .ci, context.settings.execution.mode == .live else { return [] }
        return [
            context.contradiction(
                "execution.mode", "live trading is asked for in ci, where nobody watches",
                remedy: "use backtest or paper in ci")
        ]
    }
}
