import Foundation
import Operations
import Settings
import Testing
import Units

@Suite struct AuditFileTests {
    private func record(_ outcome: SecretAuditRecord.Outcome, _ time: String) throws -> SecretAuditRecord {
        SecretAuditRecord(
            time: try #require(Instant(iso8601: time)),
            secret: SecretReference(owner: "binance", name: "api-key"),
            origin: "vault a\"b\n", outcome: outcome, version: SecretVersion("3"), failure: .unavailable)
    }

    @Test func recordsAreLinesOfJSONOfTheirMonthThatNobodyElseMayRead() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "audit-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let audit = AuditFile(folder: folder.path)
        try audit.record([record(.read, "2026-11-21T07:55:42Z"), record(.rotated, "2026-11-21T07:55:43Z")])
        try audit.record([record(.keptLastGood, "2026-11-30T23:59:59Z")])
        try audit.record([record(.unchanged, "2026-12-01T00:00:00Z")])
        try audit.record([])
        let november = folder.appending(path: "secrets-2026-11.jsonl")
        let lines = try String(contentsOf: november, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 3)
        let first = try #require(
            try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: String])
        #expect(
            first == [
                "time": "2026-11-21T07:55:42Z", "secret": "binance/api-key", "origin": "vault a\"b\n",
                "outcome": "read", "version": "3", "failure": "unavailable",
            ])
        let mode = try FileManager.default.attributesOfItem(atPath: november.path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: "secrets-2026-12.jsonl").path))
    }

    @Test func aDiskThatTakesNothingIsAnError() throws {
        let audit = AuditFile(folder: "/proc/nowhere")
        let records = [try record(.read, "2026-11-21T07:55:42Z")]
        #expect(throws: AuditError.self) { try audit.record(records) }
    }
}
