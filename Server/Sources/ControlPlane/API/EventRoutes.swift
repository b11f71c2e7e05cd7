internal import Events
internal import Hummingbird
internal import Storage

/// The event log, in pages and as it grows.
enum EventRoutes {
    private static let tags = ["Events"]

    private static let filters = [
        RouteParameter("run_id", in: .query, "Only events of this run", .string(length: 1...100)),
        RouteParameter("types", in: .query, "Only these types, with commas, as run.Progress", .string()),
        RouteParameter("correlation_id", in: .query, "Only events of this work", .string(length: 1...200)),
    ]

    static func add(_ api: RunAPI, to routes: inout RouteTable) {
        let maximum = api.maximumPage
        routes.on(
            .get, "/api/v1/events",
            description: RouteDescription(
                "List events", details: "By their offsets, upwards after one or downwards before one.",
                tags: tags,
                parameters: filters + [
                    RouteParameter("after", in: .query, "Offsets above this", .integer(0...Int64.max)),
                    RouteParameter(
                        "before", in: .query, "With `order=desc`: offsets below this",
                        .integer(0...Int64.max)),
                    RouteParameter(
                        "limit", in: .query, "At most so many; 100 when not given",
                        .integer(1...Int64(maximum))),
                    RouteParameter("order", in: .query, "", .string(allowed: ["asc", "desc"])),
                ],
                responses: [
                    RouteResponse(
                        .ok, "The events",
                        .object([
                            .init("events", .array(RunSchemas.event)),
                            .init("last", .integer(0...Int64.max), "the end of the log"),
                            .init("next", .nullable(.integer(0...Int64.max)), "where to go on"),
                        ]))
                ], failures: [.validationFailed])
        ) { request, _ in
            var reader = FieldReader(query: request)
            let filter = StreamQuery.filter(&reader, includesEventsWithoutRun: false)
            let after = reader.integer("after", 0...Int.max, default: 0)
            let before = reader.integer("before", 0...Int.max, default: Int.max)
            let limit = reader.integer("limit", 1...maximum, default: min(100, maximum))
            let isDescending = reader.text("order", allowed: ["asc", "desc"]) == "desc"
            try reader.finish()
            let log = api.store.events
            return try await api.failing {
                let last = try await log.last()
                let found =
                    isDescending
                    ? try await latest(log, filter, after, min(before, Int(last.value) + 1), limit)
                    : try await log.read(after: EventOffset(Int64(after)), limit: limit, where: filter)
                let next = found.count == limit ? found.last.map { Int($0.offset.value) } : nil
                return .json(
                    .object([
                        JSONMember("events", .list(found.map(RunJSON.event))),
                        JSONMember("last", .integer(Int(last.value))), JSONMember("next", .optional(next)),
                    ]))
            }
        }
    }

    /// The last events before an offset, the newest first. The log is read upwards, so larger and larger
    /// stretches before the offset are looked at, up to a limit.
    private static func latest(
        _ log: any EventLog, _ filter: EventFilter, _ after: Int, _ before: Int, _ limit: Int
    ) async throws -> [LoggedEvent] {
        var found: [LoggedEvent] = []
        var (end, size) = (before, max(limit, 256))
        while found.count < limit && end > after + 1 && size <= 1 << 22 {
            let start = max(after, end - 1 - size)
            var place = EventOffset(Int64(start))
            var stretch: [LoggedEvent] = []
            reading: while true {
                let batch = try await log.read(after: place, limit: 1_000, where: filter)
                for event in batch {
                    if event.offset.value >= Int64(end) { break reading }
                    stretch.append(event)
                }
                // Only the last ones can be among those wanted.
                if stretch.count > limit { stretch.removeFirst(stretch.count - limit) }
                guard batch.count == 1_000, let last = batch.last else { break }
                place = last.offset
            }
            found += stretch.suffix(limit - found.count).reversed()
            (end, size) = (start + 1, size * 4)
        }
        return found
    }
}

/// The stream of events.
public enum EventStreamRoutes {
    /// Adds it.
    public static func add(_ streams: EventStreamService, to routes: inout RouteTable) {
        let header = RouteParameter(
            "Last-Event-ID", in: .header, "The last id that was seen; the stream goes on after it",
            .integer(0...Int64.max))
        let query = RouteParameter(
            "last_event_id", in: .query, "The same, where headers cannot be set", .integer(0...Int64.max))
        routes.on(
            .get, "/api/v1/events/stream",
            description: RouteDescription(
                "Follow events",
                details: """
                    Server-sent events: `id` is the offset in the log, `event` the type, `data` an object \
                    with `run_id`, `time`, `correlation_id` and `payload`. With `run_id`, events of other \
                    runs are left out, events of no run are not. Of progress that comes more than ten \
                    times a second, the latest is sent. A client that reads too slowly is told so \
                    (`stream.Skipped`) and goes on with the latest.
                    """, tags: ["Events"],
                parameters: [
                    RouteParameter("run_id", in: .query, "Only this run", .string(length: 1...100)),
                    RouteParameter("types", in: .query, "Only these types, with commas", .string()),
                    RouteParameter(
                        "correlation_id", in: .query, "Only events of this work",
                        .string(length: 1...200)), query, header,
                ],
                responses: [RouteResponse(.ok, "The stream", mediaType: "text/event-stream")],
                failures: [.validationFailed, .backpressure]), timeLimit: .streaming
        ) { request, _ in
            var reader = FieldReader(query: request)
            let filter = StreamQuery.filter(&reader, includesEventsWithoutRun: true)
            let seen = try StreamQuery.seen(request, &reader)
            try reader.finish()
            return try await streams.response(after: seen, filter: filter)
        }
    }
}
