internal import Deployment
internal import Events

/// Backups, for people and for programs.
enum BackupOutput {
    static func json(_ backup: StoredBackup) -> JSONText {
        let manifest = backup.manifest
        return .object([
            JSONMember("name", .string(backup.name)), JSONMember("path", .string(backup.path)),
            JSONMember("created_at", .string(manifest.createdAt)),
            JSONMember("reason", .string(manifest.reason.rawValue)),
            JSONMember("version", .string(manifest.version)),
            JSONMember("commit", .optional(manifest.commit)),
            JSONMember("last_event", .integer(Int(manifest.lastEvent))),
            JSONMember("chain_hash", .string(manifest.chainHash)),
            JSONMember("events", .integer(manifest.events)), JSONMember("runs", .integer(manifest.runs)),
        ])
    }

    static func line(_ backup: StoredBackup) -> String {
        let manifest = backup.manifest
        return "\(backup.name)  \(manifest.events) events up to \(manifest.lastEvent), \(manifest.runs) runs"
    }

    static func json(_ report: BackupRestore.Report) -> JSONText {
        .object([
            JSONMember("backup", json(report.backup)),
            JSONMember("last_event", .integer(Int(report.lastEvent))),
            JSONMember("lost_events", .optional(report.lostEvents.map { Int($0) })),
            JSONMember("seconds", .number(seconds(report))),
            JSONMember("replaced", .optional(report.replaced)),
        ])
    }

    static func text(_ report: BackupRestore.Report, proved: Bool) -> String {
        let lost =
            report.lostEvents.map { "\($0) events since then would be lost" }
            ?? "the database in place cannot be read"
        var lines = [
            "backup      \(line(report.backup))",
            "chain       whole, up to event \(report.lastEvent)",
            "data lost   " + (proved ? lost : lost.replacing("would be", with: "are")),
            "time        \(fixed(seconds(report))) s",
        ]
        if let replaced = report.replaced { lines.append("kept        \(replaced): the database before") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func seconds(_ report: BackupRestore.Report) -> Double {
        let (seconds, attoseconds) = report.duration.components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    /// Two decimals.
    private static func fixed(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }
}
