internal import Events
internal import Storage

/// What the commands of the schema print.
enum MigrationOutput {
    static func text(_ report: MigrationReport, of store: any MigratableStore) -> String {
        if report.steps.isEmpty { return "nothing to do: the schema of \(store.location) is as asked for\n" }
        let backup = report.backup.map { "copied to \($0)\n" } ?? ""
        return backup + report.steps.map { "\($0.isUndone ? "undone" : "made")  \($0.title)\n" }.joined()
    }

    static func json(_ report: MigrationReport) -> String {
        JSONText.object([
            JSONMember(
                "steps",
                .list(
                    report.steps.map { step in
                        .object([
                            JSONMember("step", .string(step.title)),
                            JSONMember("direction", .string(step.isUndone ? "down" : "up")),
                        ])
                    })),
            JSONMember("backup", report.backup.map { .string($0) } ?? .null),
        ]).compact + "\n"
    }

    static func text(_ status: [MigrationStatus], of location: String) -> String {
        let width = status.map(\.title.count).max() ?? 0
        let lines = status.map { step in
            let padded = step.title + String(repeating: " ", count: width - step.title.count)
            return "\(padded)  \(step.state.rawValue)" + (step.appliedAt.map { "  \($0)" } ?? "") + "\n"
        }
        return "\(location)\n" + lines.joined()
    }

    static func json(_ status: [MigrationStatus], of location: String) -> String {
        JSONText.object([
            JSONMember("database", .string(location)),
            JSONMember("pending", .integer(status.count { $0.state == .pending })),
            JSONMember(
                "steps",
                .list(
                    status.map { step in
                        .object([
                            JSONMember("number", .integer(step.number)),
                            JSONMember("step", .string(step.title)),
                            JSONMember("state", .string(step.state.rawValue)),
                            JSONMember("applied_at", .time(step.appliedAt)),
                        ])
                    })),
        ]).compact + "\n"
    }
}
