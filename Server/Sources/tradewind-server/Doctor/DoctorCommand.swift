internal import ArgumentParser
internal import Events
internal import Operations
internal import Settings
internal import TradewindCommands

/// `tradewind doctor`.
struct DoctorCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check this host; each failing row names the fix.",
        discussion: """
            Looks at the compiler, libraries, disk, clock, ports, permissions, settings, database and \
            venues. Asks no \
            place that the settings do not name, and changes nothing. Exit code 1 when something fails.
            """)

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        let survey = SettingsLoader.survey(service: nil, sources: settings.sources(context))
        let examination = HostExamination(context: context, survey: survey)
        let rows = await examination.rows()
        let isWell = !rows.contains { $0.status == .failed }
        if format.json {
            let page = JSONText.object([
                JSONMember("ok", .flag(isWell)), JSONMember("checks", .list(rows.map(\.json))),
            ])
            try context.output.result(page.compact + "\n")
        } else {
            try context.output.result(rows.map(Self.line).joined())
        }
        if !isWell { throw ExitCode(ExitStatus.failed.rawValue) }
    }

    private static func line(_ row: DoctorRow) -> String {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(1, width - text.count))
        }
        let head = padded(row.status.rawValue, 9) + padded(row.name, 15) + row.found + "\n"
        return head + (row.fix.map { padded("", 24) + "fix: \($0)\n" } ?? "")
    }
}
