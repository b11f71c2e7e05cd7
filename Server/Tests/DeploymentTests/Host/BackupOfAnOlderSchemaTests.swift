import TestServers
import Testing

/// A copy of a database changes nothing in it, even where a start would.
@Suite struct BackupOfAnOlderSchemaTests {
    @Test func aBackupLeavesTheSchemaToTheVersionThatRuns() throws {
        let desk = try ServiceDesk()
        defer { desk.end() }
        #expect(try desk.run(["migrate", "up"]).status == 0)
        #expect(try desk.run(["migrate", "down", "--steps", "1"]).status == 0)
        let before = try desk.run(["migrate", "status", "--json"]).output
        #expect(before.contains("pending"))
        let backup = try desk.run(["backup", "create"])
        #expect(backup.status == 0, "\(backup.errors)")
        #expect(try desk.run(["migrate", "status", "--json"]).output == before)
        #expect(try desk.run(["backup", "verify"]).status == 0)
    }
}
