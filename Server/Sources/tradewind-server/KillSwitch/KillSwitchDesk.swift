internal import ArgumentParser
internal import ControlPlane
internal import Events
internal import Logging
internal import TradewindCommands

/// What the commands of the kill switch have in common: the switch, and who acts.
struct KillSwitchDesk {
    let control: KillSwitchControl
    let actor: AuditActor
    private let output: CommandOutput

    /// Opens the store, hands the desk over, and closes it.
    ///
    /// - Throws: `CommandFailure`.
    static func with(
        _ options: SettingsOptions, _ context: ServerContext, signing: AuditedStore.Signing,
        _ body: (KillSwitchDesk) async throws -> Void
    ) async throws {
        try await AuditedStore.with(options, context, signing: signing) { audited in
            let control = KillSwitchControl(
                store: audited.store, audit: audited.audit,
                logger: Logger(label: "kill-switch") { _ in SwiftLogNoOpLogHandler() })
            try await body(
                KillSwitchDesk(control: control, actor: audited.actor, output: context.output))
        }
    }

    static func check(_ reason: String) throws {
        let length = KillSwitchState.reasonLength
        let isClean = !reason.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
        if length.contains(reason.count) && isClean { return }
        throw ValidationError(
            "--reason has \(length.lowerBound) to \(length.upperBound) characters, none of them a control")
    }

    func tell(_ outcome: KillSwitchControl.Outcome, asJSON: Bool) throws {
        if asJSON {
            let members = outcome.state.json.members ?? []
            let json = JSONText.object(members + [JSONMember("changed", .flag(outcome.isChanged))])
            try output.result(json.compact + "\n")
        } else {
            try output.result((outcome.isChanged ? "" : "as before: ") + Self.text(outcome.state) + "\n")
        }
    }

    static func text(_ state: KillSwitchState) -> String {
        let word = state.isEngaged ? "engaged: all trading is stopped" : "released: trading may go on"
        guard let actor = state.actor, let time = state.time, let reason = state.reason else { return word }
        return "\(word)\n  by \(actor) at \(time): \(reason)"
    }
}
