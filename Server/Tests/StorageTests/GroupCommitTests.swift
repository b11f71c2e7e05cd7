import Events
import Foundation
import Storage
import Testing
import Units

private struct Refusal: Error, Equatable { let number: Int }

@Suite struct GroupCommitTests {
    private static let table = Migration(
        number: 9_001, name: "test", up: "CREATE TABLE things (number INTEGER PRIMARY KEY) STRICT;",
        down: "DROP TABLE things;")

    private func open(_ folder: TemporaryFolder, _ change: (inout StoreOptions) -> Void = { _ in })
        async throws -> SQLiteStore
    {
        try await TestStores.open(folder, migrations: Migration.all + [Self.table], change: change)
    }

    private func numbers(_ store: SQLiteStore) async throws -> [Int64] {
        try await store.read {
            try $0.session.all("SELECT number FROM things ORDER BY number") { try $0.integer(0) }
        }
    }

    @Test func concurrentWritersShareATransactionAndAFailingOneIsUndoneAlone() async throws {
        let folder = try TemporaryFolder()
        let store = try await open(folder)
        let refused = try await withThrowingTaskGroup(of: Int?.self) { group in
            for number in 1...300 {
                group.addTask {
                    do {
                        try await store.write { transaction in
                            try transaction.session.execute(
                                "INSERT INTO things (number) VALUES (?)", [.integer(Int64(number))])
                            try transaction.append(TestEvents.event(number))
                            if number.isMultiple(of: 7) { throw Refusal(number: number) }
                        }
                        return nil
                    } catch let refusal as Refusal { return refusal.number }
                }
            }
            return try await group.reduce(into: Set<Int>()) { found, number in
                if let number { found.insert(number) }
            }
        }
        let kept = (1...300).filter { !$0.isMultiple(of: 7) }
        #expect(refused == Set((1...300).filter { $0.isMultiple(of: 7) }))
        try await check(numbers(store), kept.map(Int64.init))
        let events = try await store.events.read(after: .start, limit: 1_000)
        #expect(events.map(\.offset.value) == (1...Int64(kept.count)).map { $0 })
        #expect(Set(events.map(\.envelope)) == Set(kept.map { TestEvents.event($0) }))
        try await check(store.events.verify().records, kept.count)
        try await store.close()
    }

    @Test func aStatementThatTakesTooLongFailsAloneAndItsNeighboursAreWritten() async throws {
        let folder = try TemporaryFolder()
        let store = try await open(folder) { $0.statementTimeout = .milliseconds(60) }
        let endless = """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) \
            INSERT INTO things (number) SELECT -i FROM n WHERE i < 0
            """
        let codes = try await withThrowingTaskGroup(of: StorageError.Code?.self) { group in
            for number in 1...30 {
                group.addTask {
                    do {
                        try await store.write { transaction in
                            try transaction.session.execute(
                                "INSERT INTO things (number) VALUES (?)", [.integer(Int64(number))])
                            if number == 13 { try transaction.session.execute(endless) }
                        }
                        return nil
                    } catch let error as StorageError { return error.code }
                }
            }
            return try await group.reduce(into: [StorageError.Code]()) { codes, code in
                if let code { codes.append(code) }
            }
        }
        #expect(codes == [.timeout])
        try await check(numbers(store), (1...30).filter { $0 != 13 }.map(Int64.init))
        await #expect(throws: StorageError.self) {
            try await store.read {
                try $0.session.integer(
                    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
            }
        }
        try await store.close()
    }

    @Test func brokenRulesWrongStatementsAndReadersThatWriteAreNamed() async throws {
        let folder = try TemporaryFolder()
        let store = try await open(folder)
        func code(_ body: () async throws -> Void) async -> StorageError.Code? {
            do { try await body() } catch let error as StorageError { return error.code } catch {}
            return nil
        }
        let insert = "INSERT INTO things (number) VALUES (1)"
        try await store.write { try $0.session.execute(insert) }
        #expect(await code { _ = try await store.write { try $0.session.execute(insert) } } == .constraint)
        #expect(await code { _ = try await store.write { try $0.session.execute("SELEC 1") } } == .statement)
        #expect(await code { _ = try await store.read { try $0.session.execute(insert) } } != nil)
        try await check(numbers(store), [1])
        try await store.close()
        #expect(await code { _ = try await store.write { try $0.session.execute(insert) } } == .closed)
        #expect(await code { _ = try await store.events.last() } == .closed)
    }

    @Test func moreWritersThanTheQueueHoldsAreRefusedAndTheOthersServed() async throws {
        let folder = try TemporaryFolder()
        let store = try await open(folder) { $0.writerCapacity = 8 }
        let (served, refused) = await withTaskGroup(of: Bool.self) { group in
            for number in 1...400 {
                group.addTask {
                    do {
                        try await store.write { transaction in
                            if number == 1 { Thread.sleep(forTimeInterval: 0.05) }
                            try transaction.session.execute(
                                "INSERT INTO things (number) VALUES (?)", [.integer(Int64(number))])
                        }
                        return true
                    } catch { return (error as? StorageError)?.code == .overloaded ? false : true }
                }
            }
            return await group.reduce(into: (0, 0)) { $1 ? ($0.0 += 1) : ($0.1 += 1) }
        }
        #expect(served + refused == 400)
        try await check(numbers(store).count, served)
        try await store.close()
    }

    @Test func everyCommitIsFlushedAndTheFilesBelongToTheirOwnerAlone() async throws {
        let folder = try TemporaryFolder()
        let store = try await open(folder)
        try await store.write { transaction in
            // 2 is FULL.
            #expect(try transaction.session.integer("PRAGMA synchronous") == 2)
            try transaction.session.execute("INSERT INTO things (number) VALUES (1)")
        }
        for end in ["", "-wal", "-shm"] {
            let facts = try FileManager.default.attributesOfItem(atPath: store.path + end)
            #expect(facts[.posixPermissions] as? Int == 0o600)
        }
        try await store.close()
    }
}
