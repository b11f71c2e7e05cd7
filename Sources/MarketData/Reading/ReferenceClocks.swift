public import Markets
internal import Units

/// Zones and calendars by name, read from the system's time-zone database through the files handed in.
public struct ReferenceClocks: Sendable {
    private let files: any FileStore
    private let zoneDirectory: String

    /// - Parameter zoneDirectory: the folder of compiled time-zone files.
    public init(files: any FileStore, zoneDirectory: String = "/usr/share/zoneinfo") {
        (self.files, self.zoneDirectory) = (files, zoneDirectory)
    }

    /// The rules of a zone: `UTC`, a fixed offset as `-05:00`, or a name of the zone database.
    ///
    /// - Throws: an error that names the zone when it is unknown or its file cannot be read.
    public func zone(_ name: String) throws(MarketDataError) -> ZoneRules {
        if name == "UTC" || name == "Z" { return .utc }
        if let fixed = ZoneRules(fixedOffset: name) { return fixed }
        let path = FilePath.join(zoneDirectory, name)
        let remedy = "use UTC, an offset as -05:00, or a name as America/New_York (package tzdata)"
        guard ZoneRules.isDatabaseName(name) else {
            throw MarketDataError(
                code: "zone", file: path, message: "'\(name)' is not a time zone", remedy: remedy)
        }
        do {
            return try ZoneRules(name: name, tzfile: files.read(path).array)
        } catch let error as FileError {
            throw MarketDataError(
                code: "zone", file: path, message: "time zone '\(name)': \(error.message)", remedy: remedy)
        } catch {
            throw MarketDataError(code: "zone", file: path, message: "\(error)", remedy: remedy)
        }
    }

    /// The sessions of a calendar over some years; nil for one that never closes.
    ///
    /// - Throws: an error that lists the known calendars when the name is unknown.
    public func calendar(_ name: String, years: ClosedRange<Int>) throws(MarketDataError) -> SessionCalendar?
    {
        guard let calendar = ExchangeCalendar(rawValue: name) else {
            throw MarketDataError(
                code: "calendar", file: name, message: "'\(name)' is not a known calendar",
                remedy: "known: " + ExchangeCalendar.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return calendar.sessions(years: years, zone: try zone(calendar.zoneName))
    }
}
