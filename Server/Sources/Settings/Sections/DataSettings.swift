public import Units

/// Market data.
public struct DataSettings: Sendable {
    /// The folder of the catalogue.
    public let catalogue: String
    /// The first instant that must be there; nil: nothing is demanded.
    public let start: Instant?
    /// The end, exclusive, of what must be there; nil: nothing is demanded.
    public let end: Instant?
    /// The instruments that must be there, as `binance:spot:BTCUSDT`.
    public let instruments: [String]

    init(_ reader: SettingsReader) {
        let reader = reader.section(
            "data", "Market data, checked at start-up.", services: [.api, .worker, .trading])
        catalogue = reader.value("catalogue", .path, ".tradewind/catalogue", "The folder of the catalogue.")
        start = reader.optional(
            "start", .instant, "The first instant that every series named here must have.")
        end = reader.optional(
            "end", .instant, "The end, exclusive, of what every series named here must have.")
        instruments = reader.list(
            "instruments", .text, "The instruments that must be there at start-up, as binance:spot:BTCUSDT.")
    }
}

/// Runs.
public struct RunSettings: Sendable {
    /// The folder of results; nil: `results` in the state folder.
    public let results: String?
    /// Runs at the same time.
    public let maxConcurrent: Int
    /// Runs that wait.
    public let maxQueued: Int

    init(_ reader: SettingsReader) {
        let reader = reader.section("runs", "Runs started by the API.", services: [.api, .worker])
        results = reader.optional(
            "results", .path,
            "The folder of results; when not given, results in the folder of state.directory.")
        maxConcurrent = reader.value("max-concurrent", .integer(1...1024), "2", "Runs at the same time.")
        maxQueued = reader.value(
            "max-queued", .integer(0...100_000), "100", "Runs that may wait; more are refused.")
    }
}

/// Switches of features, off in production unless set there.
public struct FeatureSettings: Sendable {
    /// Whether the dashboard is served.
    public let dashboard: Bool
    /// Whether the API serves its documentation at `/docs`.
    public let documentation: Bool
    /// Whether browsers may send their logs.
    public let browserLogs: Bool
    /// Whether runs may be started through the API.
    public let startRuns: Bool

    init(_ reader: SettingsReader) {
        let reader = reader.section(
            "features", "Switches of features. In production all are off unless set.", services: [.api])
        dashboard = reader.feature("dashboard", "Whether the dashboard is served.")
        documentation = reader.feature("documentation", "Whether the API serves its documentation at /docs.")
        browserLogs = reader.feature("browser-logs", "Whether the dashboard may send the logs of browsers.")
        startRuns = reader.feature("start-runs", "Whether runs may be started through the API.")
    }
}

extension SettingsReader {
    /// A switch that is on everywhere but in production, where it is off unless set.
    fileprivate func feature(_ name: String, _ summary: String) -> Bool {
        let isOn = optional(name, .boolean, summary + " Off in production, on elsewhere, when not given.")
        return isOn ?? (state.environment != .production)
    }
}
