internal import ArgumentParser
internal import Events
internal import Foundation
internal import Storage
internal import TradewindCommands
internal import Units

/// `tradewind events tail|replay|verify`, over the platform's log.
struct StoredEventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Follow, replay or verify the event log of the platform.",
        subcommands: [
            EventsTailCommand.self, EventsReplayCommand.self, StoredEventsVerifyCommand.self,
        ])
}

/// `tradewind events tail`.
struct EventsTailCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Print the latest events of the platform, and follow them.",
        discussion: """
            One line an event: offset, time, type, run, producer and payload. With --json one JSON object a \
            line, which holds the whole event. Works while the services run, and without them.
            """)

    @Flag(help: "Go on as events come, until Ctrl-C.")
    var follow = false
    @Option(
        name: .customLong("run"), help: ArgumentHelp("Only events of this run.", valueName: "id"))
    var runID: String?
    @Option(
        name: .customLong("type"),
        help: ArgumentHelp("Only events of this type; may be repeated.", valueName: "type"))
    var types: [String] = []
    @Option(help: ArgumentHelp("Only events of this correlation id.", valueName: "id"))
    var correlation: String?
    @Option(help: ArgumentHelp("All events after this offset, instead of the latest.", valueName: "offset"))
    var after: Int64?
    @Option(help: ArgumentHelp("So many of the latest events.", valueName: "count"))
    var lines = 20
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func validate() throws {
        if let after, after < 0 { throw ValidationError("--after is an offset: 0 or more") }
        if lines < 0 { throw ValidationError("--lines is 0 or more") }
    }

    private var filter: EventFilter {
        EventFilter(
            types: types.isEmpty ? nil : Set(types.map { EventType($0) }), runID: runID,
            correlationID: correlation)
    }

    func run(_ context: ServerContext) async throws {
        let loaded = try settings.load(nil, context)
        try await StoreCommand.withLog(loaded, context) { store in
            var place = try await start(store.events)
            while true {
                let events = try await store.events.read(after: place, limit: 500, where: filter)
                guard let last = events.last?.offset else { break }
                try print(events, context)
                place = last
            }
            guard follow else { return }
            for try await events in store.hub.subscribe(after: place, filter: filter) {
                try print(events, context)
            }
        }
    }

    /// The place after which exactly the latest events stand.
    private func start(_ log: any EventLog) async throws -> EventOffset {
        if let after { return EventOffset(after) }
        if lines == 0 { return try await log.last() }
        // Looks at ever longer pieces of the log's end until enough events are among them.
        let last = try await log.last()
        var reach: Int64 = Int64(lines)
        while true {
            let from = EventOffset(last.value - reach)
            var found: [EventOffset] = []
            var place = from
            while true {
                let events = try await log.read(after: place, limit: 500, where: filter)
                found += events.map(\.offset)
                guard let end = events.last?.offset else { break }
                place = end
            }
            if found.count >= lines { return EventOffset(found[found.count - lines].value - 1) }
            if from == .start { return .start }
            reach = min(reach.multipliedReportingOverflow(by: 8).partialValue, last.value)
        }
    }

    private func print(_ events: [LoggedEvent], _ context: ServerContext) throws {
        try context.output.result(
            events.map { format.json ? EventOutput.json($0) : EventOutput.text($0) }.joined())
    }
}

/// `tradewind events replay`.
struct EventsReplayCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Have a consumer work again on everything after an offset.",
        discussion: """
            With --rebuild the tables of runs, results, orders, fills and positions are made again, from \
            what retention left at its checkpoint and every event after it; writers wait meanwhile. \
            With --consumer the consumer's place is set back: it works on those events again when its \
            service runs, which changes nothing that it has done already. Without, the events are printed \
            as JSON lines for a program to read. Events that retention has removed cannot be replayed.
            """)

    @Option(help: ArgumentHelp("The offset after which to start; 0 for the whole log.", valueName: "offset"))
    var after: Int64?
    @Flag(help: "Make the tables of runs again from the checkpoint and all events after it.")
    var rebuild = false
    @Option(help: ArgumentHelp("The consumer whose place is set back.", valueName: "name"))
    var consumer: String?
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func validate() throws {
        if rebuild && (after != nil || consumer != nil) {
            throw ValidationError(
                "--rebuild starts at the checkpoint: it takes neither --after nor --consumer")
        }
        guard !rebuild else { return }
        guard let after else { throw ValidationError("--after OFFSET or --rebuild is missing") }
        if after < 0 { throw ValidationError("--after is an offset: 0 or more") }
    }

    func run(_ context: ServerContext) async throws {
        let loaded = try settings.load(nil, context)
        try await StoreCommand.withLog(loaded, context) { store in
            let verified = try await store.events.verify()
            guard let after else { return try await rebuild(store, context) }
            guard after >= verified.start.offset.value else {
                throw CommandFailure(
                    .badData, code: "event-offset",
                    message: "events up to \(verified.start.offset) were removed by retention",
                    remedy: "start at --after \(verified.start.offset), or replay from a backup")
            }
            guard after <= verified.end.offset.value else {
                throw CommandFailure(
                    .badData, code: "event-offset", message: "the log ends at \(verified.end.offset)",
                    remedy: "give an offset of the log")
            }
            if let consumer {
                try await reset(consumer, to: EventOffset(after), store, context)
            } else {
                try await printAll(store.events, after: EventOffset(after), context)
            }
        }
    }

    private func rebuild(_ store: any MigratableStore, _ context: ServerContext) async throws {
        let (id, actor) = (EventID.random(), Self.actor(context))
        let report = try await store.writeAlone { transaction in
            let report = try RunProjection.rebuild(transaction)
            try transaction.append(
                Self.audit(
                    "events.rebuilt", id, by: actor, at: transaction.now,
                    [
                        JSONMember("subject", .string("runs")), JSONMember("subject_kind", .string("tables")),
                        JSONMember("after", .list(report.changed.map { .string($0) })),
                    ]))
            return report
        }
        let json = JSONText.object([
            JSONMember("events", .integer(report.events)),
            JSONMember("changed", .list(report.changed.map { .string($0) })),
        ])
        let names = report.changed.map { $0.isEmpty ? "what belongs to no run" : $0 }
        let outcome =
            names.isEmpty ? "they say what they said before" : "changed: \(names.joined(separator: ", "))"
        try context.output.result(
            format.json
                ? json.compact + "\n"
                : "the tables were made again from \(report.events) events; \(outcome)\n")
    }

    private static func actor(_ context: ServerContext) -> String {
        context.environment["USER"] ?? context.environment["LOGNAME"] ?? "local"
    }

    private static func audit(
        _ action: String, _ id: EventID, by actor: String, at now: Instant, _ facts: [JSONMember]
    ) -> EventEnvelope {
        EventEnvelope(
            id: id, type: .auditRecorded, correlationID: id.description, time: now,
            producer: "tradewind.events",
            payload: .object(
                [JSONMember("action", .string(action)), JSONMember("actor", .string(actor))] + facts))
    }

    private func reset(
        _ consumer: String, to place: EventOffset, _ store: any MigratableStore, _ context: ServerContext
    ) async throws {
        let known = try await store.events.lag()
        guard let before = known.first(where: { $0.consumer == consumer }) else {
            let names = known.map(\.consumer).joined(separator: ", ")
            throw CommandFailure(
                .badData, code: "consumer", message: "the log knows no consumer '\(consumer)'",
                remedy: names.isEmpty ? "none has committed an offset yet" : "consumers are \(names)")
        }
        let (id, actor) = (EventID.random(), Self.actor(context))
        try await store.write { transaction in
            try transaction.commit(consumer, place)
            try transaction.append(
                Self.audit(
                    "events.replayed", id, by: actor, at: transaction.now,
                    [
                        JSONMember("subject", .string(consumer)),
                        JSONMember("subject_kind", .string("consumer")),
                        JSONMember("before", .integer(Int(before.offset.value))),
                        JSONMember("after", .integer(Int(place.value))),
                    ]))
        }
        let json = JSONText.object([
            JSONMember("consumer", .string(consumer)),
            JSONMember("before", .integer(Int(before.offset.value))),
            JSONMember("after", .integer(Int(place.value))),
        ])
        try context.output.result(
            format.json
                ? json.compact + "\n"
                : "\(consumer) stood at \(before.offset) and stands at \(place) now\n")
    }

    private func printAll(
        _ log: any EventLog, after start: EventOffset, _ context: ServerContext
    ) async throws {
        var place = start
        while true {
            let events = try await log.read(after: place, limit: 500)
            guard let last = events.last?.offset else { return }
            try context.output.result(events.map { EventOutput.json($0) }.joined())
            place = last
        }
    }
}

/// `tradewind events verify` without a file.
struct StoredEventsVerifyCommand: ServerCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Verify the hash chain of the platform's event log.",
        discussion: """
            Reads every stored event and every hash. Exit code 65 when an event is missing, was changed or \
            moved, with its offset. With a file, tradewind events verify FILE verifies the log of a run.
            """)

    @Option(help: ArgumentHelp("Verify only what follows this offset.", valueName: "offset"))
    var after: Int64?
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var format: ServerOutputFormat

    func run(_ context: ServerContext) async throws {
        let loaded = try settings.load(nil, context)
        try await StoreCommand.withLog(loaded, context) { store in
            let found = try await store.events.verify(from: after.map { EventOffset($0) })
            try context.output.result(
                format.json
                    ? EventOutput.json(found, of: store.location)
                    : EventOutput.text(found, of: store.location))
        }
    }
}
