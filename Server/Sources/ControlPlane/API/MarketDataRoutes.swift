internal import Events
internal import Hummingbird
internal import MarketData
internal import Markets
internal import Storage
internal import StrategyKit
internal import TradewindCommands
internal import Units

/// The catalogue of market data, and bars of it.
enum MarketDataRoutes {
    private static let tags = ["Market data"]

    static func add(_ api: RunAPI, to routes: inout RouteTable) {
        for path in ["/api/v1/data", "/api/v1/catalogue"] { addCatalogue(path, api, to: &routes) }
        addCandles(api, to: &routes)
    }

    private static func addCatalogue(_ path: String, _ api: RunAPI, to routes: inout RouteTable) {
        routes.on(
            .get, RouterPath(path),
            description: RouteDescription(
                "List the series of the catalogue", tags: tags,
                parameters: [
                    RouteParameter("instrument", in: .query, "Only series of this instrument", .string())
                ],
                responses: [
                    RouteResponse(
                        .ok, "The series",
                        .object([
                            .init("series", .array(RunSchemas.series)),
                            .init("total", .integer(0...Int64.max)),
                            .init("rows", .integer(0...Int64.max)),
                        ]))
                ], failures: [.validationFailed, .dependencyUnavailable])
        ) { request, _ in
            var reader = FieldReader(query: request)
            let wanted = instrument(&reader, "instrument")
            try reader.finish()
            let entries = try found(api) { catalogue throws(MarketDataError) in
                if let wanted { return try catalogue.entries(instrument: wanted) }
                return try catalogue.entries
            }
            return .json(
                .object([
                    JSONMember("series", .list(entries.map(json))),
                    JSONMember("total", .integer(entries.count)),
                    JSONMember("rows", .integer(entries.reduce(0) { $0 + $1.rows })),
                ]))
        }
    }

    private static func found<T>(
        _ api: RunAPI, _ body: (Catalogue) throws(MarketDataError) -> T
    ) throws(APIError) -> T {
        do throws(MarketDataError) {
            return try body(try Catalogue.open(api.options.catalogue, files: PosixFileStore()))
        } catch {
            throw APIError(.dependencyUnavailable, "\(error.message); \(error.remedy)")
        }
    }

    private static func instrument(_ reader: inout FieldReader, _ name: String) -> InstrumentID? {
        guard let text = reader.text(name) else { return nil }
        if let id = InstrumentID(text) { return id }
        reader.refuse(name, "is no instrument: write venue:type:symbol, as binance:spot:BTCUSDT")
        return nil
    }

    private static func json(_ entry: CatalogueEntry) -> JSONText {
        .object([
            JSONMember("instrument", .string(entry.key.instrument.description)),
            JSONMember("kind", .string(entry.key.kind.rawValue)),
            JSONMember("timeframe", .optional(entry.key.timeframe?.description)),
            JSONMember("variant", .optional(entry.key.variant)), JSONMember("rows", .integer(entry.rows)),
            JSONMember("first", .time(entry.first)), JSONMember("last", .time(entry.last)),
            JSONMember("dataset", .string(entry.dataset)),
            JSONMember("warnings", .list(entry.warnings.map { .string($0) })),
        ])
    }

    // MARK: Bars

    private static func addCandles(_ api: RunAPI, to routes: inout RouteTable) {
        let maximum = 10_000
        routes.on(
            .get, "/api/v1/candles",
            description: RouteDescription(
                "List bars",
                details: """
                    The first of the window, or with `order=desc` the last of it; always in time order. Of \
                    the catalogue, or with `run_id` those that a run worked on when it ran, whatever became \
                    of its data since: at most 1,000 of an instrument, joined to longer ones where \
                    there were more.
                    """,
                tags: tags,
                parameters: [
                    RouteParameter("instrument", in: .query, "As binance:spot:BTCUSDT", .string()),
                    RouteParameter("symbol", in: .query, "The same under another name", .string()),
                    RouteParameter("timeframe", in: .query, "As 1h; the only one when not given", .string()),
                    RouteParameter("run_id", in: .query, "Bars that this run worked on", .string()),
                    RouteParameter("start", in: .query, "First open time", .time),
                    RouteParameter("end", in: .query, "Open times before this", .time),
                    RouteParameter(
                        "limit", in: .query, "At most so many; 100 when not given",
                        .integer(1...Int64(maximum))),
                    RouteParameter("order", in: .query, "", .string(allowed: ["asc", "desc"])),
                ],
                responses: [
                    RouteResponse(
                        .ok, "The bars",
                        .object([
                            .init("instrument", .string()), .init("timeframe", .string()),
                            .init("candles", .array(RunSchemas.candle)),
                            .init("total", .integer(0...Int64.max), "in the window"),
                        ]))
                ], failures: [.validationFailed, .notFound, .dependencyUnavailable])
        ) { request, _ in
            var reader = FieldReader(query: request)
            var wanted = instrument(&reader, "instrument")
            if let symbol = instrument(&reader, "symbol") {
                if let wanted, wanted != symbol { reader.refuse("symbol", "differs from instrument") }
                wanted = wanted ?? symbol
            }
            let timeframe = reader.text("timeframe", limit: 8)
            let length = timeframe.flatMap { Timeframe($0) }
            if timeframe != nil && length == nil {
                reader.refuse("timeframe", "is no length of bars: write 1m, 1h, 1d ...")
            }
            let (start, end) = (reader.moment("start"), reader.moment("end"))
            let limit = reader.integer("limit", 1...maximum, default: 100)
            let isLast = reader.text("order", allowed: ["asc", "desc"]) == "desc"
            let runID = reader.text("run_id", limit: 80)
            if wanted == nil && reader.problems.isEmpty { reader.refuse("instrument", "is missing") }
            try reader.finish()
            guard let wanted else { throw APIError.notFound }
            let window = (start ?? .distantPast)..<max(start ?? .distantPast, end ?? .distantFuture)
            if let runID {
                return .json(
                    try await candles(
                        of: runID, wanted, length, window, limit: limit, isLast: isLast, api))
            }
            return .json(
                try candles(wanted, length, window, limit: limit, isLast: isLast, api))
        }
    }

    /// Bars that a run worked on.
    private static func candles(
        of runID: String, _ instrument: InstrumentID, _ timeframe: Timeframe?, _ window: Range<Instant>,
        limit: Int, isLast: Bool, _ api: RunAPI
    ) async throws -> JSONText {
        let run = try await api.failing { try await api.runs.find(runID) }
        let (bars, total) = try await api.failing {
            try await api.store.read { transaction in
                (
                    try transaction.bars.list(
                        of: run.id, instrument: instrument.description, in: window, limit: limit,
                        isLast: isLast),
                    try transaction.bars.count(
                        of: run.id, instrument: instrument.description, in: window)
                )
            }
        }
        guard let first = bars.first, timeframe.map({ $0 == Timeframe(first.timeframe) }) ?? true else {
            throw APIError(.notFound, "run \(run.id) has no such bars of \(instrument)")
        }
        let candles = bars.map { bar in
            candle(
                bar.openTime,
                open: bar.open, high: bar.high, low: bar.low, close: bar.close, volume: bar.volume)
        }
        return json(instrument, first.timeframe, candles, total: total)
    }

    private static func candle(
        _ time: Instant, open: ExactDecimal, high: ExactDecimal, low: ExactDecimal, close: ExactDecimal,
        volume: ExactDecimal
    ) -> JSONText {
        .object([
            JSONMember("time", .time(time)), JSONMember("open", .money(open)),
            JSONMember("high", .money(high)), JSONMember("low", .money(low)),
            JSONMember("close", .money(close)), JSONMember("volume", .money(volume)),
        ])
    }

    private static func json(
        _ instrument: InstrumentID, _ timeframe: String, _ candles: [JSONText], total: Int
    ) -> JSONText {
        .object([
            JSONMember("instrument", .string(instrument.description)),
            JSONMember("timeframe", .string(timeframe)), JSONMember("candles", .list(candles)),
            JSONMember("total", .integer(total)),
        ])
    }

    private static func candles(
        _ instrument: InstrumentID, _ timeframe: Timeframe?, _ window: Range<Instant>, limit: Int,
        isLast: Bool, _ api: RunAPI
    ) throws(APIError) -> JSONText {
        let entries = try found(api) { catalogue throws(MarketDataError) in
            try catalogue.entries(instrument: instrument, kind: .bars, timeframe: timeframe)
        }
        let plain = entries.filter { $0.key.variant == nil }
        guard let entry = plain.count == 1 ? plain.first : entries.count == 1 ? entries.first : nil else {
            let names = entries.map { $0.key.timeframe?.description ?? "" }.joined(separator: ", ")
            if entries.isEmpty {
                throw APIError(.notFound, "the catalogue has no such bars of \(instrument)")
            }
            throw APIError(
                RunProblems(problems: [
                    RunProblem(key: "timeframe", message: "must be given: there are bars of \(names)")
                ]))
        }
        let series = try found(api) { catalogue throws(MarketDataError) in try catalogue.series(entry) }
        guard case .bars(let bars, _) = series.columns else {
            throw APIError(.notFound, "the catalogue has no bars of \(instrument)")
        }
        let times = bars.openTime
        func place(_ time: Instant) -> Int {
            var (low, high) = (0, series.count)
            while low < high {
                let middle = (low + high) / 2
                if times[middle] < time.nanoseconds { low = middle + 1 } else { high = middle }
            }
            return low
        }
        let (first, last) = (place(window.lowerBound), place(window.upperBound))
        let rows = isLast ? max(first, last - limit)..<last : first..<min(last, first + limit)
        func price(_ value: Int64) -> ExactDecimal {
            ExactDecimal(mantissa: Int128(value), scale: series.priceScale)
        }
        let candles = rows.map { row in
            candle(
                Instant(nanoseconds: times[row]), open: price(bars.open[row]), high: price(bars.high[row]),
                low: price(bars.low[row]), close: price(bars.close[row]),
                volume: ExactDecimal(mantissa: Int128(bars.volume[row]), scale: series.quantityScale))
        }
        return json(instrument, entry.key.timeframe?.description ?? "", candles, total: last - first)
    }
}
