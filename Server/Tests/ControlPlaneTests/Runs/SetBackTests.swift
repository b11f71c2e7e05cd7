import Events
import Foundation
import Testing

/// A database that is put back to an older copy of itself is whole; only what is noted beside the log files
/// tells that something is missing.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SetBackTests {
    private func warnings(_ desk: ResearchDesk) throws -> [String] {
        let file = desk.folder.appending(path: ".tradewind/logs/api.jsonl")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .filter { $0.contains("storage_set_back") }
            .compactMap { try JSONText(parsing: String($0))["message"]?.text }
    }

    private func end(_ desk: ResearchDesk) async throws -> Int {
        try #require(try await desk.get("/api/v1/events?order=desc&limit=1").json["last"]?.wholeNumber)
    }

    /// Puts another file in the place of the database.
    private func replace(_ desk: ResearchDesk, by copy: String) throws {
        for part in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: desk.database + part) }
        try FileManager.default.copyItem(atPath: copy, toPath: desk.database)
    }

    @Test func anOlderCopyInPlaceOfTheDatabaseIsNoticedAndWhatIsMissingIsNamed() async throws {
        let desk = try await ResearchDesk.open()
        defer { desk.close() }
        let copy = desk.folder.appending(path: "copy.db").path
        let first = try await desk.create(ResearchDesk.file(), starts: false)
        try await desk.restart { try FileManager.default.copyItem(atPath: desk.database, toPath: copy) }
        let before = try await end(desk)
        _ = try await desk.create(ResearchDesk.file("lost"), starts: false)
        let after = try await end(desk)
        #expect(after > before)
        // After a crash everything is there: that is nothing to tell of.
        try await desk.restart {}
        try await desk.crash()
        #expect(try warnings(desk) == [])
        try await desk.restart { try replace(desk, by: copy) }
        let warning = try #require(try warnings(desk).first)
        #expect(
            warning.contains("the event log ends at \(before) and had come to \(after): events"), "\(warning)"
        )
        #expect(warning.contains("the audit ends at") && warning.contains("missing"), "\(warning)")
        #expect(warning.contains(desk.database))
        #expect(try await desk.get("/api/v1/runs").json["total"] == .integer(1))
        #expect(try await desk.get("/api/v1/runs/\(first)").status == 200)
        let audit = try await desk.get("/api/v1/audit").text
        #expect(audit.contains("storage.set-back") && audit.contains("had come to \(after)"))
        // Said once.
        try await desk.restart {}
        #expect(try warnings(desk).count == 1)
    }

    @Test func anotherDatabaseInItsPlaceIsNoticed() async throws {
        let (desk, other) = (try await ResearchDesk.open(), try await ResearchDesk.open())
        defer { desk.close() }
        for one in [desk, other] { _ = try await one.create(ResearchDesk.file(), starts: false) }
        other.service.terminate()
        other.service.waitUntilExit()
        try await desk.restart { try replace(desk, by: other.database) }
        other.close()
        let warning = try #require(try warnings(desk).first)
        #expect(warning.contains("is not the one that was written at that place"), "\(warning)")
    }
}
