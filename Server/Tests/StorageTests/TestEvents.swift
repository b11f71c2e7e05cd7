import Events
import Storage
import Synchronization
import Testing
import Units

/// A clock that a test sets.
final class TestClock: Sendable {
    private let state = Mutex(Instant(nanoseconds: 1_700_000_000_000_000_000))

    var now: @Sendable () -> Instant { { self.state.withLock { $0 } } }

    func advance(_ span: Timespan) { state.withLock { $0 = $0 + span } }
}

/// Events for tests: of a type that no registry knows, unless one is given.
enum TestEvents {
    static func event(
        _ number: Int, type: EventType = "test.Happened", run: String? = nil, correlation: String = "test",
        payload: JSONText? = nil
    ) -> EventEnvelope {
        EventEnvelope(
            id: EventID(derivedFrom: "test", sequence: UInt64(number)), type: type, runID: run,
            correlationID: correlation, time: Instant(nanoseconds: Int64(number) * 1_000),
            producer: "storage.tests",
            payload: payload ?? .object([JSONMember("number", .integer(number))]))
    }

    /// An event with a payload of about so many bytes.
    static func large(_ number: Int, bytes: Int) -> EventEnvelope {
        let unit = "plain \"quoted\" \\ <b> \u{1F600} text; "
        let text = String(repeating: unit, count: bytes / JSONText.string(unit).compact.utf8.count + 1)
        return event(number, payload: .object([JSONMember("text", .string(text))]))
    }
}

/// Stores for tests.
enum TestStores {
    /// A new store with its schema, in a folder.
    static func open(
        _ folder: TemporaryFolder, name: String = "test.db", clock: TestClock = TestClock(),
        migrations: [Migration] = Migration.all, change: (inout StoreOptions) -> Void = { _ in }
    ) async throws -> SQLiteStore {
        var options = StoreOptions(now: clock.now)
        options.pollInterval = .milliseconds(10)
        change(&options)
        let store = try await SQLiteStore.open(folder.file(name), options: options)
        _ = try await MigrationRunner(store, migrations: migrations).up()
        return store
    }
}

/// Expects two values to be equal, of which either may be read asynchronously.
func check<Value: Equatable>(
    _ found: Value, _ expected: Value, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(found == expected, sourceLocation: sourceLocation)
}
