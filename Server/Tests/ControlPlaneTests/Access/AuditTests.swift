import ControlPlane
import Events
import Foundation
import Settings
import Storage
import Testing
import Units

/// Who changed what: in the same transaction as the change, in a chain that shows every tampering.
@Suite(.timeLimit(.minutes(1))) struct AuditTests {
    private static let actor = AuditActor(
        id: "user-1", kind: "user", name: "ada", requestID: "r-1", correlationID: "c-1",
        address: "203.0.113.1", userAgent: "agent/1")

    @Test func recordsAreFoundByEveryField() async throws {
        try await AccessDesk.run { desk in
            _ = await desk.call("POST", "/api/v1/auth/logout")
            let audit = desk.service.audit
            for number in 1...3 {
                desk.clock.advance(60)
                try await audit.record(
                    AuditChange(
                        "run.stopped", of: "run", "run-\(number)",
                        changes: .object([JSONMember("reason", .string("O'Neil; DROP TABLE audit;--"))])),
                    by: Self.actor)
            }
            try await audit.record(
                AuditChange("run.started", of: "run", "run-1", outcome: .refused),
                by: .system("runs", correlationID: "c-2"))
            func found(_ query: String) async -> [String] {
                let answer = await desk.call("GET", "/api/v1/audit?\(query)", token: AccessDesk.staticToken)
                let records = answer.json?["records"] as? [[String: Any]]
                return (records ?? [["entity_id": answer.text]]).compactMap { $0["entity_id"] as? String }
            }
            #expect(await found("") == ["run-1", "run-3", "run-2", "run-1"])
            #expect(await found("actor=user-1") == ["run-3", "run-2", "run-1"])
            #expect(await found("entity_type=run&entity_id=run-1") == ["run-1", "run-1"])
            #expect(await found("action=run.started") == ["run-1"])
            #expect(await found("outcome=refused") == ["run-1"])
            #expect(await found("correlation_id=c-2&source_ip=203.0.113.1") == [])
            #expect(await found("source_ip=203.0.113.1&user_agent=agent/1&request_id=r-1").count == 3)
            #expect(await found("org_id=default").count == 4)
            #expect(await found("page_size=2&page=2") == ["run-2", "run-1"])
            let second = try await desk.audited()[1].record.time
            #expect(await found("from=\(second)") == ["run-1", "run-3", "run-2"])
            #expect(await found("to=\(second)") == ["run-1"])
            // What is SQL is only text.
            #expect(await found("actor=x'%20OR%20'1'='1") == [])
            #expect(await found("entity_id=%27;DROP%20TABLE%20audit;--") == [])
            let wrong = await desk.call("GET", "/api/v1/audit?page=0&x=1", token: AccessDesk.staticToken)
            #expect(wrong.status == 422)
            let first = await desk.call(
                "GET", "/api/v1/audit?page=4&page_size=1", token: AccessDesk.staticToken)
            let record = (first.json?["records"] as? [[String: Any]])?.first
            #expect((record?["diff_summary"] as? [String: String])?["reason"]?.hasPrefix("O'Neil") == true)
            #expect(record?["signed_by"] is String && record?["actor_name"] as? String == "ada")
        }
    }

    @Test func aRecordIsKeptWithItsChangeOrNotAtAll() async throws {
        try await AccessDesk.run { desk in
            let audit = desk.service.audit
            await #expect(throws: LoginFailed.self) {
                try await desk.store.write { transaction in
                    try audit.record(
                        AuditChange("run.stopped", of: "run", "1"), by: Self.actor, in: transaction)
                    throw LoginFailed(text: "the change fails")
                }
            }
            #expect(try await desk.audited().isEmpty)
            try await audit.record(AuditChange("run.stopped", of: "run", "1"), by: Self.actor)
            // Each record is told of by an event, in the same transaction.
            let events = try await desk.store.events.read(after: .start, limit: 10, where: EventFilter())
            #expect(events.map(\.envelope.type) == [.auditRecorded])
            #expect(events.first?.envelope.correlationID == "c-1")
        }
    }

    @Test func everyTamperingIsFound() async throws {
        let tamperings: [(String, Int?)] = [
            ("UPDATE audit SET actor = 'user-2' WHERE sequence = 3", 3),
            ("UPDATE audit SET recorded_at = recorded_at + 1 WHERE sequence = 2", 2),
            ("UPDATE audit SET diff_summary = '{}' WHERE sequence = 4", 4),
            ("UPDATE audit SET source_ip = NULL WHERE sequence = 1", 1),
            ("UPDATE audit SET user_agent = 'x' WHERE sequence = 1", 1),
            ("DELETE FROM audit WHERE sequence = 2", 3), ("DELETE FROM audit WHERE sequence = 1", 2),
            ("UPDATE audit SET signature = x'00' WHERE sequence = 5", 5),
            ("UPDATE audit SET hash = zeroblob(32) WHERE sequence = 5", 5),
            ("UPDATE users SET role = 'viewer'", nil),
        ]
        for (tampering, broken) in tamperings {
            try await AccessDesk.run { desk in
                _ = await desk.call("POST", "/api/v1/auth/logout")
                for number in 1...5 {
                    try await desk.service.audit.record(
                        AuditChange(
                            "run.stopped", of: "run", "run-\(number)",
                            changes: .object([JSONMember("number", .integer(number))])), by: Self.actor)
                }
                let whole = try await desk.service.audit.verify()
                #expect(whole.broken == nil && whole.records == 5 && whole.signed == 5)
                try await desk.store.write { _ = try $0.session.execute(tampering) }
                let found = try await desk.service.audit.verify()
                #expect(found.broken.map { Int($0) } == broken, "\(tampering)")
                let answer = await desk.call(
                    "GET", "/api/v1/audit/verification", token: AccessDesk.staticToken)
                #expect(answer.json?["intact"] as? Bool == (broken == nil), "\(answer.text)")
            }
        }
    }

    @Test func theLatestRecordsCannotBeCutOffUnseen() async throws {
        let cut = "DELETE FROM audit WHERE sequence > 3"
        let last = "SELECT hash FROM audit WHERE sequence = 3"
        let tamperings: [([String], broken: Int64, reason: String)] = [
            ([cut], 4, "are missing: 5 were made"),
            (["DELETE FROM audit"], 1, "are missing: 5 were made"),
            // Even when the note of the end is made to fit, or is gone.
            (["UPDATE audit_head SET sequence = 4", cut], 4, "are missing"),
            ([cut, "UPDATE audit_head SET sequence = 3, hash = (\(last))"], 3, "not signed by the key"),
            (
                [
                    cut,
                    """
                    UPDATE audit_head SET sequence = 3, hash = (\(last)), \
                    signature = (SELECT signature FROM audit WHERE sequence = 3)
                    """,
                ], 3, "not signed by the key"
            ),
            (
                [
                    cut,
                    "UPDATE audit_head SET sequence = 3, hash = (\(last)), signature = NULL, key_id = NULL",
                ], 3, "the note of where the audit ends is not"
            ),
            ([cut, "DELETE FROM audit_head"], 3, "the note is gone"),
            // Or is said to be of another key: the event log knows of the records as well.
            (
                [cut, "UPDATE audit_head SET sequence = 3, hash = (\(last)), key_id = 'another'"], 4,
                "the event log tells of it"
            ),
        ]
        for (statements, broken, reason) in tamperings {
            try await AccessDesk.run { desk in
                _ = await desk.call("POST", "/api/v1/auth/logout")
                for number in 1...5 {
                    try await desk.service.audit.record(
                        AuditChange("run.stopped", of: "run", "run-\(number)"), by: Self.actor)
                }
                #expect(try await desk.service.audit.verify().reason == nil)
                try await desk.store.write { transaction in
                    for statement in statements { try transaction.session.execute(statement) }
                }
                let found = try await desk.service.audit.verify()
                #expect(
                    found.broken == broken && found.reason?.contains(reason) == true,
                    "\(statements): \(found)")
                let answer = await desk.call(
                    "GET", "/api/v1/audit/verification", token: AccessDesk.staticToken)
                #expect(answer.json?["intact"] as? Bool == false && answer.json?["reason"] is String)
            }
        }
    }

    /// What is recorded afterwards does not close the gap.
    @Test func aGapStaysWhateverIsRecordedAfterwards() async throws {
        try await AccessDesk.run { desk in
            _ = await desk.call("POST", "/api/v1/auth/logout")
            let audit = desk.service.audit
            for number in 1...5 {
                try await audit.record(AuditChange("a", of: "b", "\(number)"), by: Self.actor)
            }
            try await desk.store.write {
                _ = try $0.session.execute("DELETE FROM audit WHERE sequence > 3")
            }
            try await audit.record(AuditChange("a", of: "b", "6"), by: Self.actor)
            #expect(try await desk.audited().map(\.sequence) == [1, 2, 3, 6])
            #expect(try await audit.verify().broken == 6)
            // Nor does a note that is taken away, so that a number is given twice.
            try await desk.store.write { transaction in
                try transaction.session.execute("DELETE FROM audit WHERE sequence > 3")
                try transaction.session.execute("DELETE FROM audit_head")
            }
            try await audit.record(AuditChange("a", of: "b", "7"), by: Self.actor)
            #expect(try await desk.audited().map(\.sequence) == [1, 2, 3, 4])
            let found = try await audit.verify()
            #expect(found.broken == 4 && found.reason?.contains("another record at its place") == true)
        }
    }

    /// Who can write the database can compute hashes anew, but not sign them.
    @Test func aChainThatIsComputedAnewLacksTheSignatures() async throws {
        try await AccessDesk.run { desk in
            _ = await desk.call("POST", "/api/v1/auth/logout")
            for number in 1...3 {
                try await desk.service.audit.record(
                    AuditChange("run.stopped", of: "run", "run-\(number)"), by: Self.actor)
            }
            let records = try await desk.audited().map(\.record)
            try await desk.store.write { transaction in
                let key = try transaction.session.first("SELECT key_id FROM audit LIMIT 1") { try $0.text(0) }
                try transaction.session.execute("DELETE FROM audit")
                try transaction.session.execute("DELETE FROM audit_head")
                let forger = AuditSignature(keyID: key ?? "") { _ in [UInt8](repeating: 1, count: 32) }
                for var record in records {
                    record.actor = "somebody-else"
                    try transaction.audit.insert(record, signature: forger)
                }
            }
            #expect(try await desk.service.audit.verify().broken == 1)
        }
    }

    @Test func recordsOfTheKeyBeforeAreCountedApart() async throws {
        try await AccessDesk.run { desk in
            _ = await desk.call("POST", "/api/v1/auth/logout")
            try await desk.service.audit.record(AuditChange("a", of: "b", "c"), by: Self.actor)
            desk.auth.replace(["signing-keys": AccessDesk.ring, "audit-key": "another key of the audit"])
            _ = await desk.call("POST", "/api/v1/auth/logout")
            try await desk.service.audit.record(AuditChange("a", of: "b", "c"), by: Self.actor)
            let found = try await desk.service.audit.verify()
            #expect(found.broken == nil && found.signed == 1 && found.signedByOthers == 1)
        }
    }
}
